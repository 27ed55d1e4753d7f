import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A registry of a test's own (Debian's docker-registry) on a loopback port. Docker takes those without TLS. */
export interface Registry {
  /** `127.0.0.1:PORT` */
  readonly address: string;
  stop(): Promise<void>;
}

export interface RegistryOptions {
  /** Nobody may do anything without it. */
  readonly login?: { readonly name: string; readonly password: string };
  readonly tls?: { readonly key: string; readonly cert: string };
}

export async function startRegistry({ login, tls }: RegistryOptions = {}): Promise<Registry> {
  const folder = mkdtempSync(join(tmpdir(), 'boxed-registry-'));
  const address = `127.0.0.1:${await freePort()}`;
  const configuration = {
    version: 0.1,
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') }, delete: { enabled: true } },
    http: { addr: address, ...(tls === undefined ? {} : { tls: tlsFiles(folder, tls) }) },
    ...(login === undefined ? {} : { auth: { htpasswd: { realm: 'test', path: join(folder, 'logins') } } }),
  };
  if (login !== undefined) writeFileSync(join(folder, 'logins'), `${login.name}:${bcrypt(login.password)}\n`);
  writeFileSync(join(folder, 'config.yml'), JSON.stringify(configuration));
  const log = openSync(join(folder, 'log'), 'a');
  const registry = spawn('docker-registry', ['serve', join(folder, 'config.yml')], {
    stdio: ['ignore', log, log],
    env: { PATH: '/usr/bin:/bin', OTEL_TRACES_EXPORTER: 'none' },
  });
  const stop = async () => {
    if (registry.exitCode === null && registry.signalCode === null) {
      const gone = new Promise((resolve) => registry.once('exit', resolve));
      registry.kill('SIGTERM');
      await gone;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await listens(address)) return { address, stop };
    await delay(50);
  }
  await stop();
  throw new Error('docker-registry did not start');
}

function tlsFiles(folder: string, { key, cert }: { readonly key: string; readonly cert: string }) {
  const files = { certificate: join(folder, 'server.pem'), key: join(folder, 'server.key') };
  writeFileSync(files.certificate, cert);
  writeFileSync(files.key, key);
  return files;
}

/** The C library's own, through perl, which every Debian has. */
function bcrypt(password: string): string {
  const program = 'print crypt($ARGV[0], q($2b$05$abcdefghijklmnopqrstuu))';
  return execFileSync('perl', ['-e', program, password], { encoding: 'utf8' });
}

function listens(address: string): Promise<boolean> {
  const [host, port] = address.split(':');
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) }, () => resolve(socket.destroy() !== undefined));
    socket.on('error', () => resolve(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const bound = server.address();
      server.close(() => resolve(typeof bound === 'object' && bound !== null ? bound.port : 0));
    });
  });
}
