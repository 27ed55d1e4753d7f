import { closeSync, constants, openSync } from 'node:fs';
import type { Server, Socket } from 'node:net';

/** One side of a way through the wall, until it is closed. */
export interface Relay {
  close(): void;
}

/** More than any build needs; further ones are closed. */
export const mostConnections = 256;

/** Hands on what either says until both have ended. */
export function joinSockets(inner: Socket, outer: Socket, open: Set<Socket>): void {
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

/**
 * Listens at a socket in a folder. The path of a socket has at most 107 bytes, and a home can be deeper: through its
 * descriptor any folder is near.
 */
export async function listenIn(server: Server, folder: string, name: string): Promise<Relay> {
  server.maxConnections = mostConnections;
  // Closing a server deletes its socket by the path it was made with: the descriptor in it stays open until then.
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await listening(server, () => server.listen(`/proc/self/fd/${descriptor}/${name}`));
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  return {
    close: () => {
      server.close();
      closeSync(descriptor);
    },
  };
}

/** Waits until a server listens. Alone it keeps no command alive. Throws the system's error. */
export function listening(server: Server, listen: () => void): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', fail);
    server.once('listening', () => {
      server.unref();
      done();
    });
    listen();
  });
}
