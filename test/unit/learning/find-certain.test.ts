import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Wanted } from '../../../src/layers/wanted.ts';
import { chooseCertain } from '../../../src/learning/choose-certain.ts';
import { findCertain } from '../../../src/learning/find-certain.ts';
import { readTree } from '../../../src/learning/read-tree.ts';
import { parseToml } from '../../../src/toml/parse.ts';

const manifests: Readonly<Record<string, string>> = {
  'glib-sys': '[package.metadata.system-deps]\n"glib-2.0" = "2.70"\n"gobject-2.0" = "2.70"\n',
  'openssl-sys': '[features]\nvendored = []\n',
  'hwloc-sys': '[features]\ndefault = ["x"]\n',
};

function certain(tree: string, variables: readonly string[] = []) {
  return findCertain(readTree(tree), {
    manifestOf: ({ name }) => {
      const parsed = parseToml(manifests[name] ?? '', 'Cargo.toml');
      return parsed.ok ? parsed.value : null;
    },
    provenFor: (crate) => ({ 'openssl-sys': ['openssl'], 'hwloc-sys': ['hwloc'] })[crate] ?? [],
    holds: () => true,
    variables,
  });
}
const glib = '0  glib-sys v1.0.0\n1  system-deps v9.0.0\n';

test('what a manifest declares and what was measured is certain', () => {
  const needs = certain(`${glib}0  openssl-sys v0.9.1\n0 default,x hwloc-sys v1.0.0\n`);
  const shown = needs.map((need) => (need.told === 'manifest' ? need.oneOf[0]?.name : need.layer));
  assert.deepEqual(shown, ['glib-2.0', 'gobject-2.0', 'openssl', 'hwloc']);
});

test('whatever could make a copy of its own, or was not measured like this, is not', () => {
  for (const tree of [
    '0 vendored openssl-sys v0.9.1\n',
    '0 bundled-full openssl-sys v0.9.1\n',
    '0  hwloc-sys v1.0.0\n',
    '0 default,static hwloc-sys v1.0.0\n',
    // Metadata that nothing reads.
    '0  glib-sys v1.0.0\n1  libc v1.0.0\n',
    // zmq-sys: what is required by its metadata is built by a crate of sources where it is not there.
    `${glib}1  zeromq-src v0.2.6\n`,
    `${glib}1  cc v1.0.0\n`,
  ])
    assert.deepEqual(certain(tree), [], tree);
  for (const name of ['SYSTEM_DEPS_BUILD_INTERNAL', 'LIBSQLITE3_SYS_BUNDLED'])
    assert.deepEqual(certain(glib, [name]), [], name);
});

test('each layer comes once with who needs it; what the root has, or nothing has, does not', async () => {
  const needs = certain(`${glib}0  openssl-sys v0.9.1\n0 default hwloc-sys v1.0.0\n`);
  const providers = {
    look:
      async (wanted: readonly Wanted[]) =>
      ({ name }: Wanted) =>
        name === 'there' && wanted.some((one) => one.name === name),
    layers: ['hwloc'],
    signsOf: (layer: string) => [{ kind: 'header', name: `${layer}.h` } as const],
    find: async ({ name }: { name: string }) =>
      name.endsWith('-2.0') ? ({ kind: 'layer', name: 'glib' } as const) : null,
  };
  assert.deepEqual(await chooseCertain(needs, [], providers), [
    { kind: 'layer', name: 'glib', crate: 'glib-sys', wanted: 'the pkg-config module glib-2.0', told: 'manifest' },
    {
      kind: 'layer',
      name: 'openssl',
      crate: 'openssl-sys',
      wanted: 'what openssl-sys is known to need',
      told: 'measured',
    },
  ]);
  const known = [{ kind: 'layer', name: 'glib', crate: 'other', wanted: '' }] as const;
  const more = await chooseCertain(needs, known, providers);
  assert.deepEqual(
    more.map(({ name }) => name),
    ['openssl'],
  );
  const shown = { ...providers, layers: [], signsOf: () => [{ kind: 'module', name: 'there' } as const] };
  assert.deepEqual(
    (await chooseCertain(needs, [], shown)).map(({ name }) => name),
    ['glib'],
  );
  const oneOf = ['nowhere', 'there'].map((name) => ({ kind: 'module', name }) as const);
  assert.deepEqual(await chooseCertain([{ told: 'manifest', crate: 'x', oneOf }], [], providers), []);
});
