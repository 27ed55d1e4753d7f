import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type FoundSecrets, findSecrets, type SecretSearch } from '../../../src/facts/find-secrets.ts';
import { addFiles, problemIn, temporaryTree, valueIn } from './temporary-tree.ts';

function search(context: TestContext, root: string, more: Partial<SecretSearch> = {}): SecretSearch {
  const cacheFile = join(temporaryTree(context), 'listings.json');
  return { mountRoot: root, workspace: '', scope: 'project', show: [], toolPaths: [], cacheFile, ...more };
}

function find(context: TestContext, root: string, more: Partial<SecretSearch> = {}): FoundSecrets {
  return valueIn(findSecrets(search(context, root, more)));
}

const paths = ({ hidden }: FoundSecrets) => hidden.map(({ path, kind }) => (kind === 'folder' ? `${path}/` : path));

function git(folder: string, ...words: readonly string[]): string {
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'protocol.file.allow=always'];
  return execFileSync('git', ['-C', folder, ...who, ...words], { encoding: 'utf8', env: { PATH: process.env.PATH } });
}

/** A repository that tracks these files. */
function repository(
  context: TestContext,
  files: Readonly<Record<string, string>>,
  ...options: readonly string[]
): string {
  const root = temporaryTree(context, files);
  git(root, 'init', '--quiet', ...options);
  git(root, 'add', '--force', '.');
  git(root, 'commit', '--quiet', '--allow-empty', '--message', 'one');
  return root;
}

const secrets = {
  '.env': 'A=1',
  'deep/er/id_ed25519': 'key',
  'deep/server.KEY': 'key',
  '.aws/credentials': 'x',
  '.npmrc': 'x',
  'infra/prod.tfvars': 'x',
  '.env.example': 'A=',
  'src/main.rs': '',
  'id_rsa.pub': 'x',
};

test('without version control everything that is called like a secret is hidden', (context) => {
  const root = temporaryTree(context, secrets);
  assert.deepEqual(paths(find(context, root)), [
    '.aws/',
    '.env',
    '.npmrc',
    'deep/er/id_ed25519',
    'deep/server.KEY',
    'infra/prod.tfvars',
  ]);
});

test('what git tracks stays, what it does not is hidden', (context) => {
  const root = repository(context, {
    'tests/.env': 'A=test',
    'tests/key.pem': 'key',
    '.aws/config': 'x',
    'src/lib.rs': '',
  });
  addFiles(root, { '.env': 'A=1', '.aws/credentials': 'x', '.aws/sso/cache/a.json': 'x' });
  assert.deepEqual(paths(find(context, root)), ['.aws/credentials', '.aws/sso/', '.env', '.git/logs/refs/']);
});

test('a tracked file with other bytes than git knows is hidden', (context) => {
  const root = repository(context, { '.env': 'PASSWORD=\n', 'same.pem': 'a\nb\n' });
  writeFileSync(join(root, '.env'), 'PASSWORD=mine\n');
  writeFileSync(join(root, 'same.pem'), 'a\r\nb\r\n');
  assert.deepEqual(paths(find(context, root)), ['.env', '.git/logs/refs/']);
  git(root, 'add', '.env');
  assert.deepEqual(paths(find(context, root)), ['.git/logs/refs/']);
});

test('each index form of git is understood', (context) => {
  const forms: readonly (readonly string[])[] = [
    ['update-index', '--index-version', '4'],
    ['update-index', '--split-index'],
    ['update-index', '--force-write-index'],
  ];
  for (const form of forms) {
    const root = repository(context, { 'tests/key.pem': 'key' });
    git(root, ...form);
    addFiles(root, { 'key.pem': 'mine' });
    assert.deepEqual(paths(find(context, root)), ['.git/logs/refs/', 'key.pem'], form.join(' '));
  }
  const root = repository(context, { 'tests/key.pem': 'key' }, '--object-format=sha256');
  assert.deepEqual(paths(find(context, root)), ['.git/logs/refs/']);
});

test('a damaged index vouches for nothing', (context) => {
  const root = repository(context, { 'key.pem': 'key' });
  const index = readFileSync(join(root, '.git/index'));
  writeFileSync(join(root, '.git/index'), index.subarray(0, 70));
  assert.deepEqual(paths(find(context, root)), ['.git/logs/refs/', 'key.pem']);
});

