import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createDockerEngine, type DockerEngine } from '../../../src/engine/docker/create-docker-engine.ts';
import type { BoxStreams, Outcome, ResolvedBox } from '../../../src/engine/engine.ts';
import { noLimits } from '../../../src/plan/box-plan.ts';
import { type DockerDaemon, startDockerDaemon } from '../../support/docker-daemon.ts';
import { temporaryFolder } from '../../support/rig.ts';
import { smallRoot } from '../../support/small-root.ts';

let daemon: DockerDaemon;
let engine: DockerEngine;
let rootId: string;
const folder = mkdtempSync(join(tmpdir(), 'boxed-contract-docker-'));
const project = join(folder, "a project, with: odd 'name");
const target = join(folder, 'target');
const caller = 1234;

before(async () => {
  mkdirSync(project);
  mkdirSync(target);
  chownSync(target, caller, caller);
  writeFileSync(join(project, 'file'), 'text');
  daemon = await startDockerDaemon();
  engine = await createDockerEngine({ variables: daemon.variables, state: join(daemon.folder, 'state') });
  const imported = await engine.importRoot({ path: smallRoot(), sha256: 'ab'.repeat(32) }, null);
  assert.ok(imported.ok, JSON.stringify(imported));
  rootId = imported.value;
});

after(async () => {
  // The last one is still being removed, as long as this process lives.
  for (let waited = 0; containers() !== '' && waited < 50; waited += 1) await delay(100);
  assert.equal(containers(), '');
  await daemon.stop();
  rmSync(folder, { recursive: true, force: true });
});

const docker = (...words: string[]) => daemon.docker(...words);

function containers(): string {
  return docker('ps', '--all', '--quiet');
}

function limit(value: number) {
  return { value, strength: 'required' as const };
}

function box(argv: readonly string[], more: Partial<ResolvedBox> = {}): ResolvedBox {
  return {
    id: randomBytes(6).toString('hex'),
    root: { kind: 'image', id: rootId },
    argv,
    workingDirectory: '/box/project',
    variables: { PATH: '/usr/bin:/bin', HOME: '/box/home', LC_ALL: 'C' },
    mounts: [
      { kind: 'bind', source: project, target: '/box/project', access: 'read-only' },
      { kind: 'bind', source: target, target: '/box/target', access: 'read-write' },
      { kind: 'tmpfs', target: '/box/home', sizeBytes: 1 << 20 },
      { kind: 'tmpfs', target: '/tmp', sizeBytes: 64 << 20 },
    ],
    network: 'none',
    devices: [],
    limits: noLimits,
    streams: 'direct',
    uid: caller,
    gid: caller,
    ...more,
  };
}

interface Ran {
  readonly outcome: Outcome;
  readonly stdout: Buffer;
  readonly stderr: string;
}

function gathering(): { stream: Writable; bytes: () => Buffer } {
  const pieces: Buffer[] = [];
  const stream = new Writable({
    write(piece, _encoding, done) {
      pieces.push(piece);
      done();
    },
  });
  return { stream, bytes: () => Buffer.concat(pieces) };
}

async function run(asked: ResolvedBox, stdin: BoxStreams['stdin'] = 'none', signal?: AbortSignal): Promise<Ran> {
  const [stdout, stderr] = [gathering(), gathering()];
  const streams = { stdin, stdout: stdout.stream, stderr: stderr.stream };
  const ran = await engine.run(asked, streams, signal ?? new AbortController().signal);
  assert.ok(ran.ok, JSON.stringify(ran));
  return { outcome: ran.value, stdout: stdout.bytes(), stderr: stderr.bytes().toString() };
}

function sh(script: string, more: Partial<ResolvedBox> = {}, stdin: BoxStreams['stdin'] = 'none'): Promise<Ran> {
  return run(box(['/bin/sh', '-c', script], more), stdin);
}

test('the status of the box comes back, and its two streams apart', async () => {
  const ran = await sh('echo out; echo err >&2; exit 42');
  assert.deepEqual(ran.outcome, { kind: 'finished', status: 42 });
  assert.equal(ran.stdout.toString(), 'out\n');
  assert.equal(ran.stderr, 'err\n');
});

