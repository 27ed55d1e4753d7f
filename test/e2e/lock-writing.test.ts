import assert from 'node:assert/strict';
import test from 'node:test';
import { startGitServer } from '../support/git-server.ts';
import { cargoFiles, hostCargo } from '../support/host-cargo.ts';
import { lockHead, type Project, project, projectIn, temporaryFolder } from '../support/rig.ts';

const crate = (name: string, rest = '') => `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n${rest}`;

/** A workspace without a package of its own, which names crates that are not its members yet. */
const virtual = {
  'Cargo.toml': `[workspace]
members = ["crates/a", "crates/b"]
resolver = "2"

[workspace.dependencies]
itoa = "1"
shared = { path = "crates/shared", features = ["fast"] }
`,
  'crates/a/Cargo.toml': crate('a'),
  'crates/a/src/lib.rs': '',
  'crates/b/Cargo.toml': crate(
    'b',
    '\n[dependencies]\na = { path = "../a" }\n\n[dev-dependencies]\nitoa.workspace = true\n\n[build-dependencies]\nryu = "1"\n',
  ),
  'crates/b/src/lib.rs': '',
  'crates/new/Cargo.toml': crate(
    'new',
    '\n[features]\nfast = []\nsmall = []\n\n[dependencies]\nshared = { path = "../shared" }\n',
  ),
  'crates/new/src/lib.rs': '',
  'crates/shared/Cargo.toml': crate('shared', '\n[features]\nfast = []\n'),
  'crates/shared/src/lib.rs': '',
};

/** Folders that a package depends on by path, one excluded and one of another workspace. */
const mixed = {
  'Cargo.toml': `[workspace]\nmembers = ["crates/*"]\nexclude = ["crates/alone"]\n\n${crate('app')}`,
  'src/lib.rs': '',
  'crates/alone/Cargo.toml': crate('alone'),
  'crates/alone/src/lib.rs': '',
  'crates/broken/Cargo.toml': crate('broken', '\n[dependencies]\nalone = { path = "../alone", version = "9" }\n'),
  'crates/broken/src/lib.rs': '',
  'other/Cargo.toml': '[workspace]\nmembers = ["inside"]\n\n[workspace.package]\nversion = "2.0.0"\n',
  'other/inside/Cargo.toml': '[package]\nname = "inside"\nversion.workspace = true\nedition = "2021"\n',
  'other/inside/src/lib.rs': '',
};

/** What is run, where, and in which layout. All of it ends as with the host's cargo: status, manifests and lock. */
const trials: readonly (readonly [layout: Readonly<Record<string, string>>, folder: string, line: string])[] = [
  [virtual, 'crates/a', 'add --path ../new'],
  [virtual, 'crates/a/src', 'add --path=../../new --features fast,small --no-default-features'],
  [virtual, '', 'add -p a --path crates/new --rename other --optional'],
  [virtual, '', 'add --manifest-path crates/a/Cargo.toml --path crates/new --dev'],
  [virtual, 'crates/a', 'add --path ../new --dry-run'],
  [virtual, '', 'add --path crates/new'],
  [virtual, 'crates/a', 'add shared itoa'],
  [virtual, 'crates/b', 'remove --build ryu'],
  [virtual, '', 'rm -p b --dev itoa'],
  [virtual, '', 'update --manifest-path crates/b/Cargo.toml -p ryu --precise 1.0.10'],
  [virtual, 'crates/b', 'generate-lockfile'],
  [mixed, '', 'add --path crates/alone'],
  [mixed, 'crates', 'add --path ../other/inside'],
  [mixed, '', 'add --path nowhere'],
];

for (const [layout, folder, line] of trials) {
  const where = `${layout === virtual ? 'virtual' : 'mixed'}${folder === '' ? '' : `, in ${folder}`}`;
  test(`\`${line}\` (${where}) leaves what the host's cargo leaves`, async (context) => {
    const [ours, theirs] = twins(context, layout);
    const boxed = await ours.boxed(line.split(' '), { currentFolder: ours.path(folder) });
    const host = await hostCargo(theirs, line.split(' '), theirs.path(folder));
    assert.equal(boxed.status, host.status, `${boxed.text}\n${host.text}`);
    assert.deepEqual(cargoFiles(ours), cargoFiles(theirs));
  });
}

