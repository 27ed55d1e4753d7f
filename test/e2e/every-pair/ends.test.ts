import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Project, plainProgram, project, type RunningCommand } from '../../support/rig.ts';
import { running, until } from '../../support/running.ts';

const marker = () => `marker-${process.pid}-${Math.trunc(performance.now())}`;
/** The shell itself: what launches it has the same words, and does not die with its parent yet. */
const inBox = (name: string) => running(name).filter((line) => /^\s*\d+ sh -c trap /.test(line));

/** A box that sleeps under a name nobody else has, from the moment at which it does. */
async function asleep(made: Project) {
  const name = marker();
  const script = `trap '' TERM INT; sleep 600 & sleep 600; : ${name}`;
  let command: RunningCommand | undefined;
  const ended = made.boxed(['exec', '--', 'sh', '-c', script], {
    onStart: (started) => {
      command = started;
    },
    limitSeconds: 120,
  });
  await until('the box runs', () => inBox(name).length > 0);
  return { name, command, ended };
}

for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`${signal} ends the box and all in it within 10 s, with ${status}`, async (context) => {
    const made = project(context, plainProgram('stopped', 'fn main() {}\n'));
    const { name, command, ended } = await asleep(made);
    const asked = performance.now();
    command?.kill(signal);
    const { status: got, text } = await ended;
    assert.equal(got, status, text);
    assert.ok(performance.now() - asked < 12_000);
    assert.deepEqual(running(name), []);
  });
}

test('after kill -9 of the command line the next command works, and nothing of the first is left', async (context) => {
  const made = project(context, plainProgram('killed', 'fn main() { println!("works"); }\n'));
  const { name, command, ended } = await asleep(made);
  command?.kill('SIGKILL');
  assert.equal((await ended).signal, 'SIGKILL');
  const next = await made.boxed(['run', '--quiet']);
  assert.equal(next.status, 0, next.text);
  assert.equal(next.stdout, 'works\n');
  await until('the first box is gone', () => running(name).length === 0, 10);
});

test('killed at any moment of a build, the next build is right', async (context) => {
  const main = 'fn main() { println!("right"); }\n';
  for (const afterMs of [50, 150, 300, 500, 900]) {
    const made = project(context, plainProgram('again', main));
    await made.boxed(['build'], {
      onStart: (command) => void setTimeout(() => command.kill('SIGKILL'), afterMs),
    });
    const next = await made.boxed(['run', '--quiet']);
    assert.equal(next.stdout, 'right\n', `after ${afterMs} ms: ${next.text}`);
  }
});

test('two builds at once of one project wait for each other with a message; both are right', async (context) => {
  const made = project(context, {
    ...plainProgram('twice', 'fn main() { println!("{}", env!("BUILT")); }\n'),
    'build.rs':
      'fn main() { std::thread::sleep(std::time::Duration::from_secs(3)); println!("cargo::rustc-env=BUILT=yes"); }\n',
  });
  const [first, second] = await Promise.all([made.boxed(['build']), delay(300).then(() => made.boxed(['build']))]);
  assert.deepEqual([first.status, second.status], [0, 0], `${first.text}\n${second.text}`);
  assert.match(`${first.stderr}${second.stderr}`, /[Ww]ait/);
  assert.ok(existsSync(made.path('target/boxed/debug/twice')));
});

test('builds of two projects do not wait for each other', async (context) => {
  const slow = 'fn main() { std::thread::sleep(std::time::Duration::from_secs(2)); }\n';
  const [left, right] = ['left', 'right'].map((name) =>
    project(context, { ...plainProgram(name, 'fn main() {}\n'), 'build.rs': slow }),
  ) as [Project, Project];
  const ended = await Promise.all([left.boxed(['build']), right.boxed(['build'])]);
  for (const { status, stderr, text } of ended) {
    assert.equal(status, 0, text);
    assert.doesNotMatch(stderr, /[Ww]aiting/);
  }
});

test('a process that a build script leaves behind ends with the box', async (context) => {
  const name = marker();
  const made = project(context, {
    ...plainProgram('leaves', 'fn main() {}\n'),
    'build.rs': `fn main() { std::process::Command::new("setsid").args(["sleep", "7261"]).env("MARK", "${name}")
        .stdin(std::process::Stdio::null()).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap(); }\n`,
  });
  const built = await made.boxed(['build']);
  assert.equal(built.status, 0, built.text);
  assert.deepEqual(running('sleep 7261'), []);
  assert.match(readFileSync(made.path('Cargo.toml'), 'utf8'), /leaves/);
});
