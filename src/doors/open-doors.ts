import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { isAliveWord } from '../host/owner.ts';
import type { BoxStep, Door } from '../plan/box-plan.ts';
import { needsName, relayFile } from '../plan/plan-doors.ts';
import { notKept } from '../problem/full-disk.ts';
import type { Problem } from '../problem/problem.ts';
import { joinSockets, listenIn, mostConnections, type Relay } from './join-sockets.ts';
import { openPort } from './open-port.ts';
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

/**
 * Opens a relay for each door to a port, which leads to exactly its host and port, whatever is written into it; and one
 * for each port that leads in, at 127.0.0.1 and no other address.
 */
export async function openDoors(
  { doors, ports }: Pick<BoxStep, 'doors' | 'ports'>,
  parent: string,
  runWord: string,
  most = mostConnections,
): Promise<Result<OpenDoors>> {
  const tcp = doors.filter((door) => door.kind === 'tcp');
  const failures = new Map<string, string>();
  if (tcp.length === 0 && ports.length === 0) return success({ folder: null, failures, close: () => {} });
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
      relays.push(await openRelay(door, folder, onFailure, most));
    }
    for (const port of ports) {
      const opened = await openPort(port, folder).catch(takenPort);
      if (opened !== null) relays.push(opened);
      else {
        close();
        return failure(taken(port));
      }
    }
    return success({ folder, failures, close });
  } catch (error) {
    close();
    return failure(
      notKept(
        `the doors of the box cannot be opened in ${folder}`,
        error,
        'Make the folder writable, or set CARGO_BOXED_HOME to another one.',
      ),
    );
  }
}

function takenPort(error: NodeJS.ErrnoException): null {
  if (error.code === 'EADDRINUSE') return null;
  throw error;
}

function taken(port: number): Problem {
  return {
    code: 'not-enforceable',
    what: `the port ${port} of the box cannot be reached at 127.0.0.1:${port}`,
    why: 'another program of this machine listens there',
    fix: 'Stop that program, or take the port out of `ports`.',
  };
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

async function openRelay(
  door: TcpDoor,
  folder: string,
  onFailure: (why: string) => void,
  most: number,
): Promise<Relay> {
  const open = new Set<Socket>();
  const pairs = new Map<Socket, Socket>();
  const server = createServer({ allowHalfOpen: true }, (inner) => {
    if (pairs.size >= most && !giveUpOne(pairs)) {
      inner.destroy();
      return;
    }
    const outer = connect({ host: door.host, port: door.port, allowHalfOpen: true });
    outer.once('error', (error: NodeJS.ErrnoException) => {
      if (outer.bytesRead === 0) onFailure(error.code ?? 'it failed');
    });
    pairs.set(outer, inner);
    outer.once('close', () => pairs.delete(outer));
    joinSockets(inner, outer, open);
  });
  const held = await listenIn(server, folder, String(door.port));
  return {
    close: () => {
      held.close();
      for (const socket of open) socket.destroy();
    },
  };
}

/**
 * The server counts the box's side alone. That one can go, again and again, while what it said is not heard on the other
 * side: each such connection holds memory of the kernel that no limit of the box counts, until it is reset.
 */
function giveUpOne(pairs: Map<Socket, Socket>): boolean {
  for (const [outer, inner] of pairs) {
    if (!inner.destroyed) continue;
    pairs.delete(outer);
    if (outer.connecting) outer.destroy();
    else outer.resetAndDestroy();
    return true;
  }
  return false;
}