test('in a folder that is built like a repository all else is looked at, and its configuration is cleaned', (context) => {
  const bare = { HEAD: 'ref: x', 'objects/x': '', 'refs/x': '', config: '[http]\n\textraheader = canary\n' };
  const root = temporaryTree(context, { ...bare, '.env': 'A=1', 'objects/key.pem': 'key', 'sub/.env': 'A=1' });
  const found = find(context, root);
  assert.deepEqual(paths(found), ['.env', 'objects/key.pem', 'sub/.env']);
  assert.deepEqual(
    found.cleaned.map(({ path }) => path),
    ['config'],
  );
});

test('a repository within another is asked for its own files', (context) => {
  const root = repository(context, { 'src/lib.rs': '' });
  const inner = repository(context, { 'key.pem': 'key' });
  git(root, 'submodule', '--quiet', 'add', inner, 'sub/module');
  addFiles(root, { 'sub/module/other.pem': 'mine' });
  const found = find(context, root);
  assert.ok(!paths(found).includes('sub/module/key.pem'));
  assert.ok(paths(found).includes('sub/module/other.pem'));
  assert.ok(paths(found).includes('.git/modules/sub/module/logs/refs/'));
  assert.ok(found.cleaned.some(({ path }) => path === '.git/modules/sub/module/config'));
});

test('a worktree outside of its repository is believed only if both name each other', (context) => {
  const root = repository(context, { 'key.pem': 'key' });
  const tree = join(temporaryTree(context), 'tree');
  git(root, 'worktree', 'add', '--quiet', tree);
  assert.deepEqual(paths(find(context, tree)), []);
  const other = temporaryTree(context, { 'key.pem': 'key', '.git': readFileSync(join(tree, '.git'), 'utf8') });
  assert.deepEqual(paths(find(context, other)), ['key.pem']);
});

test('a file `.git` names no repository through a link that leads out', (context) => {
  const outside = temporaryTree(context, { 'own/HEAD': '', 'own/private': '' });
  const root = temporaryTree(context, { 'src/lib.rs': '', 'real/HEAD': '', 'real/token': '' });
  symlinkSync(outside, join(root, 'out'));
  symlinkSync('real', join(root, 'near'));
  for (const [named, hidden] of [
    ['out/own', []],
    ['near', ['real/token']],
    ['real', ['real/token']],
  ] as const) {
    writeFileSync(join(root, '.git'), `gitdir: ${named}\n`);
    assert.deepEqual(paths(find(context, root)), hidden, named);
  }
});

test('a link with the name of a secret hides what it leads to', (context) => {
  const root = temporaryTree(context, { 'config/production': 'x', 'src/lib.rs': '' });
  const outside = temporaryTree(context, { secret: 'x' });
  symlinkSync('config/production', join(root, '.env'));
  symlinkSync(join(outside, 'secret'), join(root, '.npmrc'));
  symlinkSync('nowhere', join(root, '.netrc'));
  symlinkSync(root, join(root, '.aws'));
  assert.deepEqual(paths(find(context, root)), ['config/production']);
});

test('folders that are links are not looked into', (context) => {
  const outside = temporaryTree(context, { '.env': 'x' });
  const root = temporaryTree(context, { 'src/lib.rs': '' });
  symlinkSync(outside, join(root, 'elsewhere'));
  assert.deepEqual(paths(find(context, root)), []);
});

test('sockets and pipes are always hidden', async (context) => {
  const root = temporaryTree(context, { 'a/': '' });
  execFileSync('mkfifo', [join(root, 'a/pipe')]);
  const server = createServer().listen(join(root, 'a/agent'));
  context.after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  assert.deepEqual(paths(find(context, root, { show: ['a/*'] })), ['a/agent', 'a/pipe']);
});

test('folders of tools are hidden, but for what git tracks in them', (context) => {
  const root = repository(context, { '.cargo/config.toml': '[build]\n', 'src/lib.rs': '' });
  addFiles(root, { '.cargo/registry/a': 'x', '.cargo/credentials.toml': 'x', 'cache/boxed/a': 'x' });
  const toolPaths = [join(root, '.cargo'), join(root, 'cache/boxed'), '/nowhere', root];
  assert.deepEqual(paths(find(context, root, { toolPaths, show: ['.cargo/**'] })), [
    '.cargo/credentials.toml',
    '.cargo/registry/',
    '.git/logs/refs/',
    'cache/boxed/',
  ]);
});

test('what is to be shown is shown, and no more', (context) => {
  const root = temporaryTree(context, { ...secrets, 'app/.env': 'x', 'app/a/b/c.pem': 'x', '.aws/config': 'x' });
  const left = paths(
    find(context, root, { workspace: 'app', show: ['.env', '**/*.pem', '../.aws/config', '../../x'] }),
  );
  assert.deepEqual(left, [
    '.aws/credentials',
    '.env',
    '.npmrc',
    'deep/er/id_ed25519',
    'deep/server.KEY',
    'infra/prod.tfvars',
  ]);
});

