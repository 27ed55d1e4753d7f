import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The real sshd on a loopback port, which lets in whoever runs the tests, and a real agent with the key for it. */
export interface SshServer {
  /** `ssh://NAME@127.0.0.1:PORT`: a path of this machine follows. */
  readonly url: string;
  /** Its line for a file of known hosts. */
  readonly knownHost: string;
  /** For SSH_AUTH_SOCK. */
  readonly agentSocket: string;
  /** What sshd has logged so far. */
  log(): string;
  stop(): Promise<void>;
}

/** `folder`: one that the caller removes. */
export async function startSshServer(folder: string): Promise<SshServer> {
  const path = (name: string) => join(folder, name);
  for (const name of ['host-key', 'user-key']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', path(name)]);
  }
  writeFileSync(path('authorized'), readFileSync(path('user-key.pub')), { mode: 0o600 });
  const port = await freePort();
  const settings = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${path('host-key')}`,
    `AuthorizedKeysFile ${path('authorized')}`,
    'AuthenticationMethods publickey',
    'PermitRootLogin prohibit-password',
    'UsePAM no',
    'StrictModes no',
    'PidFile none',
    'LogLevel DEBUG1',
  ];
  writeFileSync(path('sshd.conf'), `${settings.join('\n')}\n`);
  // As root sshd wants a folder that its service would have made.
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const log = openSync(path('sshd.log'), 'a');
  const server = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', path('sshd.conf')], { stdio: ['ignore', log, log] });
  const agentSocket = path('agent');
  const agent = spawn('ssh-agent', ['-D', '-a', agentSocket], { stdio: 'ignore' });
  const stop = async () => {
    await Promise.all([end(server), end(agent)]);
  };
  for (let attempt = 0; attempt < 200; attempt++) {
    if (existsSync(agentSocket) && (await answers(port))) {
      const env = { PATH: process.env.PATH ?? '', SSH_AUTH_SOCK: agentSocket };
      execFileSync('ssh-add', ['-q', path('user-key')], { env, stdio: 'pipe' });
      const key = readFileSync(path('host-key.pub'), 'utf8').trim();
      return {
        url: `ssh://${userInfo().username}@127.0.0.1:${port}`,
        knownHost: `[127.0.0.1]:${port} ${key}`,
        agentSocket,
        log: () => readFileSync(path('sshd.log'), 'utf8'),
        stop,
      };
    }
    await delay(50);
  }
  await stop();
  throw new Error(`sshd or ssh-agent did not start: ${readFileSync(path('sshd.log'), 'utf8')}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
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
