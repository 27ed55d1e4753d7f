import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { userName } from '../facts/read-host.ts';
import { notePath } from '../host/noted-path.ts';
import { inside } from '../plan/box-plan.ts';
import { openServices } from './open-services.ts';

/** Things of this machine that no box may reach: harmless, and known to the probes by name. */
export interface Canaries {
  /** What the probes read, `name=value` a line. */
  readonly values: Readonly<Record<string, string>>;
  /** To be set where the command line runs: a secret in the environment. */
  readonly variables: Readonly<Record<string, string>>;
  /** The home of a user who has secrets. */
  readonly home: string;
  close(): Promise<void>;
}

const homeFiles = [
  '.ssh/id_ed25519',
  '.aws/credentials',
  '.config/gh/hosts.yml',
  '.cargo/credentials.toml',
  '.docker/config.json',
  '.netrc',
  '.npmrc',
  '.git-credentials',
];

/**
 * Lays canaries into an empty folder of ours and opens services that answer to whoever reaches them. `state` takes the
 * note of the one canary that lies elsewhere.
 */
export async function layCanaries(folder: string, state: string): Promise<Canaries> {
  const word = randomBytes(6).toString('hex');
  const home = join(folder, 'home');
  for (const file of homeFiles) put(join(home, file), 'canary-home\n');
  put(join(folder, 'temporary-file'), '');
  const sharedMemory = `boxed-canary-${word}`;
  const shared = notePath(state, `/dev/shm/${sharedMemory}`);
  put(shared.path, '');
  const services = await openServices(folder, word, hostAddress());
  const values = {
    ...services.values,
    variable: `canary-${word}`,
    host_folder: folder,
    host_root_entry: folder.slice(1),
    host_process: String(process.pid),
    home,
    temporary_file: join(folder, 'temporary-file'),
    shared_memory: sharedMemory,
    group_word: groupName(),
    user: tellingUserName(),
    host_name: hostname(),
    ...fileValue('machine_id', '/etc/machine-id'),
    ...fileValue('boot_id', '/proc/sys/kernel/random/boot_id'),
    ...namespaces(),
    crates: inside.crates,
    store: inside.store,
    other_target: join(folder, 'other-target'),
  };
  mkdirSync(join(folder, 'other-target/out'), { recursive: true });
  return {
    values,
    variables: { BOXED_CANARY_SECRET: `canary-${word}` },
    home,
    close: async () => {
      rmSync(shared.path, { force: true });
      shared.forget();
      await services.close();
    },
  };
}

export function canaryFile(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function put(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode: 0o600 });
}

/** An address by which this machine is reached from elsewhere. */
function hostAddress(): string | null {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? null;
}

/** The control group of this process, which a box must not learn; the process's number where it has none of its own. */
function groupName(): string {
  const groups = readFileSync('/proc/self/cgroup', 'utf8').split('\n');
  const names = groups.map((line) => line.split('/').at(-1) ?? '').filter((name) => name.length > 3);
  return names[0] ?? `${process.pid}-`;
}

/** Inside everybody is `box`; a caller of that name would be found by it. */
function tellingUserName(): string {
  const name = userName();
  return name === null || name === 'root' || name === 'box' ? 'no-such-user' : name;
}

function fileValue(name: string, file: string): Readonly<Record<string, string>> {
  try {
    const text = readFileSync(file, 'utf8').trim();
    return text === '' ? {} : { [name]: text };
  } catch {
    return {};
  }
}

function namespaces(): Readonly<Record<string, string>> {
  const kinds = ['net', 'pid', 'ipc', 'uts', 'mnt'];
  return Object.fromEntries(kinds.map((kind) => [`ns_${kind}`, readlinkSync(`/proc/self/ns/${kind}`)]));
}
