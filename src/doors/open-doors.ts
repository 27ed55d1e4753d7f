import { closeSync, constants, mkdirSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { isAliveWord } from '../host/owner.ts';
import type { Door } from '../plan/box-plan.ts';
import { needsName, relayFile } from '../plan/plan-doors.ts';
import { relayProgram } from './relay-program.ts';

/** The host's side of all doors of one run. */
export interface OpenDoors {
  /** What the anchor `doors` stands for; `null` when no door needs a relay. */
  readonly folder: string | null;
  /** Doors at which somebody knocked in vain, with the reason: to be said when the box has ended. */
  readonly failures: ReadonlyMap<string, string>;
  close(): void;
}

type TcpDoor = Extract<Door, { kind: 'tcp' }>;

/** Opens a relay for each door to a port. Each leads to exactly its host and port, whatever is written into it. */
export async function openDoors(doors: readonly Door[], parent: string, runWord: string): Promise<Result<OpenDoors>> {
  const tcp = doors.filter((door) => door.kind === 'tcp');
  const failures = new Map<string, string>();
  if (tcp.length === 0) return success({ folder: null, failures, close: () => {} });
  const folder = join(parent, runWord);
  const relays: Relay[] = [];
  const close = () => {
    for (const relay of relays) relay.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    removeDead(parent);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, relayFile), relayProgram, { mode: 0o400 });
    writeFileSync(join(folder, 'hosts'), hostsText(tcp), { mode: 0o444 });
    for (const door of tcp) {
      const onFailure = (why: string) => failures.set(`tcp:${door.host}:${door.port}`, why);
      relays.push(await openRelay(door, folder, onFailure));
    }
    return success({ folder, failures, close });
  } catch (error) {
    close();
    return failure({
      code: 'storage',
      what: `the doors of the box cannot be opened in ${folder}`,
      why: (error as NodeJS.ErrnoException).code ?? 'it failed',
      fix: 'Make the folder writable, or set CARGO_BOXED_HOME to another one.',
    });
  }
}

/** What a killed command left behind. */
function removeDead(parent: string): void {
  let names: readonly string[] = [];
  try {
    names = readdirSync(parent);
  } catch {
    // Nothing was ever left behind.
  }
  for (const name of names) if (!isAliveWord(name)) rmSync(join(parent, name), { recursive: true, force: true });
}

function hostsText(doors: readonly TcpDoor[]): string {
  const names = doors.map(({ host }) => host).filter(needsName);
  return ['127.0.0.1 localhost', '::1 localhost', ...names.map((name) => `127.0.0.1 ${name}`), ''].join('\n');
}

interface Relay {
  close(): void;
}

/** More than any build needs; further ones wait. */
const mostConnections = 256;

async function openRelay(door: TcpDoor, folder: string, onFailure: (why: string) => void): Promise<Relay> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (inner) => {
    const outer = connect({ host: door.host, port: door.port, allowHalfOpen: true });
    outer.once('error', (error: NodeJS.ErrnoException) => {
      if (outer.bytesRead === 0) onFailure(error.code ?? 'it failed');
    });
    joinSockets(inner, outer, open);
  });
  server.maxConnections = mostConnections;
  // Closing a server deletes its socket by the path it was made with: the descriptor in it stays open until then.
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  await listen(server, `/proc/self/fd/${descriptor}/${door.port}`).catch((error: unknown) => {
    closeSync(descriptor);
    throw error;
  });
  // A door alone keeps no command alive.
  server.unref();
  return {
    close: () => {
      server.close();
      closeSync(descriptor);
      for (const socket of open) socket.destroy();
    },
  };
}

function joinSockets(inner: Socket, outer: Socket, open: Set<Socket>): void {
  for (const [socket, other] of [
    [inner, outer],
    [outer, inner],
  ] as const) {
    open.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => {
      open.delete(socket);
      other.destroySoon();
    });
    socket.pipe(other);
  }
}

/** The path of a socket has at most 107 bytes, and a home can be deeper: through its descriptor any folder is near. */
function listen(server: Server, path: string): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(path, done);
  });
}
