import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { openDoors } from '../../../src/doors/open-doors.ts';

const most = 4;

/** A door to a server of this process, and the connections that have come to it. */
async function doorTo(context: TestContext, serve: (socket: Socket) => void) {
  const served: Socket[] = [];
  const server = createServer((socket) => {
    served.push(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  const parent = mkdtempSync(join(realpathSync(tmpdir()), 'doors-'));
  const door = { kind: 'tcp', host: '127.0.0.1', port } as const;
  const opened = await openDoors({ doors: [door], ports: [] }, parent, '1-1-1', most);
  context.after(() => {
    if (opened.ok) opened.value.close();
    for (const socket of served) socket.destroy();
    server.close();
    rmSync(parent, { recursive: true, force: true });
  });
  if (!opened.ok || opened.value.folder === null) throw new Error('no door');
  return { served, socket: join(opened.value.folder, String(port)) };
}

test('what is said is handed on in both directions, also after one side has ended', async (context) => {
  const { socket } = await doorTo(context, (served) => served.pipe(served));
  const client = connect({ path: socket, allowHalfOpen: true });
  client.end('x'.repeat(300_000));
  let heard = 0;
  for await (const chunk of client) heard += chunk.length;
  assert.equal(heard, 300_000);
});

/** Writes what nobody reads, and goes with an answer unread: that ends the box's side of the relay at once. */
async function writeAndGo(socket: string): Promise<void> {
  const client = connect(socket).pause();
  client.on('error', () => {});
  const block = Buffer.alloc(1 << 18);
  while (client.write(block) || (await Promise.race([drained(client), pause(30, false)])));
  client.destroy();
  await pause(5);
}

function drained(client: Socket): Promise<boolean> {
  return new Promise((done) => client.once('drain', () => done(true)));
}

test('who writes, does not read and goes, again and again, holds no more connections than who stays', async (context) => {
  const { served, socket } = await doorTo(context, (peer) => {
    peer.write(Buffer.alloc(1 << 23));
    peer.pause();
  });
  const before = openSockets();
  for (let round = 0; round < 24; round += 1) await writeAndGo(socket);
  assert.equal(served.length, 24);
  const ofRelay = openSockets() - before - served.filter(({ destroyed }) => !destroyed).length;
  assert.ok(ofRelay <= 2 * most, `${ofRelay} sockets`);
});

function openSockets(): number {
  return readdirSync('/proc/self/fd').filter((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`).startsWith('socket:');
    } catch {
      return false;
    }
  }).length;
}
