import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { after, before, test } from 'node:test';
import type { HostMount } from '../../../src/config/config.ts';
import { openDoors } from '../../../src/doors/open-doors.ts';
import { bwrapEngine } from '../../../src/engine/bwrap/bwrap-engine.ts';
import { createDockerEngine } from '../../../src/engine/docker/create-docker-engine.ts';
import type { Engine, PreparedRoot, ResolvedMount } from '../../../src/engine/engine.ts';
import { findProgram } from '../../../src/host/program.ts';
import type { Door, Mount } from '../../../src/plan/box-plan.ts';
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
  mkdirSync(join(folder, 'sockets'));
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
  const bwrap = bwrapEngine(programs, join(folder, 'boxes'));
  engines.set('bwrap', { engine: bwrap, root: { kind: 'directory', path: smallRoot() } });
  daemon = await startDockerDaemon();
  const docker = await createDockerEngine({ variables: daemon.variables });
  const image = await docker.importRoot(smallRoot(), 'ab'.repeat(32));
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
}

async function run(name: string, opened: Opened, argv: readonly string[]): Promise<string> {
  const { engine, root } = engines.get(name) as { engine: Engine; root: PreparedRoot };
  const inputs = await planInputs();
  const said = <T>(value: T) => ({ value, origin: { kind: 'default' } as const });
  const { network = [], mounts = [] } = opened;
  const config = { ...inputs.config, network: said(network), mounts: said(mounts) };
  const openings = planOpenings({ ...inputs, config }, '/box/project');
  assert.ok(openings.ok, JSON.stringify(openings));
  const doors = await openDoors(openings.value.doors, join(folder, 'doors'), 'run-1-2');
  assert.ok(doors.ok, JSON.stringify(doors));
  let text = '';
  const output = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  try {
    const ended = await engine.run(
      {
        id: `doors-${name}-${process.pid}`,
        root,
        argv: throughDoors(argv, openings.value.doors),
        workingDirectory: '/',
        variables: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
        mounts: [
          { kind: 'tmpfs', target: '/tmp', sizeBytes: 1 << 20 },
          ...openings.value.mounts.map((mount) => resolved(mount, doors.value.folder)),
        ],
        network: 'none',
        limits: {
          memoryBytes: null,
          processes: { value: 100, strength: 'default' },
          cpus: null,
          wallClockMs: { value: 30_000, strength: 'required' },
          silenceMs: null,
          diskBytes: null,
          openFiles: null,
        },
        streams: 'pipes',
        uid: process.getuid?.() ?? 0,
        gid: process.getgid?.() ?? 0,
      },
      { stdin: 'none', stdout: output, stderr: output },
      new AbortController().signal,
    );
    assert.ok(ended.ok, JSON.stringify(ended));
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
    ] as const;
    const script = [
      'cat /data/below/file; echo',
      'touch /data/x /data/below/x /x /mnt/x 2>&1 | grep -c "Read-only file system"',
      'touch /mnt/w/new && ls /data/below',
    ];
    const text = await run(name, { mounts }, ['/bin/sh', '-c', script.join('; ')]);
    assert.equal(text, 'text of the host\n4\nfile\nnew\n');
    rmSync(join(folder, 'data/below/new'));
  });
}

test('a door that nobody answers is told, and its relay leads nowhere else', async () => {
  const closed: Door = { kind: 'tcp', host: '127.0.0.1', port: 1 };
  const doors = await openDoors([closed], join(folder, 'doors'), 'run-1-2');
  assert.ok(doors.ok);
  const { connect } = await import('node:net');
  const socket = connect(join(doors.value.folder ?? '', '1'));
  socket.on('error', () => {});
  await new Promise((done) => socket.once('close', done));
  assert.deepEqual([...doors.value.failures], [['tcp:127.0.0.1:1', 'ECONNREFUSED']]);
  doors.value.close();
});
