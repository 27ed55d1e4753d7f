/** Builds that eat the machine, never end, or leave something running. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { describe, it } from 'node:test';
import {
  type Ended,
  engine,
  identity,
  plainProgram,
  project,
  type RunningCommand,
  sharedHome,
} from '../../support/rig.ts';
import { running, until } from '../../support/running.ts';

const notEnforceable = 77;
/** An ordinary user may make no control groups for bubblewrap: then a limit that was asked for is refused. */
const mayHoldGroups = engine === 'docker' || identity === 'root';

function stoppedBy(ended: Ended, status: number, words: RegExp): void {
  if (!mayHoldGroups && ended.status === notEnforceable) {
    assert.match(ended.stderr, /cannot hold/);
    return;
  }
  assert.equal(ended.status, status, ended.text);
  assert.match(ended.stderr, words);
}

describe('a build script that', () => {
  for (const [what, body, limits, status, words] of [
    [
      'forks without end',
      `if std::env::args().count() > 1 { std::thread::sleep(std::time::Duration::from_secs(100)); }
       loop { std::process::Command::new(std::env::current_exe().unwrap()).arg("child").stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap(); }`,
      ['processes=64', 'time=20s'],
      125,
      /64 processes/,
    ],
    [
      'takes all memory',
      'let mut all: Vec<Vec<u8>> = Vec::new(); loop { all.push(vec![1u8; 16 << 20]); std::hint::black_box(&all); }',
      ['memory=400MiB', 'time=30s'],
      125,
      /400MiB of memory/,
    ],
    ['spins for ever', 'loop { std::hint::spin_loop(); }', ['time=3s'], 124, /ran for 3s/],
    [
      'sleeps for ever',
      'std::thread::sleep(std::time::Duration::from_secs(100_000));',
      ['silence=3s'],
      124,
      /nothing for 3s/,
    ],
  ] as const) {
    it(`${what} is stopped and named`, async (context) => {
      const made = project(context, {
        ...plainProgram('eats', 'fn main() {}\n'),
        'build.rs': `#[allow(unreachable_code, clippy::all)]\nfn main() { ${body} }\n`,
      });
      const ended = await made.boxed([...limits.flatMap((limit) => ['--limit', limit]), 'build'], { limitSeconds: 90 });
      // The kernel's limit for a user holds without a counter that tells that it was met: only cargo's failure does.
      const isTold = mayHoldGroups;
      if (!isTold && what === 'forks without end' && ended.status === 101) return;
      stoppedBy(ended, status, words);
    });
  }
});

test('open files are limited for every process', async (context) => {
  const made = project(context, plainProgram('files', 'fn main() {}\n'));
  const ended = await made.boxed(['--limit', 'files=100', 'exec', '--', 'sh', '-c', 'ulimit -Hn; ulimit -n 200']);
  assert.match(ended.stdout, /^100\n/);
  assert.notEqual(ended.status, 0);
});

test('a memory that is filled by files counts, and temporary files are bounded', async (context) => {
  const made = project(context, plainProgram('shared', 'fn main() {}\n'));
  const fill = 'head -c 1500M /dev/zero >/dev/shm/all';
  const ended = await made.boxed(['exec', '--', 'sh', '-c', fill]);
  assert.notEqual(ended.status, 0, ended.text);
});

test('a box that ignores every signal and forks as it is killed is gone within 10 s', async (context) => {
  const made = project(context, plainProgram('stubborn', 'fn main() {}\n'));
  const marker = `marker-${process.pid}-stubborn`;
  const script = `trap '' TERM INT HUP QUIT; again() { setsid sh -c "trap '' TERM INT HUP; sleep 300; : ${marker}" & }
    for i in 1 2 3 4 5; do again; done; while :; do (setsid sh -c "sleep 300; : ${marker}" &); sleep 0.2; done`;
  let command: RunningCommand | undefined;
  const ended = made.boxed(['exec', '--', 'sh', '-c', script], {
    limitSeconds: 60,
    onStart: (started) => {
      command = started;
    },
  });
  await until('it runs', () => running(marker).length > 5, 30);
  command?.kill('SIGTERM');
  assert.equal((await ended).status, 143);
  await until('all are gone', () => running(marker).length === 0, 10);
});

test('kill -9 of the command line leaves no process, and the next command leaves no folder and no group', async (context) => {
  const made = project(context, plainProgram('killed', 'fn main() {}\n'));
  const marker = `marker-${process.pid}-killed`;
  let command: RunningCommand | undefined;
  const ended = made.boxed(['exec', '--', 'sh', '-c', `trap '' TERM; setsid sleep 300 & sleep 300; : ${marker}`], {
    limitSeconds: 60,
    onStart: (started) => {
      command = started;
    },
  });
  // The shell itself: what launches it has the same words, and does not die with its parent yet.
  await until('it runs', () => running(marker).some((line) => /^\s*\d+ sh -c /.test(line)), 30);
  command?.kill('SIGKILL');
  await ended;
  if (engine === 'bwrap') await until('the box died with it', () => running(marker).length === 0, 5);
  assert.equal((await made.boxed(['exec', '--', 'true'])).status, 0);
  await until('the next command ended it', () => running(marker).length === 0, 10);
  await until('nothing is left', () => leftFolders(String(command?.processId)).length === 0, 5);
});

/** What has the number of a killed command line in its name, and groups that nobody is in. */
function leftFolders(processId: string): readonly string[] {
  const groups = ['memory', 'pids', 'cpu', ''].map((name) => join('/sys/fs/cgroup', name, 'cargo-boxed'));
  const folders = [
    join(sharedHome, 'state/boxes'),
    join(sharedHome, 'cache/copies'),
    join(sharedHome, 'cache/fetch-runs'),
  ];
  // Their names say nothing: a box of somebody else may just begin or end.
  const left = groups
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => join(folder, entry.name))
        .filter(isEmptyGroup),
    );
  return left.concat(
    folders
      .filter((folder) => existsSync(folder))
      .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
      .filter((path) => path.split('/').at(-1)?.includes(`${processId}-`)),
  );
}

function isEmptyGroup(folder: string): boolean {
  try {
    return readFileSync(join(folder, 'cgroup.procs'), 'utf8') === '';
  } catch {
    return false;
  }
}

test('a lock that a build script holds does not outlive its box', async (context) => {
  const made = project(context, {
    ...plainProgram('locks', 'fn main() {}\n'),
    'build.rs': `fn main() {
    let lock = std::path::PathBuf::from(std::env::var("CARGO_TARGET_DIR").unwrap()).join("debug/.cargo-lock");
    let _ = std::process::Command::new("setsid").args(["flock", lock.to_str().unwrap(), "sleep", "300"])
        .stdin(std::process::Stdio::null()).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn();
}\n`,
  });
  assert.equal((await made.boxed(['build'])).status, 0);
  const again = await made.boxed(['build', '--quiet'], { limitSeconds: 30 });
  assert.equal(again.status, 0, again.text);
});
