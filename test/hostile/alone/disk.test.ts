/** Builds that fill the disk: each is stopped at the limit, whatever way it takes and wherever it hides what it wrote. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import test, { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Ended, type Project, plainProgram, project, sharedHome } from '../../support/rig.ts';

const mebibyte = 2 ** 20;
const limit = 256;
/**
 * What is written until a box stands still comes on top, and a machine may write 7 GB/s: of a large limit it is five in a
 * hundred at most. Of these small ones it is only to be seen that a writer without end is ended.
 */
const mostOver = limit;

function filler(context: TestContext, name: string, files: Readonly<Record<string, string>> = {}): Project {
  const made = project(context, { ...plainProgram(name, 'fn main() {}\n'), ...files }, name);
  context.after(() => {
    openUp(name);
    execFileSync('rm', ['-rf', ...targetsOf(name)]);
  });
  return made;
}

function targetsOf(name: string): readonly string[] {
  const targets = join(sharedHome, 'cache/targets');
  const own = readdirSync(targets).filter((folder) => folder.startsWith(`${name}-`));
  return own.map((folder) => join(targets, folder));
}

/** What a build has taken its own rights from is to be counted, and deleted, all the same. */
function openUp(name: string): void {
  const targets = targetsOf(name);
  if (targets.length > 0) execFileSync('chmod', ['-R', 'u+rwX', ...targets]);
}

function usedBytes(name: string): number {
  openUp(name);
  const listed = execFileSync('du', ['-sk', ...targetsOf(name)], { encoding: 'utf8' });
  return listed.split('\n').reduce((sum, line) => sum + Number(line.split('\t')[0]) * 1024, 0);
}

function runs(made: Project, program: string, code: string, mebibytes = limit): Promise<Ended> {
  const limits = ['--limit', `disk=${mebibytes}MiB`, '--limit', 'time=100s'];
  return made.boxed([...limits, 'exec', '--', program, '-c', code], { limitSeconds: 150 });
}

function isStopped(ended: Ended, name: string): void {
  assert.equal(ended.status, 125, ended.text);
  assert.match(
    ended.stderr,
    /it filled its 256MiB of disk; to change it set `limits\.disk` or give `--limit disk=VALUE`/,
  );
  const used = usedBytes(name);
  assert.ok(used <= (limit + mostOver) * mebibyte, `${used / mebibyte} MiB were used`);
}

const forEver = 'while True: ';
const block = "b = b'x' * (1 << 20)";

describe('what is written is stopped at the limit', () => {
  for (const [name, program, code] of [
    ['one-file', 'sh', 'dd if=/dev/zero of=/box/target/all bs=1M'],
    ['one-write', 'sh', 'dd if=/dev/zero of=/box/target/all bs=1G'],
    ['two-writers', 'sh', 'for i in 1 2; do dd if=/dev/zero of=/box/target/$i bs=4M & done; wait'],
    [
      'loaded-machine',
      'sh',
      'for i in 1 2 3 4; do (while :; do :; done) & done; for i in 1 2; do dd if=/dev/zero of=/box/target/$i bs=4M & done; wait',
    ],
    [
      'no-session',
      'sh',
      "for i in 1 2 3; do (setsid sh -c 'exec dd if=/dev/zero of=/box/target/$$ bs=1M' &) ; done; sleep 90",
    ],
    [
      'mapped',
      'python3',
      `import mmap, os
f = os.open('/box/target/map', os.O_RDWR | os.O_CREAT)
size = 200 << 20
for i in range(10):
    f = os.open(f'/box/target/map{i}', os.O_RDWR | os.O_CREAT)
    os.ftruncate(f, size)
    m = mmap.mmap(f, size)
    for at in range(0, size, 4096): m[at] = 1`,
    ],
    [
      'given-space',
      'python3',
      `import os
n = 0
while True:
    n += 1
    os.posix_fallocate(os.open(f'/box/target/{n}', os.O_RDWR | os.O_CREAT), 0, 100 << 20)`,
    ],
    [
      'no-rights',
      'python3',
      `import os
os.mkdir('/box/target/closed'); ${block}
f = open('/box/target/closed/all', 'wb'); os.chmod('/box/target/closed', 0)
${forEver}f.write(b)`,
    ],
    [
      'too-deep',
      'python3',
      `import os
${block}
os.chdir('/box/target')
for i in range(700): os.mkdir('d'); os.chdir('d')
f = open('all', 'wb')
${forEver}f.write(b)`,
    ],
  ] as const) {
    it(name, async (context) => {
      const made = filler(context, name);
      isStopped(await runs(made, program, code), name);
    });
  }
});

test('a large limit is held to five in a hundred', async (context) => {
  const made = filler(context, 'large-limit');
  const writers = 'for i in 1 2 3; do dd if=/dev/zero of=/box/target/$i bs=1M & done; wait';
  const ended = await runs(made, 'sh', writers, 3072);
  assert.equal(ended.status, 125, ended.text);
  const used = usedBytes('large-limit') / mebibyte;
  assert.ok(used >= 3072 * 0.9 && used <= 3072 * 1.05, `${used} MiB were used`);
});

