import assert from 'node:assert/strict';
import test from 'node:test';
import { plainProgram, project } from '../support/rig.ts';

test("cargo's own exit code comes through: 101 for code that does not compile", async (context) => {
  const made = project(context, plainProgram('broken', 'fn main() { this does not compile }\n'));
  const ended = await made.boxed(['build']);
  assert.equal(ended.status, 101, ended.text);
  assert.match(ended.stderr, /error: could not compile `broken`/);
});

test('a failing test is 101', async (context) => {
  const made = project(context, {
    ...plainProgram('failing', 'fn main() {}\n#[test]\nfn fails() { assert_eq!(1, 2); }\n'),
  });
  const ended = await made.boxed(['test']);
  assert.equal(ended.status, 101, ended.text);
  assert.match(ended.stdout, /0 passed; 1 failed/);
});

test('the exit code of the program that run and exec start comes through', async (context) => {
  const made = project(context, plainProgram('ends', 'fn main() { std::process::exit(42) }\n'));
  const ran = await made.boxed(['run', '--quiet']);
  assert.equal(ran.status, 42, ran.text);
  const executed = await made.boxed(['exec', '--', 'sh', '-c', 'exit 7']);
  assert.equal(executed.status, 7, executed.text);
});

test('an unknown command ends as in cargo, with the name of the nearest one', async (context) => {
  const made = project(context, plainProgram('any', 'fn main() {}\n'));
  const ended = await made.boxed(['buidl']);
  assert.equal(ended.status, 101, ended.text);
  assert.match(ended.stderr, /`cargo-boxed build`/);
});

test('a time limit is 124, said with the figure and the key', async (context) => {
  const made = project(context, {
    ...plainProgram('sleeps', 'fn main() { std::thread::sleep(std::time::Duration::from_secs(600)) }\n'),
    'cargo-boxed.yaml': 'limits:\n  time: 20s\n',
  });
  const ended = await made.boxed(['run', '--quiet'], { limitSeconds: 120 });
  assert.equal(ended.status, 124, ended.text);
  assert.match(ended.stderr, /20\s?s/);
});

test('silence is 124', async (context) => {
  const made = project(context, {
    ...plainProgram('silent', 'fn main() { std::thread::sleep(std::time::Duration::from_secs(600)) }\n'),
    'cargo-boxed.yaml': 'limits:\n  silence: 10s\n',
  });
  const ended = await made.boxed(['run', '--quiet'], { limitSeconds: 120 });
  assert.equal(ended.status, 124, ended.text);
});

test('bad usage is 64, a broken configuration 78, an outdated pinned lock 65', async (context) => {
  const made = project(context, plainProgram('any', 'fn main() {}\n'));
  assert.equal((await made.boxed(['--no-such-option', 'build'])).status, 64);
  assert.equal((await made.boxed(['--engine', 'podmen', 'build'])).status, 64);
  const pinned = await made.boxed(['--pinned', 'build']);
  assert.equal(pinned.status, 65, pinned.text);
  made.write('cargo-boxed.yaml', 'engin: bwrap\n');
  const broken = await made.boxed(['build']);
  assert.equal(broken.status, 78, broken.text);
  assert.match(broken.stderr, /cargo-boxed\.yaml:1:1/);
  assert.match(broken.stderr, /engine/);
});

test('credentialed commands are refused with what to do instead', async (context) => {
  const made = project(context, plainProgram('any', 'fn main() {}\n'));
  for (const command of ['publish', 'login', 'logout', 'owner', 'yank', 'search']) {
    const ended = await made.boxed([command]);
    assert.equal(ended.status, 77, `${command}: ${ended.text}`);
    assert.match(ended.stderr, new RegExp(command));
  }
});