test('stdin and stdout are exact to the byte, and the end of stdin gets in', async () => {
  const bytes = randomBytes(3 << 20);
  const ran = await run(box(['/bin/cat']), Readable.from([bytes.subarray(0, 7), bytes.subarray(7)]));
  assert.deepEqual(ran.outcome, { kind: 'finished', status: 0 });
  assert.ok(ran.stdout.equals(bytes));
});

test('no stdin is an end at once', async () => {
  assert.equal((await sh('wc -c')).stdout.toString().trim(), '0');
});

test('a box that leaves its stdin unread ends all the same', async () => {
  const endless = new Readable({
    read() {
      this.push(Buffer.alloc(65536));
    },
  });
  const ran = await run(box(['/bin/true']), endless);
  endless.destroy();
  assert.deepEqual(ran.outcome, { kind: 'finished', status: 0 });
});

test('100 MB of output to a slow reader do not pile up in memory', async () => {
  let length = 0;
  let highest = 0;
  const reader = new Writable({
    highWaterMark: 16384,
    write(piece: Buffer, _encoding, done) {
      length += piece.length;
      highest = Math.max(highest, process.memoryUsage().rss);
      if (length % (1 << 20) < piece.length) setTimeout(done, 1);
      else done();
    },
  });
  const before = process.memoryUsage().rss;
  const streams = { stdin: 'none', stdout: reader, stderr: reader } as const;
  const asked = box(['/usr/bin/head', '-c', String(100e6), '/dev/zero']);
  const ran = await engine.run(asked, streams, new AbortController().signal);
  assert.deepEqual(ran, { ok: true, value: { kind: 'finished', status: 0 } });
  assert.equal(length, 100e6);
  assert.ok(highest - before < 60 << 20, `grew by ${(highest - before) >> 20} MiB`);
});

test('the project is read-only, also what is mounted below it', async () => {
  const below = join(project, 'below');
  mkdirSync(below);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'mode=777', 'tmpfs', below]);
  try {
    writeFileSync(join(below, 'seen'), '');
    const ran = await sh('cat file; ls below; touch new 2>/dev/null; touch below/new 2>/dev/null; true');
    assert.equal(ran.stdout.toString(), 'textseen\n');
    assert.ok(!existsSync(join(project, 'new')));
    assert.ok(!existsSync(join(below, 'new')), 'what is mounted below the project was writable');
  } finally {
    execFileSync('umount', [below]);
  }
});

test('the root is read-only, /tmp runs programs', async () => {
  const ran = await sh('touch /usr/x 2>&1; cp /bin/true /tmp/t && /tmp/t && echo runs');
  assert.match(ran.stdout.toString(), /Read-only file system\nruns\n/);
});

test('files in the target belong to the caller', async () => {
  await sh('echo made > /box/target/made');
  const made = statSync(join(target, 'made'));
  assert.deepEqual([made.uid, made.gid], [caller, caller]);
});

test('no network: one loopback, no name server, nothing of the host', async () => {
  const ran = await sh('cat /proc/net/dev | tail -n +3 | cut -d: -f1; cat /etc/resolv.conf /proc/net/route');
  assert.match(ran.stdout.toString().trim(), /^lo\nnameserver 0\.0\.0\.0\nIface[^\n]*$/);
});

test('the environment is the plan’s and nothing else', async () => {
  const ran = await run(box(['/usr/bin/env']));
  assert.deepEqual(ran.stdout.toString().trim().split('\n').sort(), [
    'HOME=/box/home',
    'LC_ALL=C',
    'PATH=/usr/bin:/bin',
  ]);
});

test('no capability, no new privilege, no vsock, no io_uring, no user namespace', async () => {
  const script = [
    'grep -E "CapEff|CapBnd|NoNewPrivs|Seccomp:" /proc/self/status | tr -d "\\t"',
    'perl -e \'for my $f (40, 38, 1, 2) { print socket(my $s, $f, 1, 0) ? "yes" : "no", "\\n" }\'',
    'perl -e \'print syscall(425, 1, 0) == -1 ? "no $!" : "yes", "\\n"\'',
    'unshare -r true 2>/dev/null && echo yes || echo no',
  ].join('\n');
  const ran = await sh(script);
  assert.equal(
    ran.stdout.toString(),
    'CapEff:0000000000000000\nCapBnd:0000000000000000\nNoNewPrivs:1\nSeccomp:2\nno\nno\nyes\nyes\nno Operation not permitted\nno\n',
  );
});

