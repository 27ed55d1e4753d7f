import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { explainFailure, isOutOfReach } from '../../../src/fetch/explain-failure.ts';
import { extraFeatures } from '../../../src/fetch/extra-features.ts';
import { copyGitFolders, findGitFolders } from '../../../src/fetch/git-folders.ts';
import { holdBack } from '../../../src/fetch/hold-back.ts';
import { needsNothing } from '../../../src/fetch/needs-nothing.ts';
import { storeName, storeSecret } from '../../../src/fetch/store.ts';
import { tomlText } from '../../../src/fetch/toml-text.ts';
import { vendoredFolders } from '../../../src/fetch/vendored-folders.ts';
import { cargoConfig, manifestFacts, projectFacts, toml } from './support.ts';

test('TOML text reads back as it was', () => {
  const text =
    'a = "x\\u0000\\u007f\\"\\\\\\n"\nb = [1, 2.0, true, "y"]\nc = 1e30\nd = 9007199254740993\n[e."f.g"]\nh = { i = 1 }\n[j]\n';
  const table = toml(text);
  assert.deepEqual({ ...toml(tomlText(table)), j: undefined }, { ...table, j: undefined });
});

test('features of packages outside of the workspace, wherever they are written', () => {
  const manifests = [manifestFacts('[package]\nname = "app"\n')];
  const found = (...words: string[]) => extraFeatures(words, manifests).map(({ text }) => text);
  assert.deepEqual(found('build', '--features', 'a,app/b dep/c', '-Fdep?/d', '--features=x/y', '-F', 'z/w'), [
    'dep/c',
    'dep?/d',
    'x/y',
    'z/w',
  ]);
  assert.deepEqual(found('run', '--', '--features', 'dep/c'), []);
  assert.deepEqual(found('build', '--features'), []);
});

test('a project that needs nothing: only when its lock says exactly that', () => {
  const manifests = [
    manifestFacts('[package]\nname = "app"\nversion = "0.1.0"\n[dependencies]\nmine = { path = "mine" }\n'),
    manifestFacts('[package]\nname = "mine"\nversion.workspace = true\n', 'mine', 'path-dependency'),
  ];
  const own = [
    { name: 'app', version: '0.1.0', dependencies: ['mine'] },
    { name: 'mine', version: '0.2.0', dependencies: [] },
  ];
  const lock = { crates: [], gitSources: [], own, graph: [] };
  const root = manifestFacts(
    '[package]\nname = "app"\nversion = "0.1.0"\n[dependencies]\nmine = { path = "mine" }\n[workspace.package]\nversion = "0.2.0"\n',
  );
  assert.equal(needsNothing(projectFacts([root, manifests[1] as typeof root]), lock), true);
  assert.equal(needsNothing(projectFacts(manifests), lock), false);
  assert.equal(needsNothing(projectFacts([root]), lock), false);
  const external = manifestFacts('[package]\nname = "app"\nversion = "0.1.0"\n[dependencies]\nleaf = "1"\n');
  assert.equal(
    needsNothing(projectFacts([external]), {
      ...lock,
      own: [{ name: 'app', version: '0.1.0', dependencies: ['leaf'] }],
    }),
    false,
  );
});

test('vendored folders: below the project, behind no link, or refused', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'cargo-boxed-vendored-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'vendor'));
  const facts = (path: string) =>
    projectFacts([], { mountRoot: folder, cargoConfig: cargoConfig(`[source.a]\ndirectory = "${path}"\n`) });
  assert.deepEqual(vendoredFolders(facts('vendor')), { ok: true, value: ['vendor'] });
  assert.deepEqual(vendoredFolders(facts('./x/../vendor/')), { ok: true, value: ['vendor'] });
  assert.deepEqual(vendoredFolders(facts('missing')), { ok: true, value: [] });
  for (const path of ['../vendor', '/etc', '.']) {
    const refused = vendoredFolders(facts(path));
    assert.equal(refused.ok ? 'ok' : refused.problems[0]?.code, 'refused');
  }
});

test('the store’s names: the same for a user, different for two, the secret for one alone', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'cargo-boxed-store-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const secret = storeSecret(join(folder, 'one'));
  assert.deepEqual(storeSecret(join(folder, 'one')), secret);
  assert.equal(statSync(join(folder, 'one/store-secret')).mode & 0o777, 0o600);
  assert.notEqual(storeName(secret, 'a'), storeName(storeSecret(join(folder, 'two')), 'a'));
  assert.match(storeName(secret, 'a'), /^[0-9a-f]{64}$/);
});