test('files of a vendored crate stay as long as they have the listed sums', (context) => {
  const sum = createHash('sha256').update('key').digest('hex');
  const files = JSON.stringify({ files: { 'tests/key.pem': sum, 'tests/other.pem': sum } });
  const crate = {
    'vendor/a/tests/key.pem': 'key',
    'vendor/a/tests/other.pem': 'mine',
    'vendor/a/tests/new.pem': 'key',
  };
  const root = temporaryTree(context, { ...crate, 'vendor/a/.cargo-checksum.json': files });
  assert.deepEqual(paths(find(context, root)), ['vendor/a/tests/new.pem', 'vendor/a/tests/other.pem']);
});

test('the repository is shown without credentials and without what git does not need', (context) => {
  const root = repository(context, { 'src/lib.rs': '' });
  git(root, 'remote', 'add', 'origin', 'https://user:canary@host.example/a.git');
  addFiles(root, { '.git/git-crypt/keys/default': 'canary', '.git/token': 'canary', '.git/HEAD.lock': '' });
  addFiles(root, { '.git/FETCH_HEAD': "1\t\tbranch 'main' of https://canary@host.example/a\n" });
  addFiles(root, { '.git/branches/old': 'https://u:canary@host.example/a#main\n', '.git/branches/plain': '../a\n' });
  writeFileSync(join(root, '.git/logs/HEAD'), '0 1 a <a> 1 +0000\tpull https://u:canary@host.example/a: x\n');
  const found = find(context, root);
  assert.deepEqual(paths(found), [
    '.git/FETCH_HEAD',
    '.git/branches/old',
    '.git/git-crypt/',
    '.git/logs/HEAD',
    '.git/logs/refs/',
    '.git/token',
  ]);
  assert.deepEqual(
    found.cleaned.map(({ path }) => path),
    ['.git/config'],
  );
  assert.doesNotMatch(found.cleaned[0]?.content ?? '', /canary/);
  assert.match(found.cleaned[0]?.content ?? '', /url = https:\/\/host\.example\/a\.git/);
});

test('a submodule that is called like a part of a repository is one all the same, wherever it is checked out', (context) => {
  const inner = repository(context, { 'lib.rs': '' });
  const root = repository(context, { 'out/CACHEDIR.TAG': '', 'out/.rustc_info.json': '' });
  git(root, 'submodule', '--quiet', 'add', '--name', 'HEAD', inner, 'first');
  // Nobody looks into results of cargo, where this one names its repository.
  git(root, 'submodule', '--quiet', 'add', '--name', 'objects', inner, 'out/second');
  git(root, 'commit', '--quiet', '--message', 'two');
  // As a CI service leaves it.
  git(join(root, 'out/second'), 'config', 'http.https://host.example/.extraheader', 'AUTHORIZATION: basic canary');
  const found = find(context, root);
  const cleaned = found.cleaned.find(({ path }) => path === '.git/modules/objects/config');
  assert.doesNotMatch(cleaned?.content ?? 'canary', /canary/);
  assert.ok(!paths(found).some((path) => path.startsWith('.git/modules/objects/objects')));
});

test('what was remembered is not believed when anything has changed', (context) => {
  const root = repository(context, { 'a/key.pem': 'key', 'a/b/lib.rs': '' });
  const wish = search(context, root);
  const look = () => paths(valueIn(findSecrets(wish))).filter((path) => !path.startsWith('.git/'));
  const old = new Date(Date.now() - 3_600_000);
  // Change times cannot be set back: the test waits until what it made is old enough to be remembered.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2100);
  assert.deepEqual(look(), []);
  assert.match(readFileSync(wish.cacheFile, 'utf8'), /"a\/b"/);
  addFiles(root, { 'a/b/.env': 'x' });
  utimesSync(join(root, 'a/b'), old, old);
  assert.deepEqual(look(), ['a/b/.env']);
  writeFileSync(join(root, 'a/key.pem'), 'ke2');
  utimesSync(join(root, 'a/key.pem'), old, old);
  assert.deepEqual(look(), ['a/b/.env', 'a/key.pem']);
  rmSync(join(root, 'a/b'), { recursive: true });
  mkdirSync(join(root, 'c'));
  renameSync(join(root, 'a/key.pem'), join(root, 'c/key.pem'));
  assert.deepEqual(look(), ['c/key.pem']);
  writeFileSync(wish.cacheFile, '{"version": "odd", "listings": 1}');
  assert.deepEqual(look(), ['c/key.pem']);
});

