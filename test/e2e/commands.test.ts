import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import test from 'node:test';
import { fixture, lockOf, type Project, plainProgram, project, temporaryFolder } from '../support/rig.ts';

const library = {
  'Cargo.toml':
    '[package]\nname = "library"\nversion = "0.1.0"\nedition = "2021"\nlicense = "MIT"\ndescription = "one"\n',
  'Cargo.lock': lockOf('library'),
  'src/lib.rs':
    '/// Adds.\n///\n/// ```\n/// assert_eq!(library::add(1, 2), 3);\n/// ```\npub fn add(a: i32, b: i32) -> i32 { a + b }\n',
  'examples/shows.rs': 'fn main() { println!("{}", library::add(1, 2)); }\n',
};

async function succeeds(made: Project, ...programArguments: string[]) {
  const ended = await made.boxed(programArguments);
  assert.equal(ended.status, 0, `${programArguments.join(' ')}: ${ended.text}`);
  return ended;
}

test('offline commands run in the box: check, test with doctests, doc, clippy, tree, package, rustc, bench', async (context) => {
  const made = project(context, library);
  await succeeds(made, 'check');
  const tested = await succeeds(made, 'test');
  assert.match(tested.stdout, /Doc-tests library|1 passed/);
  await succeeds(made, 'doc', '--no-deps');
  assert.ok(existsSync(made.path('target/boxed/doc/library/index.html')));
  await succeeds(made, 'clippy');
  assert.match((await succeeds(made, 'tree')).stdout, /^library v0\.1\.0/);
  await succeeds(made, 'package', '--allow-dirty');
  assert.ok(existsSync(made.path('target/boxed/package/library-0.1.0.crate')));
  await succeeds(made, 'rustc', '--lib', '--', '--cap-lints', 'allow');
  await succeeds(made, 'bench', '--no-run');
  await succeeds(made, 'run', '--example', 'shows');
});

test('the packages of a workspace are made for each other, and in verbose mode cargo has nothing to complain of', async (context) => {
  const member = (name: string, more = '') => ({
    [`${name}/Cargo.toml`]: `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\nlicense = "MIT"\ndescription = "d"\n${more}`,
    [`${name}/src/lib.rs`]: 'pub fn one() -> u8 { 1 }\n',
  });
  const made = project(context, {
    'Cargo.toml': '[workspace]\nresolver = "2"\nmembers = ["first-of-two", "second-of-two"]\n',
    ...member('second-of-two'),
    ...member('first-of-two', '[dependencies]\nsecond-of-two = { path = "../second-of-two", version = "0.1.0" }\n'),
  });
  await succeeds(made, 'package', '--workspace', '--allow-dirty');
  assert.ok(existsSync(made.path('target/boxed/package/first-of-two-0.1.0.crate')));
  assert.doesNotMatch((await succeeds(made, 'check', '-v')).stderr, /last-use|global-cache/);
});

test('aliases of cargo: b, c, t, r, d', async (context) => {
  const made = project(context, plainProgram('short', 'fn main() { println!("ran"); }\n'));
  for (const name of ['b', 'c', 't', 'd']) await succeeds(made, name);
  assert.match((await succeeds(made, 'r', '-q')).stdout, /ran/);
});

test('cargo X always means the X of cargo', async (context) => {
  const made = project(context, plainProgram('any', 'fn main() {}\n'));
  assert.match((await succeeds(made, 'cargo', 'version')).stdout, /^cargo 1\./);
});

test('fmt brings the formatted sources back, and nothing else', async (context) => {
  const made = project(context, plainProgram('ugly', 'fn main(){println!("ugly");}\n'));
  await succeeds(made, 'fmt');
  assert.equal(made.read('src/main.rs'), 'fn main() {\n    println!("ugly");\n}\n');
  const checked = await made.boxed(['fmt', '--check']);
  assert.equal(checked.status, 0, checked.text);
});

test('what does not read the dependencies needs no network and writes no Cargo.lock', async (context) => {
  const { 'Cargo.lock': _, ...files } = plainProgram('far', 'fn main(){}\n');
  const made = project(context, files);
  made.write(
    'Cargo.toml',
    `${made.read('Cargo.toml')}[dependencies]\nfar-away = { git = "https://host.invalid/a/b" }\n`,
  );
  await succeeds(made, 'fmt');
  assert.equal(made.read('src/main.rs'), 'fn main() {}\n');
  assert.match((await succeeds(made, 'metadata', '--no-deps', '--format-version', '1')).stdout, /far-away/);
  assert.match((await succeeds(made, 'read-manifest')).stdout, /far-away/);
  await succeeds(made, 'clean');
  assert.equal(existsSync(made.path('Cargo.lock')), false);
});

