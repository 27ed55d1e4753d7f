import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A Docker daemon of a test's own: nothing of it is shared with one that the machine may have. Needs root. */
export interface DockerDaemon {
  readonly folder: string;
  readonly socket: string;
  /** Variables with which a command finds this daemon and no other configuration. */
  readonly variables: Readonly<Record<string, string>>;
  readonly process: ChildProcess;
  /** What the `docker` program says to these words, without the space around it. */
  docker(...words: readonly string[]): string;
  log(): string;
  /** Ends exactly this daemon, and waits until it and its folder are gone. */
  stop(): Promise<void>;
  /** As a crash would: nothing of it can tidy up. */
  kill(): Promise<void>;
  /** Starts it again on the same folder, after `kill`. */
  restart(): Promise<void>;
}

export interface DaemonOptions {
  readonly arguments?: readonly string[];
  /** The group that may use the socket, for tests as an ordinary user; `root` if not given. */
  readonly group?: string;
}

export async function startDockerDaemon(options: DaemonOptions = {}): Promise<DockerDaemon> {
  const folder = mkdtempSync(join(tmpdir(), 'boxed-dockerd-'));
  const socket = join(folder, 'docker.sock');
  chmodSync(folder, 0o755);
  let daemon = await launch(folder, socket, options).catch(async (error) => {
    await removeFolder(folder);
    throw error;
  });
  const end = async (signal: NodeJS.Signals) => {
    if (daemon.exitCode !== null || daemon.signalCode !== null) return;
    const gone = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill(signal);
    await gone;
  };
  return {
    folder,
    socket,
    docker: (...words) => execFileSync('docker', ['--host', `unix://${socket}`, ...words], { encoding: 'utf8' }).trim(),
    variables: { DOCKER_HOST: `unix://${socket}`, DOCKER_CONFIG: join(folder, 'config'), HOME: join(folder, 'home') },
    get process() {
      return daemon;
    },
    log: () => readFileSync(join(folder, 'log'), 'utf8'),
    kill: () => end('SIGKILL'),
    restart: async () => {
      // A killed daemon's containerd dies with it; where nobody collects it, its number still looks alive.
      for (const file of ['docker.pid', 'exec/containerd/containerd.pid']) rmSync(join(folder, file), { force: true });
      daemon = await launch(folder, socket, options);
    },
    stop: async () => {
      await end('SIGTERM');
      await removeWithDaemons(folder);
    },
  };
}

async function launch(folder: string, socket: string, options: DaemonOptions): Promise<ChildProcess> {
  const log = openSync(join(folder, 'log'), 'a');
  const daemon = spawn(
    '/usr/sbin/dockerd',
    [
      ...[
        '--data-root',
        join(folder, 'data'),
        '--exec-root',
        join(folder, 'exec'),
        '--pidfile',
        join(folder, 'docker.pid'),
      ],
      ...['--host', `unix://${socket}`],
      ...['--bridge', 'none', '--iptables=false', '--ip6tables=false', '--ip-masq=false', '--ip-forward=false'],
      ...['--group', options.group ?? 'root'],
      ...(options.arguments ?? []),
    ],
    { stdio: ['ignore', log, log], env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } },
  );
  for (let attempt = 0; attempt < 300; attempt++) {
    if (daemon.exitCode !== null) break;
    if (await pings(socket)) return daemon;
    await delay(50);
  }
  daemon.kill('SIGKILL');
  throw new Error(`dockerd did not start:\n${readFileSync(join(folder, 'log'), 'utf8').slice(-2000)}`);
}

function pings(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: '/_ping', timeout: 2000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.on('error', () => resolve(false));
    asked.end();
  });
}

/** Removes a folder that daemons had theirs in, however they ended: what they left running and mounted goes first. */
export async function removeWithDaemons(folder: string): Promise<void> {
  endContainerd(folder);
  await removeFolder(folder);
}

/** A killed daemon leaves its containerd and the shims of its containers: they are found by the folder in their argv. */
function endContainerd(folder: string): void {
  for (const line of execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n')) {
    const [pid, program] = line.trim().split(/\s+/, 2);
    if (pid === undefined || !/containerd/.test(program ?? '') || !line.includes(`${folder}/`)) continue;
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

async function removeFolder(folder: string): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    for (const point of mountPoints(folder)) {
      try {
        execFileSync('umount', ['-l', point], { stdio: 'ignore' });
      } catch {
        // Unmounted meanwhile.
      }
    }
    try {
      rmSync(folder, { recursive: true, force: true });
      return;
    } catch {
      await delay(100);
    }
  }
  throw new Error(`${folder} could not be removed`);
}

function mountPoints(folder: string): readonly string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .flatMap((line) => line.split(' ')[4] ?? [])
    .filter((point) => point.startsWith(`${folder}/`))
    .reverse();
}