test('a memory limit is named, wherever in the box it was hit', async () => {
  const limits = { ...noLimits, memoryBytes: limit(32 << 20) };
  const ran = await sh('perl -e \'my $x = "x" x (200 << 20)\' || exit 101', { limits });
  assert.deepEqual(ran.outcome, { kind: 'limit', limit: 'memoryBytes', value: 32 << 20 });
});

test('a process limit holds', async () => {
  const limits = { ...noLimits, processes: limit(20) };
  const ran = await sh('for i in $(seq 50); do sleep 5 & done; true', { limits });
  assert.match(ran.stderr, /fork/);
});

test('wall clock and silence', async () => {
  const wall = await sh('while :; do echo x; sleep 0.2; done', { limits: { ...noLimits, wallClockMs: limit(1500) } });
  assert.deepEqual(wall.outcome, { kind: 'limit', limit: 'wallClockMs', value: 1500 });
  const silence = await sh('echo x; sleep 60', { limits: { ...noLimits, silenceMs: limit(1500) } });
  assert.deepEqual(silence.outcome, { kind: 'limit', limit: 'silenceMs', value: 1500 });
});

test('an interruption ends a box that ignores signals within ten seconds', async () => {
  const controller = new AbortController();
  const started = Date.now();
  setTimeout(() => controller.abort('SIGTERM'), 1500);
  const script = 'trap "" TERM INT HUP; (setsid sleep 1000 &) ; while :; do sleep 1; done';
  const ran = await run(box(['/bin/sh', '-c', script]), 'none', controller.signal);
  assert.deepEqual(ran.outcome, { kind: 'interrupted', signal: 'SIGTERM' });
  assert.ok(Date.now() - started < 10_000);
  assert.equal(containers(), '');
});

test('a reader that goes away ends the box, as a pipe does', async () => {
  const asked = box(['/usr/bin/yes']);
  const reader = new Writable({
    write(_piece, _encoding, done) {
      done(Object.assign(new Error('gone'), { code: 'EPIPE' }));
    },
  });
  const ran = await engine.run(asked, { stdin: 'none', stdout: reader, stderr: reader }, new AbortController().signal);
  assert.deepEqual(ran, { ok: true, value: { kind: 'killed', signal: 'SIGPIPE' } });
});

test('a missing program is the box’s own failure, a missing source the engine’s', async () => {
  assert.deepEqual((await run(box(['/no/such/program']))).outcome, { kind: 'finished', status: 127 });
  const absent = { kind: 'bind', source: join(folder, 'absent'), target: '/x', access: 'read-only' } as const;
  const streams = { stdin: 'none', stdout: new Writable(), stderr: new Writable() } as const;
  const ran = await engine.run(box(['/bin/true'], { mounts: [absent] }), streams, new AbortController().signal);
  assert.ok(!ran.ok);
  assert.ok(!existsSync(join(folder, 'absent')), 'the engine made the missing source');
});