test('fix brings the fixed sources back', async (context) => {
  const made = project(context, plainProgram('fixable', 'fn main() { let mut one = 1; println!("{}", one); }\n'));
  await succeeds(made, 'fix', '--allow-no-vcs', '--allow-dirty');
  assert.doesNotMatch(made.read('src/main.rs'), /let mut/);
});

test('new and init make a project that builds', async (context) => {
  const folder = temporaryFolder(context, 'new');
  const parent = project(context, {});
  const made = await parent.boxed(['new', 'fresh', '--vcs', 'none']);
  assert.equal(made.status, 0, made.text);
  assert.ok(existsSync(parent.path('fresh/src/main.rs')));
  await succeeds(parent, '-C', parent.path('fresh'), 'build');
  const initialized = await parent.boxed(['-C', folder, 'init', '--name', 'started', '--vcs', 'none']);
  assert.equal(initialized.status, 0, initialized.text);
  assert.ok(existsSync(`${folder}/Cargo.toml`));
});

test('a new package is called like its folder, and is made over nothing', async (context) => {
  const parent = project(context, { 'here/notes.txt': 'mine', file: 'mine', empty: '' });
  const here = parent.path('here');
  await succeeds(parent, '-C', here, 'init', '--vcs', 'none');
  assert.match(parent.read('here/Cargo.toml'), /name = "here"/);
  for (const taken of ['here', 'file']) {
    const ended = await parent.boxed(['new', taken, '--vcs', 'none']);
    assert.equal(ended.status, 101, ended.text);
    assert.match(ended.stderr, /already exists/);
  }
  const again = await parent.boxed(['-C', here, 'init']);
  assert.equal(again.status, 101, again.text);
  const beside = await parent.boxed(['init', 'here']);
  assert.equal(beside.status, 64, beside.text);
  assert.match(beside.stderr, /`cargo-boxed -C here init`/);
  assert.equal(parent.read('here/notes.txt'), 'mine');
});

test('add, update, generate-lockfile and remove change Cargo.toml and Cargo.lock as cargo does', async (context) => {
  const made = project(context, plainProgram('edited', 'fn main() {}\n'));
  await succeeds(made, 'add', 'itoa@=1.0.10');
  assert.match(made.read('Cargo.toml'), /itoa = "=1\.0\.10"/);
  await succeeds(made, 'generate-lockfile');
  assert.match(made.read('Cargo.lock'), /name = "itoa"\nversion = "1\.0\.10"/);
  await succeeds(made, 'build');
  await succeeds(made, 'update');
  await succeeds(made, 'remove', 'itoa');
  assert.doesNotMatch(made.read('Cargo.toml'), /itoa/);
});

test('clean empties the target of the box', async (context) => {
  const made = project(context, plainProgram('cleaned', 'fn main() {}\n'));
  await succeeds(made, 'build');
  await succeeds(made, 'clean');
  assert.match((await succeeds(made, 'build')).stderr, /Compiling cleaned/);
});

test('exec runs a program of the environment where cargo would build', async (context) => {
  const made = fixture(context, 'workspace-with-xtask');
  const ended = await succeeds(made, 'exec', '--', 'sh', '-c', 'cargo --version && cc --version | head -n 1 && ls');
  assert.match(ended.stdout, /cargo 1\.[\s\S]*Cargo\.toml/);
});

test('own commands answer: status, ls, doctor, schema, completions, help, version, plan', async (context) => {
  const made = project(context, plainProgram('asked', 'fn main() {}\n'));
  await succeeds(made, 'build');
  for (const command of [['status'], ['ls'], ['plan', 'build'], ['schema'], ['help'], ['--version'], ['--help']]) {
    assert.notEqual((await succeeds(made, ...command)).stdout, '', command.join(' '));
  }
  for (const shell of ['bash', 'zsh', 'fish']) await succeeds(made, 'completions', shell);
  for (const command of ['status', 'ls', 'doctor']) {
    JSON.parse((await succeeds(made, '--json', command)).stdout);
  }
  JSON.parse((await succeeds(made, 'schema')).stdout);
});

test('reset takes away what is kept for this project, and the next build works', async (context) => {
  const made = project(context, plainProgram('forgotten', 'fn main() {}\n'));
  await succeeds(made, 'build');
  await succeeds(made, 'reset');
  assert.match((await succeeds(made, 'build')).stderr, /Compiling forgotten/);
});

test('commands that cannot be boxed are refused with a reason', async (context) => {
  const made = project(context, plainProgram('any', 'fn main() {}\n'));
  for (const command of [
    ['install', 'itoa'],
    ['-Zscript', 'x.rs'],
  ]) {
    const ended = await made.boxed(command);
    assert.equal(ended.status, 77, `${command.join(' ')}: ${ended.text}`);
  }
});
