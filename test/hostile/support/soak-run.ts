import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Project, plainProgram, projectIn, type RunningCommand, sharedHome } from '../../support/rig.ts';

export interface SoakKill {
  readonly number: number;
  readonly random: () => number;
  readonly folder: string;
  /** Kills the Docker daemon and starts it again; `null` where there is none of our own. */
  readonly restartDocker: (() => Promise<void>) | null;
}
export interface SoakRow {
  /** What was killed, and how. */
  readonly kind: string;
  /** What was left after the next command: nothing, if all is well. */
  readonly left: readonly string[];
  readonly goneMs: number;
}

const commands: readonly (readonly string[])[] = [
  ['build'],
  ['run'],
  ['test'],
  ['fix', '--allow-no-vcs'],
  ['exec', '--', 'sh', '-c', "trap '' TERM INT; setsid sleep 50 & sleep 50"],
  ['reset'],
  ['selftest'],
];
const longestMs = 2500;

/** One command, killed at a random moment; then the next build, and a look at what is left. */
export async function runKill({ number, random, folder, restartDocker }: SoakKill): Promise<SoakRow> {
  const pick = <T>(all: readonly T[]) => all[Math.floor(random() * all.length)] as T;
  const command = pick(commands);
  const victims = ['SIGINT', 'SIGTERM', 'SIGKILL', 'SIGHUP', 'launcher', ...(restartDocker === null ? [] : ['daemon'])];
  const victim = pick(victims);
  const afterMs = random() * longestMs;
  const marker = `soak-${process.pid}-${number}`;
  const made = projectIn(join(folder, marker));
  for (const [file, text] of Object.entries(plainProgram('soaked', source))) made.write(file, text);
  made.write('build.rs', buildScript);
  const mountsBefore = mounts();
  let running: RunningCommand | undefined;
  const ended = made.boxed(command, {
    limitSeconds: 90,
    onStart: (started) => {
      running = started;
    },
  });
  await delay(afterMs);
  const processId = running?.processId ?? 0;
  await strike(victim, running, processId, restartDocker);
  const struck = performance.now();
  await ended;
  const goneMs = performance.now() - struck;
  const left = await lookAfter(made, processId, mountsBefore);
  if (goneMs > 15_000) left.push(`it took ${Math.round(goneMs)} ms to end`);
  return { kind: `${victim}`, left, goneMs };
}

const source = 'fn main() { println!("right"); }\n#[test]\nfn holds() {}\n';
const buildScript = `fn main() {
    let _ = std::process::Command::new("setsid").args(["sleep", "40"]).stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn();
    std::thread::sleep(std::time::Duration::from_millis(400));
}\n`;

async function strike(
  victim: string,
  running: RunningCommand | undefined,
  processId: number,
  restartDocker: (() => Promise<void>) | null,
): Promise<void> {
  if (victim === 'daemon') await restartDocker?.();
  else if (victim === 'launcher') {
    const child = descendants(processId).find(({ program }) => program === 'bwrap');
    // A command that has no box at this moment is killed itself.
    if (child === undefined) running?.kill('SIGKILL');
    else kill(child.processId);
  } else running?.kill(victim as NodeJS.Signals);
}

async function lookAfter(made: Project, processId: number, mountsBefore: number): Promise<string[]> {
  const left: string[] = [];
  const next = await made.boxed(['run', '--quiet'], { limitSeconds: 120 });
  if (next.status !== 0 || next.stdout !== 'right\n') left.push(`the next build: ${next.text.slice(0, 500)}`);
  for (let waited = 0; waited < 100 && sleepers(made.folder) > 0; waited += 1) await delay(100);
  if (sleepers(made.folder) > 0) left.push(`${sleepers(made.folder)} processes`);
  left.push(...leftFolders(`${processId}-`));
  if (mounts() > mountsBefore) left.push(`${mounts() - mountsBefore} mounts`);
  left.push(...containers());
  return left;
}

interface Process {
  readonly processId: number;
  readonly parent: number;
  readonly program: string;
}

function processes(): readonly Process[] {
  const listed = execFileSync('ps', ['-eo', 'pid=,ppid=,comm='], { encoding: 'utf8' });
  return listed.split('\n').flatMap((line) => {
    const [, processId, parent, program = ''] = /^ *(\d+) +(\d+) +(.*)$/.exec(line) ?? [];
    return processId === undefined ? [] : [{ processId: Number(processId), parent: Number(parent), program }];
  });
}

function descendants(root: number): readonly Process[] {
  const all = processes();
  const found = all.filter(({ parent }) => parent === root);
  for (const { processId } of found) found.push(...all.filter(({ parent }) => parent === processId));
  return found;
}

function kill(processId: number): void {
  try {
    process.kill(processId, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

/** Sleeping processes of a box of this project: its mount table names the project. */
function sleepers(folder: string): number {
  return processes().filter(({ processId, program }) => {
    if (!['sleep', 'sh', 'cargo', 'rustc', 'bwrap'].includes(program)) return false;
    try {
      return readFileSync(`/proc/${processId}/mountinfo`, 'utf8').includes(folder);
    } catch {
      return false;
    }
  }).length;
}

function leftFolders(word: string): readonly string[] {
  const groups = ['memory', 'pids', 'cpu', ''].map((name) => join('/sys/fs/cgroup', name, 'cargo-boxed'));
  const own = ['state/boxes', 'state/selftest', 'state/locks', 'cache/copies', 'cache/fetch-runs', 'cache/targets'];
  return [...own.map((name) => join(sharedHome, name)), ...groups]
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((path) => (path.split('/').at(-1) ?? '').replace(/^(fetch-|\.cargo-boxed-)/, '').startsWith(word));
}

function mounts(): number {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => /cargo-boxed|boxed-/.test(line) && !/dockerd/.test(line)).length;
}

function containers(): readonly string[] {
  const host = process.env.DOCKER_HOST;
  if (host === undefined || process.env.CARGO_BOXED_TEST_ENGINE !== 'docker') return [];
  const said = execFileSync(
    'curl',
    ['-s', '--unix-socket', host.replace('unix://', ''), 'http://docker/containers/json?all=1'],
    { encoding: 'utf8' },
  );
  const all = JSON.parse(said) as { Names: string[]; Labels: Record<string, string> }[];
  return all.filter(({ Labels }) => Labels['cargo-boxed.id'] !== undefined).map(({ Names }) => `container ${Names[0]}`);
}
