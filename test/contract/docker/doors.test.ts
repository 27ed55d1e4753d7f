import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { after, before, test } from 'node:test';
import type { HostMount } from '../../../src/config/config.ts';
import { openDoors } from '../../../src/doors/open-doors.ts';
import { bwrapEngine } from '../../../src/engine/bwrap/bwrap-engine.ts';
import { createDockerEngine } from '../../../src/engine/docker/create-docker-engine.ts';
import type { Engine, PreparedRoot, ResolvedMount } from '../../../src/engine/engine.ts';
import { currentOwner, ownerWord } from '../../../src/host/owner.ts';
import { findProgram } from '../../../src/host/program.ts';
import { type Door, type Mount, noLimits } from '../../../src/plan/box-plan.ts';
import { planOpenings, throughDoors } from '../../../src/plan/plan-doors.ts';
import { type DockerDaemon, startDockerDaemon } from '../../support/docker-daemon.ts';
import { planInputs } from '../../support/plan-inputs.ts';
import { smallRoot } from '../../support/small-root.ts';

const folder = mkdtempSync(join(tmpdir(), 'boxed-doors-'));
const servers: Server[] = [];
let daemon: DockerDaemon;
const engines = new Map<string, { readonly engine: Engine; readonly root: PreparedRoot }>();
let [open, other] = [0, 0];