test('thousands of tiny files, and empty ones, are stopped at the limit', async (context) => {
  for (const text of ['x', '']) {
    const made = filler(context, 'tiny-files');
    const code = `import os
n = 0
while True:
    if n % 500 == 0: os.mkdir(f'/box/target/{n // 500}')
    with open(f'/box/target/{n // 500}/{n}', 'w') as f: f.write('${text}')
    n += 1`;
    const ended = await runs(made, 'python3', code, 24);
    assert.equal(ended.status, 125, ended.text);
    assert.match(ended.stderr, /filled its 24MiB of disk/);
    execFileSync('rm', ['-rf', ...targetsOf('tiny-files')]);
  }
});

describe('what has no name any more is stopped at the limit', () => {
  for (const [name, code] of [
    [
      'held-open',
      `import os, time
${block}
f = open('/box/target/all', 'wb'); os.unlink('/box/target/all')
${forEver}f.write(b)`,
    ],
    [
      'held-by-thread',
      `import os, threading, time
${block}
def fill():
    f = os.open('/box/target', os.O_RDWR | os.O_TMPFILE)
    ${forEver}os.write(f, b)
t = threading.Thread(target=fill); t.start(); t.join()`,
    ],
    [
      'held-by-mapping',
      `import mmap, os
${block}
kept = []
${forEver}
    f = os.open('/box/target/all', os.O_RDWR | os.O_CREAT)
    for i in range(20): os.write(f, b)
    kept.append(mmap.mmap(f, 4096)); os.close(f); os.unlink('/box/target/all')`,
    ],
    [
      'held-by-socket',
      `import os, socket
${block}
kept = []
${forEver}
    pair = socket.socketpair(); kept.append(pair)
    f = os.open('/box/target/all', os.O_RDWR | os.O_CREAT)
    for i in range(20): os.write(f, b)
    socket.send_fds(pair[0], [b'x'], [f]); os.close(f); os.unlink('/box/target/all')`,
    ],
  ] as const) {
    it(name, async (context) => {
      const made = filler(context, name);
      isStopped(await runs(made, 'python3', code), name);
    });
  }
});

test('temporary files and output count', async (context) => {
  const made = filler(context, 'elsewhere');
  isStopped(
    await runs(
      made,
      'sh',
      'dd if=/dev/zero of=/tmp/all bs=1M; sleep 1; dd if=/dev/zero of=/dev/shm/all bs=1M; sleep 60',
    ),
    'elsewhere',
  );
  isStopped(
    await runs(
      made,
      'sh',
      'dd if=/dev/zero of=/box/target/a bs=1M count=150; dd if=/dev/zero of=/tmp/b bs=1M; sleep 60',
    ),
    'elsewhere',
  );
  rmSync(join(targetsOf('elsewhere')[0] as string), { recursive: true });
  // A pipe is its reader's; into a file it is us who write.
  const flood = await made.boxed(['--limit', `disk=${limit}MiB`, 'exec', '--', 'sh', '-c', 'tr "\\0" x </dev/zero'], {
    prefix: ['sh', '-c', 'exec "$@" >log', 'sh'],
  });
  assert.equal(flood.status, 125, flood.text);
  assert.ok(statSync(made.path('log')).size <= (limit + mostOver) * mebibyte);
});

test('a build script that fills the disk is named, and the target is left to be emptied', async (context) => {
  const made = filler(context, 'script', {
    'build.rs': `use std::io::Write;
fn main() {
    let mut all = std::fs::File::create(std::env::var("OUT_DIR").unwrap() + "/all").unwrap();
    loop { if all.write_all(&[1u8; 1 << 20]).is_err() { std::process::exit(0) } }
}\n`,
  });
  const build = ['--limit', `disk=${limit}MiB`, 'build'];
  isStopped(await made.boxed(build), 'script');
  const again = await made.boxed(build);
  assert.equal(again.status, 125, again.text);
  assert.match(
    again.stderr,
    /was not started: earlier builds have left as much as its 256MiB of disk.*cargo-boxed reset/,
  );
  assert.equal((await made.boxed(['reset'])).status, 0);
  made.write('build.rs', 'fn main() {}\n');
  assert.equal((await made.boxed(build)).status, 0);
});

test('what is deleted again, and what others write, ends no box', async (context) => {
  const made = filler(context, 'innocent');
  const churn =
    'for i in 1 2 3 4 5; do dd if=/dev/zero of=/box/target/all bs=1M count=120 2>&-; rm /box/target/all; done';
  assert.equal((await runs(made, 'sh', churn)).status, 0);
  const beside = join(sharedHome, 'cache/somebody');
  const ended = runs(made, 'sh', `echo ready >&2; for i in 1 2 3 4 5 6 7 8; do sleep 1; echo $i >/box/target/$i; done`);
  await delay(2000);
  execFileSync('dd', ['if=/dev/zero', `of=${beside}`, 'bs=1M', 'count=400'], { stdio: 'ignore' });
  rmSync(beside);
  assert.equal((await ended).status, 0, (await ended).text);
});

test('a file of holes is no use of disk, and a single one is not larger than the limit', async (context) => {
  const made = filler(context, 'holes');
  const holes =
    'for i in 1 2 3 4 5; do truncate -s 200M /box/target/$i || exit 1; done; truncate -s 400M /box/target/x && exit 2; true';
  assert.equal((await runs(made, 'sh', holes)).status, 0);
});