function twins(context: test.TestContext, layout: Readonly<Record<string, string>>): readonly [Project, Project] {
  return [project(context, layout), project(context, layout)];
}

test('an addition that cannot be resolved stays in the manifest, as with cargo', async (context) => {
  const [ours, theirs] = twins(context, { ...mixed, 'Cargo.toml': crate('app') });
  const words = ['add', '--path', 'crates/broken'];
  const [boxed, host] = [await ours.boxed(words), await hostCargo(theirs, words)];
  assert.deepEqual([boxed.status, host.status], [101, 101], `${boxed.text}\n${host.text}`);
  assert.match(ours.read('Cargo.toml'), /broken/);
  assert.deepEqual(cargoFiles(ours), cargoFiles(theirs));
});

test('with the project at its own path in the box, a path that climbs is found all the same', async (context) => {
  const made = project(context, virtual);
  const ended = await made.boxed(['add', '--path', '../new'], {
    currentFolder: made.path('crates/a'),
    variables: { CARGO_BOXED_PROJECT_PATH: 'mirror' },
  });
  assert.equal(ended.status, 0, ended.text);
  assert.match(made.read('crates/a/Cargo.toml'), /new = \{ version = "0.1.0", path = "\.\.\/new" \}/);
});

test('a crate outside of the project is refused until the folder is granted', async (context) => {
  const around = projectIn(temporaryFolder(context));
  around.write('lib/Cargo.toml', crate('lib'));
  around.write('lib/src/lib.rs', '');
  const made = projectIn(around.path('app'));
  for (const [file, text] of Object.entries({ 'Cargo.toml': crate('app'), 'src/lib.rs': '' })) made.write(file, text);
  const add = ['add', '--dev', '--path', '../lib'];
  const refused = await made.boxed(add);
  assert.equal(refused.status, 77, refused.text);
  assert.equal(made.read('Cargo.toml'), crate('app'));

  made.write('Cargo.toml', crate('app', '\n[dependencies]\nlib = { path = "../lib" }\n'));
  assert.equal((await made.boxed(['grant', 'path-dependency'])).status, 0);
  const added = await made.boxed(add);
  assert.equal(added.status, 0, added.text);
  assert.match(made.read('Cargo.toml'), /\[dev-dependencies\]\nlib = \{ path = "\.\.\/lib" \}/);
  assert.equal((await made.boxed(['revoke', '--all'])).status, 0);
});

test('a git repository that is named on the command line is fetched, and its commit locked', async (context) => {
  const server = await startGitServer();
  context.after(() => server.stop());
  const dependency = project(context, { 'Cargo.toml': crate('dep', '\n[features]\nfast = []\n'), 'src/lib.rs': '' });
  const commit = server.commit('dep', dependency.folder);
  const made = project(context, { 'Cargo.toml': crate('app'), 'Cargo.lock': `${lockHead}\n`, 'src/lib.rs': '' });
  const ended = await made.boxed(['add', '--git', `${server.url}/dep.git`, '--features', 'fast', 'dep']);
  assert.equal(ended.status, 0, ended.text);
  assert.match(made.read('Cargo.toml'), /dep = \{ .*git = "http:.*\/dep\.git".*features = \["fast"\] \}/);
  assert.ok(made.read('Cargo.lock').includes(`#${commit}"`));
  assert.equal((await made.boxed(['tree', '--locked', '--offline'])).status, 0);
});

test('info needs no project', async (context) => {
  const made = projectIn(temporaryFolder(context));
  const ended = await made.boxed(['info', 'itoa@1.0.10']);
  assert.equal(ended.status, 0, ended.text);
  assert.match(ended.stdout, /^version: 1\.0\.10/m);
});