/** A command of its own that runs a long box. */
function runABox(id: string) {
  const script = join(import.meta.dirname, '../../support/run-a-box.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, daemon.socket, rootId, id], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (piece) => {
    output += piece;
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const said = async (word: string) => {
    for (const end = Date.now() + 20_000; !output.includes(word); await delay(20)) {
      assert.ok(Date.now() < end, `it said ${output}`);
    }
  };
  return { said, exited, kill: () => child.kill('SIGKILL') };
}

test('a killed command’s box is reaped by the next one, a living one’s is not', async () => {
  const child = runABox('left-behind');
  await child.said('up');
  assert.deepEqual(await engine.reap(), []);
  child.kill();
  await child.exited;
  assert.notEqual(containers(), '', 'the container outlives its client');
  assert.deepEqual(await engine.reap(), ['left-behind']);
  assert.equal(containers(), '');
});

test('a box whose disk is limited begins only when its first process is known', async (context) => {
  const socket = join(folder, 'slow.sock');
  const began = join(target, 'began');
  let hadBegun: boolean | null = null;
  const relay = createServer((client) => {
    const server = connect(daemon.socket);
    for (const end of [client, server]) end.on('error', () => undefined);
    server.pipe(client);
    client.on('data', async (bytes) => {
      if (/^GET \S*\/containers\/\w+\/json/.test(bytes.toString('latin1'))) {
        await delay(1000);
        hadBegun = existsSync(began);
      }
      server.write(bytes);
    });
    client.on('end', () => server.end());
  }).listen(socket);
  await once(relay, 'listening');
  context.after(() => relay.close());
  const slow = await createDockerEngine({
    variables: { ...daemon.variables, DOCKER_HOST: `unix://${socket}` },
    state: join(daemon.folder, 'state'),
  });
  const asked = box(['/bin/sh', '-c', 'echo "$1" >/box/target/began', 'sh', 'two words'], {
    limits: { ...noLimits, diskBytes: limit(64 << 20) },
  });
  const ran = await slow.run(
    asked,
    { stdin: 'none', stdout: 'inherit', stderr: 'inherit' },
    new AbortController().signal,
  );
  assert.deepEqual(ran, { ok: true, value: { kind: 'finished', status: 0 } });
  assert.equal(hadBegun, false);
  assert.equal(readFileSync(began, 'utf8'), 'two words\n');
  rmSync(began);
});

test('the same root is imported once', async () => {
  const started = Date.now();
  assert.deepEqual(await engine.importRoot({ path: '/nowhere', sha256: 'ab'.repeat(32) }, null), {
    ok: true,
    value: rootId,
  });
  assert.ok(Date.now() - started < 2000);
});

test('an engine is asked what it is only once, and again when it was started anew', async (context) => {
  const other = await startDockerDaemon();
  const state = temporaryFolder(context, 'docker-facts');
  const note = join(state, 'docker-facts.json');
  context.after(() => other.stop());
  const version = async () => {
    const checked = await (await createDockerEngine({ variables: other.variables, state })).check();
    assert.ok(checked.ok, JSON.stringify(checked));
    return checked.value.version;
  };
  const real = await version();
  assert.equal(existsSync(note), false, 'a socket this young may be made once more within a tick of the clock');
  await delay(2500);
  await version();
  writeFileSync(note, readFileSync(note, 'utf8').replaceAll(real, '77.7'));
  assert.equal(await version(), '77.7', 'what is remembered counts');
  await other.kill();
  const gone = await (await createDockerEngine({ variables: other.variables, state })).check();
  assert.ok(!gone.ok && gone.problems[0]?.code === 'engine-missing', JSON.stringify(gone));
  await other.restart();
  assert.equal(await version(), real);
});

test('the command for a shell does the same', async () => {
  const quoted = join(folder, 'with "quotes", and commas');
  mkdirSync(quoted);
  writeFileSync(join(quoted, 'inner'), 'seen');
  const script = 'cat /box/q/inner /box/project/file; id -u; grep Seccomp: /proc/self/status; exit 7';
  const asked = box(['/bin/sh', '-c', script]);
  const mounts = [...asked.mounts, { kind: 'bind', source: quoted, target: '/box/q', access: 'read-only' } as const];
  const command = engine.shellCommand({ ...asked, mounts });
  const ran = spawnSync('bash', ['-c', command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  assert.equal(ran.status, 7, ran.stderr);
  assert.equal(ran.stdout, `seentext${caller}\nSeccomp:\t2\n`);
});

test('a terminal of the box’s own, by util-linux’ script', async () => {
  const script = join(import.meta.dirname, '../../support/run-a-box.ts');
  const command = [process.execPath, '--import', 'tsx', script, daemon.socket, rootId, 'terminal'].join(' ');
  const ran = spawnSync(
    'script',
    ['-qec', `stty cols 97 rows 31; ${command}; stty -a | grep -o " icanon"`, '/dev/null'],
    {
      input: 'typed\n',
      encoding: 'utf8',
      timeout: 30_000,
    },
  );
  assert.match(ran.stdout, /tty yes\r+\n/);
  assert.match(ran.stdout, /31 97\r+\n/);
  assert.match(ran.stdout, /read typed\r+\n/);
  assert.match(ran.stdout, / icanon/, 'our own terminal was put back');
});

test('an engine that dies in the middle is a lost box, and the next command with the engine tidies up', async () => {
  const child = runABox('dying-engine');
  await child.said('up');
  await daemon.kill();
  await child.said('"kind":"lost"');
  await child.exited;
  await daemon.restart();
  assert.deepEqual(await engine.reap(), ['dying-engine']);
});
