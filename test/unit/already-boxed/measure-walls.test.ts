import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { measureWalls } from '../../../src/already-boxed/measure-walls.ts';

interface Kernel {
  readonly devices?: string;
  readonly status?: Readonly<Record<string, string>>;
}

/** A machine of files, which a kernel of our own making describes. */
function machine(context: TestContext, { devices = 'lo', status = {} }: Kernel = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'cargo-boxed-walls-'));
  context.after(() => {
    chmodSync(join(root, 'project'), 0o755);
    rmSync(root, { recursive: true, force: true });
  });
  for (const folder of ['proc/self/net', 'dev', 'home', 'project', 'run'])
    mkdirSync(join(root, folder), { recursive: true });
  const lines = devices.split(' ').map((name) => `${name.padStart(6)}: 1 2 3`);
  writeFileSync(join(root, 'proc/self/net/dev'), `Inter-|   Receive\n face |bytes\n${lines.join('\n')}\n`);
  const none = '0000000000000000';
  const fields = {
    ...{ Uid: '1000\t1000\t1000\t1000', CapInh: none, CapPrm: none, CapEff: none, CapAmb: none },
    ...{ NoNewPrivs: '1', Seccomp: '2' },
    ...status,
  };
  writeFileSync(
    join(root, 'proc/self/status'),
    Object.entries(fields)
      .map(([name, value]) => `${name}:\t${value}\n`)
      .join(''),
  );
  return root;
}

function look(root: string, variables: Record<string, string> = {}) {
  const walls = measureWalls({ project: join(root, 'project'), homes: [join(root, 'home')], variables, root });
  return (name: string) => walls.find(({ wall }) => wall === name) ?? assert.fail(name);
}

test('a closed place holds what can be measured', (context) => {
  const wall = look(machine(context));
  for (const name of ['no network', 'no capabilities', 'no new privileges', 'system call filter', 'ordinary user'])
    assert.equal(wall(name).held, true, name);
  for (const name of ['empty home', 'no sockets of the host', 'no devices of the host', 'environment read-only'])
    assert.equal(wall(name).held, true, name);
});

test('each opening is found, and said', async (context) => {
  const root = machine(context, {
    devices: 'lo eth0',
    status: { Uid: '0\t0\t0\t0', CapEff: '00000000a80425fb', NoNewPrivs: '0', Seccomp: '0' },
  });
  writeFileSync(join(root, 'home/.npmrc'), '');
  writeFileSync(join(root, 'dev/kmsg'), '');
  mkdirSync(join(root, 'usr'));
  const server = createServer();
  await new Promise<void>((listening) => server.listen(join(root, 'run/docker.sock'), listening));
  context.after(() => server.close());
  const wall = look(root);
  const found = (name: string) => {
    assert.equal(wall(name).held, false, name);
    return wall(name).found;
  };
  assert.equal(found('no network'), 'eth0');
  assert.match(found('project read-only'), /can be written/);
  assert.match(found('no capabilities'), /CapEff 00000000a80425fb/);
  assert.equal(found('no new privileges'), 'NoNewPrivs 0');
  assert.equal(found('system call filter'), 'no filter');
  assert.equal(found('ordinary user'), 'uid 0');
  assert.match(found('empty home'), /\.npmrc/);
  assert.match(found('no sockets of the host'), /docker\.sock/);
  assert.equal(found('no devices of the host'), 'kmsg');
  assert.equal(found('environment read-only'), 'usr can be written');
});

test('sockets that variables name count too', async (context) => {
  const root = machine(context);
  const server = createServer();
  const socket = join(root, 'agent');
  await new Promise<void>((listening) => server.listen(socket, listening));
  context.after(() => server.close());
  assert.equal(look(root)('no sockets of the host').held, true);
  assert.equal(look(root, { SSH_AUTH_SOCK: socket })('no sockets of the host').held, false);
  assert.equal(look(root, { DOCKER_HOST: `unix://${socket}` })('no sockets of the host').held, false);
});

test('what cannot be looked at is not held', (context) => {
  const root = machine(context);
  rmSync(join(root, 'proc'), { recursive: true });
  rmSync(join(root, 'dev'), { recursive: true });
  const wall = look(root);
  for (const name of ['no network', 'no capabilities', 'no new privileges', 'system call filter', 'ordinary user'])
    assert.equal(wall(name).held, false, name);
  assert.equal(wall('no devices of the host').held, false);
});