/** Says its name and what it heard. */
async function listen(name: string, at: string | number): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (heard) => socket.end(`${name} heard ${heard}`));
  });
  servers.push(server);
  await new Promise<void>((done) => {
    if (typeof at === 'string') server.listen(at, done);
    else server.listen(at, '127.0.0.1', done);
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

before(async () => {
  for (const name of ['sockets', 'doors']) mkdirSync(join(folder, name));
  [open, other] = [await listen('the open port', 0), await listen('the other port', 0)];
  await listen('the open socket', join(folder, 'sockets/open'));
  await listen('the other socket', join(folder, 'sockets/other'));
  mkdirSync(join(folder, 'data/below'), { recursive: true });
  writeFileSync(join(folder, 'data/below/file'), 'text of the host');
  // Roots of ours have this file, to bind one over it.
  writeFileSync(join(smallRoot(), 'etc/hosts'), '', { flag: 'a' });
  const program = (name: string) => findProgram(name, '/usr/bin:/bin') ?? name;
  const programs = {
    bwrap: program('bwrap'),
    prlimit: program('prlimit'),
    shell: '/bin/sh',
    mkfifo: '/usr/bin/mkfifo',
  };
  const bwrap = bwrapEngine(programs, join(folder, 'state'));
  engines.set('bwrap', { engine: bwrap, root: { kind: 'directory', path: smallRoot() } });
  daemon = await startDockerDaemon();
  const docker = await createDockerEngine({ variables: daemon.variables, state: join(daemon.folder, 'state') });
  const image = await docker.importRoot({ path: smallRoot(), sha256: 'ab'.repeat(32) }, null);
  assert.ok(image.ok, JSON.stringify(image));
  engines.set('docker', { engine: docker, root: { kind: 'image', id: image.value } });
});

after(async () => {
  for (const server of servers) server.close();
  await daemon.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Connects to every address of its arguments, says hello and prints the answer or the error. */
const knock = `use IO::Socket::INET; use IO::Socket::UNIX; $| = 1;
for (@ARGV) {
  my $s = m{^/} ? IO::Socket::UNIX->new(Peer => $_) : IO::Socket::INET->new(PeerAddr => $_, Timeout => 5);
  if (!$s) { print "$_: no: $!\\n"; next }
  print $s "hello"; shutdown($s, 1); local $/; my $heard = <$s>;
  print "$_: ", $heard // 'nothing', "\\n";
}`;

interface Opened {
  readonly network?: readonly string[];
  readonly mounts?: readonly HostMount[];
  readonly ports?: readonly string[];
  readonly devices?: readonly string[];
}

let boxes = 0;

async function run(
  name: string,
  opened: Opened,
  argv: readonly string[],
  onText: (text: string) => void = () => {},
): Promise<string> {
  const { engine, root } = engines.get(name) as { engine: Engine; root: PreparedRoot };
  const inputs = await planInputs();
  const said = <T>(value: T) => ({ value, origin: { kind: 'default' } as const });
  const { network = [], mounts = [], ports = [], devices = [] } = opened;
  const wanted = { network: said(network), mounts: said(mounts), ports: said(ports), devices: said(devices) };
  const config = { ...inputs.config, ...wanted };
  const openings = planOpenings({ ...inputs, request: { ...inputs.request, ports: 'open' }, config }, '/box/project');
  assert.ok(openings.ok, JSON.stringify(openings));
  const doors = await openDoors(openings.value, join(folder, 'doors'), 'run-1-2');
  assert.ok(doors.ok, JSON.stringify(doors));
  let text = '';
  const output = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      onText(text);
      done();
    },
  });
  boxes += 1;
  try {
    const ended = await engine.run(
      {
        id: `${ownerWord(currentOwner())}-${name}-${boxes}`,
        root,
        argv: throughDoors(argv, openings.value),
        workingDirectory: '/',
        variables: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
        mounts: [
          { kind: 'tmpfs', target: '/tmp', sizeBytes: 1 << 20 },
          ...openings.value.mounts.map((mount) => resolved(mount, doors.value.folder)),
        ],
        network: 'none',
        devices: openings.value.devices,
        limits: {
          ...noLimits,
          processes: { value: 100, strength: 'default' },
          wallClockMs: { value: 30_000, strength: 'required' },
        },
        streams: 'pipes',
        uid: process.getuid?.() ?? 0,
        gid: process.getgid?.() ?? 0,
      },
      { stdin: 'none', stdout: output, stderr: output },
      new AbortController().signal,
    );
    assert.ok(ended.ok, `${JSON.stringify(ended)} ${text}`);
    assert.equal(ended.value.kind, 'finished', `${JSON.stringify(ended.value)} ${text}`);
  } finally {
    doors.value.close();
  }
  assert.deepEqual(
    readdirSync(join(folder, 'doors')).filter((left) => left === 'run-1-2'),
    [],
  );
  return text;
}

function resolved(mount: Mount, doors: string | null): ResolvedMount {
  if (mount.kind === 'tmpfs') return mount;
  const base = mount.source.anchor === 'doors' ? (doors ?? '') : '/';
  return { ...mount, source: join(base, mount.source.path) };
}

for (const name of ['bwrap', 'docker']) {
  test(`${name}: a door leads to its port and its socket, and nothing else is there`, async () => {
    const config = { network: [`tcp:127.0.0.1:${open}`, `unix:${folder}/sockets/open`] };
    const addresses = [
      `127.0.0.1:${open}`,
      `127.0.0.1:${open}`,
      `localhost:${open}`,
      `127.0.0.1:${other}`,
      '192.0.2.1:80',
      `${folder}/sockets/open`,
      `${folder}/sockets/other`,
      '/box/doors/../doors/x',
    ];
    const text = await run(name, config, ['/usr/bin/perl', '-e', knock, ...addresses]);
    const lines = text.trim().split('\n');
    assert.deepEqual(lines.slice(0, 3), [
      `127.0.0.1:${open}: the open port heard hello`,
      `127.0.0.1:${open}: the open port heard hello`,
      `localhost:${open}: the open port heard hello`,
    ]);
    assert.match(lines[3] ?? '', /: no: Connection refused/);
    assert.match(lines[4] ?? '', /: no: Network is unreachable/);
    assert.equal(lines[5], `${folder}/sockets/open: the open socket heard hello`);
    assert.match(lines[6] ?? '', /: no: No such file/);
    assert.match(lines[7] ?? '', /: no: No such file/);
  });

  test(`${name}: a door to a name is found by that name, and to no other`, async () => {
    // The name is looked up outside when somebody knocks: here it leads nowhere, and the knock is heard in vain.
    const config = { network: ['tcp:db.invalid:5432'] };
    const shown = ['/bin/sh', '-c', 'getent hosts db.invalid other.invalid; echo end'];
    assert.match(await run(name, config, shown), /^127\.0\.0\.1 +db\.invalid\nend\n$/);
  });

  test(`${name}: the program is what it would be without a door`, async () => {
    const config = { network: [`tcp:127.0.0.1:${open}`] };
    const script = 'echo "$0 $*"; ls /proc/self/fd | wc -l; (exec 3<>/dev/tcp/127.0.0.1/1) 2>/dev/null; jobs; exit 0';
    const withDoor = await run(name, config, ['/bin/bash', '-c', script, 'a b', 'c']);
    assert.equal(withDoor, await run(name, {}, ['/bin/bash', '-c', script, 'a b', 'c']));
  });

  test(`${name}: a mount shows exactly its folder, read-only unless it says otherwise`, async () => {
    const mounts = [
      { source: `${folder}/data`, target: '/data', access: 'read-only' },
      { source: `${folder}/data/below`, target: '/mnt/w', access: 'read-write' },
      { source: `${folder}/data/below`, target: '/top', access: 'read-write' },
    ] as const;
    const script = [
      'cat /data/below/file; echo',
      'touch /data/x /data/below/x /x /mnt/x 2>&1 | grep -c "Read-only file system"',
      'touch /mnt/w/new /top/newer && ls /data/below',
    ];
    const text = await run(name, { mounts }, ['/bin/sh', '-c', script.join('; ')]);
    assert.equal(text, 'text of the host\n4\nfile\nnew\nnewer\n');
    for (const made of ['new', 'newer']) rmSync(join(folder, 'data/below', made));
  });
}

/** A server at a port of 127.0.0.1: answers what it hears, backwards, until somebody says `end`. */
const serve = `use IO::Socket::INET; $| = 1;
my $l = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $ARGV[0], Listen => 64, ReuseAddr => 1) or die;
print "ready\\n";
while (my $s = $l->accept) {
  local $/; my $heard = <$s>; print $s scalar reverse $heard; close $s; last if $heard eq 'end';
}
my $out = IO::Socket::INET->new(PeerAddr => $ARGV[1], Timeout => 5);
print $out ? 'got out' : "stays in: $!", "\\n";`;

interface Said {
  readonly host: string;
  readonly port: number;
  readonly text: string;
}

function say({ host, port, text }: Said): Promise<string> {
  return new Promise((done) => {
    const heard: Buffer[] = [];
    const socket = connect({ host, port, allowHalfOpen: true }, () => socket.end(text));
    socket.on('data', (bytes) => heard.push(bytes));
    socket.once('error', (error: NodeJS.ErrnoException) => done(`error: ${error.code}`));
    socket.once('close', () => done(Buffer.concat(heard).toString('latin1')));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await new Promise<number>((done) => {
    server.listen(0, '127.0.0.1', () => done((server.address() as { port: number }).port));
  });
  await new Promise((done) => server.close(done));
  return port;
}

for (const name of ['bwrap', 'docker']) {
  test(`${name}: a port leads into the box from 127.0.0.1 alone, and nothing leads out by it`, async () => {
    const port = await freePort();
    const others = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
    const elsewhere = others.filter(({ family, internal }) => family === 'IPv4' && !internal)[0]?.address;
    assert.ok(elsewhere !== undefined, 'this machine has an address of its own');
    let asked: Promise<void> | null = null;
    const ask = async () => {
      const host = '127.0.0.1';
      const large = `${'x'.repeat(3_000_000)}y`;
      assert.equal(await say({ host, port, text: large }), `y${'x'.repeat(3_000_000)}`);
      const texts = Array.from({ length: 100 }, (_, index) => `${1000 + index}`);
      const answers = await Promise.all(texts.map((text) => say({ host, port, text })));
      assert.deepEqual(
        answers,
        texts.map((text) => [...text].reverse().join('')),
      );
      assert.equal(await say({ host: elsewhere, port, text: 'x' }), 'error: ECONNREFUSED');
      await say({ host, port, text: 'end' });
    };
    const argv = ['/usr/bin/perl', '-e', serve, String(port), `127.0.0.1:${other}`];
    const text = await run(name, { ports: [String(port)] }, argv, (seen) => {
      if (seen.includes('ready')) asked ??= ask();
    });
    assert.ok(asked !== null, text);
    await asked;
    assert.match(text, /^ready\nstays in: Connection refused\n$/);
    assert.equal(await say({ host: '127.0.0.1', port, text: 'x' }), 'error: ECONNREFUSED');
  });

  test(`${name}: a box without a server at its port ends a connection, and what it writes before one is nothing else`, async () => {
    const port = await freePort();
    // A program of the box in the place of the relay: it can say what it likes to who connects, and hears no more.
    const pose = `use IO::Socket::UNIX; $| = 1; print "ready\\n"; sleep 3;
      print join ' ', map { IO::Socket::UNIX->new(Peer => "/box/doors/$_") ? 'open' : 'shut' } @ARGV;`;
    let answer: Promise<string> | null = null;
    const text = await run(
      name,
      { ports: [String(port)] },
      ['/usr/bin/perl', '-e', pose, `in-${port}`, 'in-1'],
      (seen) => {
        if (seen.includes('ready')) answer ??= say({ host: '127.0.0.1', port, text: 'x' });
      },
    );
    assert.equal(text, 'ready\nopen shut');
    assert.match(String(await answer), /^(error: ECONNRESET)?$/);
  });

  test(`${name}: a device is there as it is, and no other`, async (context) => {
    const device = `/dev/cargo-boxed-test-${process.pid}`;
    execFileSync('mknod', ['--mode=666', device, 'c', '1', '5']);
    context.after(() => rmSync(device, { force: true }));
    const script = [
      `stat --format '%F %t:%T' ${device}`,
      `head --bytes 4 ${device} | od -An -tx1`,
      `echo x > ${device} && echo written`,
      'ls /dev | grep -cE "^(kvm|sd|loop|mem|kmsg|fuse)"',
    ];
    const text = await run(name, { devices: [device] }, ['/bin/sh', '-c', script.join('; ')]);
    assert.equal(text, 'character special file 1:5\n 00 00 00 00\nwritten\n0\n');
    assert.equal(await run(name, {}, ['/bin/sh', '-c', `ls ${device} 2>&1 | grep -c 'No such'`]), '1\n');
  });
}

test('a port that another program has is a refusal that says so, and leaves nothing open', async () => {
  const doors = await openDoors({ doors: [], ports: [open] }, join(folder, 'doors'), 'run-1-2');
  assert.ok(!doors.ok);
  assert.equal(doors.problems[0]?.code, 'not-enforceable');
  assert.match(doors.problems[0]?.why ?? '', /another program/);
  assert.deepEqual(readdirSync(join(folder, 'doors')), []);
});

test('a door that nobody answers is told, and its relay leads nowhere else', async () => {
  const closed: Door = { kind: 'tcp', host: '127.0.0.1', port: 1 };
  const doors = await openDoors({ doors: [closed], ports: [] }, join(folder, 'doors'), 'run-1-2');
  assert.ok(doors.ok);
  const { connect } = await import('node:net');
  const socket = connect(join(doors.value.folder ?? '', '1'));
  socket.on('error', () => {});
  await new Promise((done) => socket.once('close', done));
  assert.deepEqual([...doors.value.failures], [['tcp:127.0.0.1:1', 'ECONNREFUSED']]);
  doors.value.close();
});
