import { createSocket } from 'node:dgram';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';

export interface Services {
  readonly values: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** A service at each door of this machine; only processes of this machine can reach the addresses. */
export async function openServices(folder: string, word: string, address: string | null): Promise<Services> {
  const [path, abstract] = [join(folder, 'docker.sock'), `boxed-canary-${word}`];
  const loopback = await listen({ port: 0, host: '127.0.0.1' });
  const outside = address === null ? null : await listen({ port: 0, host: address });
  const pathSocket = await listen({ path });
  const abstractSocket = await listen({ path: `\0${abstract}` });
  const names = address === null ? null : await nameServer(address);
  const inbound = await freePort();
  const calling = setInterval(() => call(inbound), 20);
  const servers = [loopback, outside, pathSocket, abstractSocket].flatMap((server) => server ?? []);
  const port = (server: Server | null) => {
    const at = server?.address();
    return typeof at === 'object' && at !== null ? at.port : 0;
  };
  return {
    values: {
      ...(loopback === null ? {} : { tcp_loopback: `127.0.0.1:${port(loopback)}` }),
      ...(outside === null ? {} : { tcp_host: `${address}:${port(outside)}` }),
      ...(pathSocket === null ? {} : { path_socket: path }),
      ...(abstractSocket === null ? {} : { abstract_socket: abstract }),
      ...(names === null ? {} : { udp_host: `${address}:${names.port}` }),
      inbound_port: String(inbound),
    },
    close: async () => {
      clearInterval(calling);
      names?.close();
      await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
    },
  };
}

/** `null` where this machine or this Node has no such socket: then there is nothing to be reached either. */
function listen(where: { port?: number; host?: string; path?: string }): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer((connection) => connection.end());
    server.once('error', () => resolve(null));
    server.listen(where, () => resolve(server));
  });
}

function nameServer(address: string): Promise<{ port: number; close: () => void } | null> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.on('message', (_, from) => socket.send('an answer', from.port, from.address));
    socket.once('error', () => resolve(null));
    socket.bind(0, address, () => resolve({ port: socket.address().port, close: () => socket.close() }));
  });
}

async function freePort(): Promise<number> {
  const server = await listen({ port: 0, host: '127.0.0.1' });
  if (server === null) return 1;
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

function call(port: number): void {
  const connection = connect({ port, host: '127.0.0.1' }, () => connection.destroy());
  connection.on('error', () => {});
}