test('a repository is found by the end of its URL and the commit', (context) => {
  const home = mkdtempSync(join(tmpdir(), 'cargo-boxed-git-folders-'));
  context.after(() => rmSync(home, { recursive: true, force: true }));
  const repository = 'Some.Dep-0123456789abcdef';
  for (const folder of [
    `git/db/${repository}/objects`,
    `git/checkouts/${repository}/abcdef1/.git`,
    'git/checkouts/dep-0123456789abcdef/abcdef1',
  ]) {
    mkdirSync(join(home, folder), { recursive: true });
  }
  writeFileSync(join(home, `git/db/${repository}/FETCH_HEAD`), 'x');
  writeFileSync(join(home, `git/db/${repository}/objects/pack`), 'x');
  writeFileSync(join(home, `git/checkouts/${repository}/abcdef1/.git/index`), 'x');
  const source = (url: string, commit = `abcdef1${'0'.repeat(33)}`) => ({ source: '', url, commit });
  for (const url of [
    'https://x.invalid/a/some.dep.git',
    'ssh://git@x.invalid/Some.Dep/',
    'https://x.invalid/Some.Dep',
  ]) {
    assert.deepEqual(findGitFolders(home, [source(url)]), [{ repository, checkout: 'abcdef1' }]);
  }
  assert.deepEqual(findGitFolders(home, [source('https://x.invalid/Some.Dep', '1'.repeat(40))]), []);
  copyGitFolders(home, join(home, 'view'), [{ repository, checkout: 'abcdef1' }]);
  const number = (path: string) => statSync(join(home, path)).ino;
  assert.equal(number(`view/git/db/${repository}/objects/pack`), number(`git/db/${repository}/objects/pack`));
  assert.notEqual(number(`view/git/db/${repository}/FETCH_HEAD`), number(`git/db/${repository}/FETCH_HEAD`));
  assert.equal(readFileSync(join(home, `view/git/checkouts/${repository}/abcdef1/.git/index`), 'utf8'), 'x');
});

test('a try says nothing until it downloads', async () => {
  const stream = new PassThrough();
  const held = holdBack(stream);
  const write = (text: string) => new Promise<void>((done) => void held.write(text, () => done()));
  await write('    Updating index\n');
  assert.equal(stream.read(), null);
  await write(' Downloading crates ...\n');
  await write('more\n');
  assert.equal(String(stream.read()), '    Updating index\n Downloading crates ...\nmore\n');
});

for (const [said, code, what] of [
  [
    'error: cannot update the lock file /box/project/Cargo.lock because --locked was passed to prevent this',
    'lock-refused',
    /Cargo\.lock/,
  ],
  [
    'error: the lock file /box/project/Cargo.lock needs to be updated but --locked was passed to prevent this',
    'lock-refused',
    /Cargo\.lock/,
  ],
  ['Caused by:\n  failed to verify the checksum of `foo v1.0.0`', 'checksum-mismatch', /foo v1\.0\.0/],
  ['error: no token found for `mine`, please run `cargo login --registry mine`', 'fetch-failed', /mine.*wants a token/],
  [
    'failed to download from `https://crates.invalid/x`\n[6] Could not resolve hostname (Could not resolve host)',
    'fetch-failed',
    /crates\.invalid/,
  ],
  ['error: failed to parse manifest at `/box/project/Cargo.toml`', 'manifest', /manifest/],
  ['error: invalid character `{` in package name\n --> Cargo.toml:4:8\n  |', 'manifest', /manifest/],
  ['error: failed to select a version for the requirement `serde = "^99"`', 'manifest', /no set of versions/],
  [
    'error: no matching package named `nothing` found\nlocation searched: crates.io index',
    'manifest',
    /no set of versions/,
  ],
  ['error: \u001b[31msomething new\u001b[0m', 'fetch-failed', /could not fetch the crates/],
] as const) {
  test(`explained: ${said.slice(0, 50)}`, () => {
    const problem = explainFailure(said, 'the crates', []);
    assert.equal(problem.code, code);
    assert.match(problem.what, what);
  });
}

test('a host that does not answer is told from other failures', () => {
  const away = 'Updating git repository `https://host.invalid/a`\nwarning: spurious network error (3 tries remaining)';
  assert.equal(isOutOfReach(`\u001b[33m${away}\u001b[0m`), true);
  assert.equal(isOutOfReach(`${away}\nerror: cannot update the lock file because --locked was passed`), false);
  assert.equal(isOutOfReach('error: failed to parse manifest'), false);
});
