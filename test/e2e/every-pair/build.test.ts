import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import test from 'node:test';
import { fixture, plainProgram, project, run } from '../../support/rig.ts';

const hello = plainProgram('hello', 'fn main() { println!("hello from {}", std::env::args().count()); }\n');

test('build gives the binary that cargo gives, at a path that is easy to say', async (context) => {
  const made = project(context, hello);
  const ended = await made.boxed(['build']);
  assert.equal(ended.status, 0, ended.text);
  assert.match(ended.stderr, /Compiling hello v0\.1\.0/);
  const binary = made.path('target/boxed/debug/hello');
  const started = await run([binary, 'one'], { variables: {} });
  assert.equal(started.stdout, 'hello from 2\n');
  assert.equal(statSync(binary).uid, process.getuid?.());
  assert.equal(statSync(binary).mode & 0o7022, 0);
});

test('a build with nothing to do leaves the exported binary as it is', async (context) => {
  const made = project(context, hello);
  assert.equal((await made.boxed(['build'])).status, 0);
  const before = statSync(made.path('target/boxed/debug/hello'));
  const again = await made.boxed(['build']);
  assert.equal(again.status, 0, again.text);
  assert.doesNotMatch(again.stderr, /Compiling/);
  const after = statSync(made.path('target/boxed/debug/hello'));
  assert.deepEqual([after.ino, after.mtimeMs], [before.ino, before.mtimeMs]);
});

test('an edit is built and exported', async (context) => {
  const made = project(context, hello);
  assert.equal((await made.boxed(['build'])).status, 0);
  made.write('src/main.rs', 'fn main() { println!("edited"); }\n');
  assert.equal((await made.boxed(['build'])).status, 0);
  const started = await run([made.path('target/boxed/debug/hello')], { variables: {} });
  assert.equal(started.stdout, 'edited\n');
});

test('--release, --no-export and a command from a folder below', async (context) => {
  const made = project(context, hello);
  const released = await made.boxed(['build', '--release'], { currentFolder: made.path('src') });
  assert.equal(released.status, 0, released.text);
  assert.ok(statSync(made.path('target/boxed/release/hello')).isFile());
  const kept = await made.boxed(['--no-export', 'build']);
  assert.equal(kept.status, 0, kept.text);
  assert.throws(() => statSync(made.path('target/boxed/debug')));
});

test('-C runs as if started there', async (context) => {
  const made = project(context, hello);
  const ended = await made.boxed(['-C', made.folder, 'build'], { currentFolder: '/' });
  assert.equal(ended.status, 0, ended.text);
  assert.ok(statSync(made.path('target/boxed/debug/hello')).isFile());
});

test('build scripts start cc, cmake, pkg-config, git, cargo metadata, python and perl', async (context) => {
  const made = fixture(context, 'spawns-tools');
  const ended = await made.boxed(['run', '--quiet']);
  assert.equal(ended.status, 0, ended.text);
  assert.equal(
    ended.stdout,
    'cc 42\ncmake 42\npkg-config 4.2\ngit refs/heads/master\ncargo metadata true\npython3 42\nperl 42\n',
  );
});

test('a procedural macro reads a file of its crate, tests run, and the alias xtask works', async (context) => {
  const made = fixture(context, 'workspace-with-xtask');
  const tested = await made.boxed(['test', '--workspace']);
  assert.equal(tested.status, 0, tested.text);
  assert.match(tested.stdout, /test result: ok\. 1 passed; 0 failed; 1 ignored/);
  const ran = await made.boxed(['run', '--quiet', '--package', 'app']);
  assert.equal(ran.stdout, 'forty-two\n', ran.text);
  const task = await made.boxed(['xtask', 'release', '--dry-run']);
  assert.equal(task.status, 0, task.text);
  assert.match(task.stdout, /xtask release --dry-run/);
});

test('nothing is written into the project but the export', async (context) => {
  const made = project(context, hello);
  assert.equal((await made.boxed(['build'])).status, 0);
  const listed = await run(['find', '.', '-type', 'f', '-printf', '%P\\n'], { currentFolder: made.folder });
  assert.deepEqual(
    listed.stdout
      .trim()
      .split('\n')
      .filter((file) => !file.startsWith('target/boxed/'))
      .sort(),
    ['Cargo.lock', 'Cargo.toml', 'src/main.rs'],
  );
  assert.equal(readFileSync(made.path('Cargo.lock'), 'utf8'), hello['Cargo.lock']);
});
