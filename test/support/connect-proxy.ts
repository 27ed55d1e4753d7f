import { createServer, request as httpRequest } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** A forward proxy on the loopback interface: plain requests, and CONNECT for TLS. */
export interface ConnectProxy {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** What was asked of it: `GET http://name/path`, `CONNECT name:443`. */
  requests(): readonly string[];
  stop(): Promise<void>;
}

/** `ports`: names that only this proxy can resolve, each with the port of 127.0.0.1 where it is. All else is refused. */
export async function startProxy(ports: Readonly<Record<string, number>>): Promise<ConnectProxy> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    const { hostname, pathname, search } = new URL(request.url ?? '/', 'http://proxy');
    const port = ports[hostname];
    if (port === undefined) return void response.writeHead(502).end();
    const { method, headers } = request;
    const onward = httpRequest({ host: '127.0.0.1', port, method, headers, path: `${pathname}${search}` }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.on('connect', (request, client, head) => {
    seen.push(`CONNECT ${request.url}`);
    const port = ports[(request.url ?? '').split(':')[0] ?? ''];
    client.on('error', () => {});
    if (port === undefined) return void client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    const onward = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      client.pipe(onward).pipe(client);
    });
    onward.on('error', () => client.destroy());
    client.on('close', () => onward.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => seen,
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