test('what lies too deep is hidden, and what cannot be hidden is refused', (context) => {
  const deep = `${'d/'.repeat(105)}.env`;
  const root = temporaryTree(context, { [deep]: 'x' });
  assert.deepEqual(paths(find(context, root)), [`${'d/'.repeat(100)}d/`]);
  const many = temporaryTree(context, Object.fromEntries(Array.from({ length: 1001 }, (_, at) => [`${at}.pem`, 'x'])));
  assert.equal(problemIn(findSecrets(search(context, many))).code, 'refused');
  const odd = temporaryTree(context);
  writeFileSync(Buffer.concat([Buffer.from(`${odd}/`), Buffer.from([0xff]), Buffer.from('.pem')]), 'x');
  assert.equal(problemIn(findSecrets(search(context, odd))).code, 'path');
});

test('only the repository is looked at when only that is mounted', (context) => {
  const root = repository(context, { 'src/lib.rs': '' });
  addFiles(root, { '.env': 'x', '.git/token': 'x' });
  assert.deepEqual(paths(find(context, root, { scope: 'repository' })), ['.git/logs/refs/', '.git/token']);
});

const manifest = { 'Cargo.toml': '[package]' };
const results = { 'CACHEDIR.TAG': 'Signature', '.rustc_info.json': '{}', 'debug/app': 'x', '.env': 'A=1' };
const below = (folder: string, files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));

test("the results of the host's own cargo are hidden whole, wherever they lie and whatever they are called", (context) => {
  const root = temporaryTree(context, {
    ...manifest,
    ...below('target', results),
    ...below('tools', manifest),
    ...below('tools/target', { 'debug/x': '' }),
    ...below('out/of/the/way', results),
    'target-notes/x': '',
  });
  assert.deepEqual(paths(find(context, root)), ['out/of/the/way/', 'target/', 'tools/target/']);
});

test('a target that is not there yet is hidden too, so that a plan is the same before and after a build', (context) => {
  const root = temporaryTree(context, manifest);
  assert.deepEqual(paths(find(context, root)), ['target/']);
  assert.deepEqual(paths(find(context, temporaryTree(context, { README: '' }))), []);
  symlinkSync('/nonexistent', join(root, 'target'));
  assert.deepEqual(paths(find(context, root)), []);
});

test('a link called target hides what it leads to in the project', (context) => {
  const root = temporaryTree(context, { ...manifest, 'elsewhere/debug/app': '' });
  symlinkSync('elsewhere', join(root, 'target'));
  assert.deepEqual(paths(find(context, root)), ['elsewhere/']);
});

test('of a target that git tracks something of, the rest is hidden; one that is sources is sources', (context) => {
  const root = repository(context, {
    ...manifest,
    'target/kept': 'x',
    'crate/Cargo.toml': '',
    'crate/target/mod.rs': '',
  });
  addFiles(root, { ...below('target', results), 'crate/target/new.rs': '', 'crate/target/.env': 'A=1' });
  writeFileSync(join(root, 'crate/target/mod.rs'), 'edited');
  assert.deepEqual(paths(find(context, root)), [
    '.git/logs/refs/',
    'crate/target/.env',
    'target/.env',
    'target/.rustc_info.json',
    'target/CACHEDIR.TAG',
    'target/debug/',
  ]);
});

test('in a target that is sources all is looked at as elsewhere: repositories, and another target', (context) => {
  const first = { ...manifest, 'target/kept': '' };
  const second = { ...first, ...below('target/a', first) };
  const root = repository(context, { ...second, ...below('target/a/target/a', first) });
  const targets = ['target', 'target/a/target', 'target/a/target/a/target'];
  for (const folder of targets) {
    addFiles(root, { [`${folder}/.env`]: 'A=1', [`${folder}/clone/.git/HEAD`]: 'ref: refs/heads/main\n' });
    addFiles(root, { [`${folder}/clone/.git/config`]: '[remote "a"]\n\turl = https://u:canary@host.example/a\n' });
  }
  const found = find(context, root);
  const hidden = paths(found).filter((path) => path.endsWith('.env'));
  assert.deepEqual(new Set(hidden), new Set(targets.map((folder) => `${folder}/.env`)));
  const cleaned = found.cleaned.filter(({ path }) => path !== '.git/config').map(({ path }) => path);
  assert.deepEqual(new Set(cleaned), new Set(targets.map((folder) => `${folder}/clone/.git/config`)));
});

test('a package that is called target is a package', (context) => {
  const root = temporaryTree(context, { ...manifest, 'target/Cargo.toml': '', 'target/.env': 'A=1' });
  assert.deepEqual(paths(find(context, root)), ['target/.env']);
});
