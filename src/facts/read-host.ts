import { readFileSync } from 'node:fs';
import { availableParallelism, homedir, totalmem, userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { isatty } from 'node:tty';
import { failure, type Result, success } from '../base/result.ts';
import { printable } from '../problem/problem.ts';
import type { HostFacts } from './facts.ts';

type Variables = Readonly<Record<string, string | undefined>>;

const architectures: Readonly<Record<string, HostFacts['architecture']>> = { x64: 'x86_64', arm64: 'aarch64' };

/** What this machine and this user are, read once. Variables are copied, so that nobody sees a later change. */
export function readHost(variables: Variables = process.env, directory = process.cwd()): Result<HostFacts> {
  const architecture = Object.hasOwn(architectures, process.arch) ? architectures[process.arch] : undefined;
  if (process.platform !== 'linux' || architecture === undefined) {
    return failure({
      code: 'environment',
      what: `this machine (${printable(process.platform)}, ${printable(process.arch)}) is not supported`,
      why: 'boxes need Linux on x86_64 or aarch64',
    });
  }
  return success({
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    architecture,
    cpus: availableParallelism(),
    memoryBytes: memoryBytes(),
    openFiles: hardOpenFiles(),
    variables: definedOf(variables),
    // By number: opening process.stdin would take longer than all else here.
    terminal: { stdin: isatty(0), stdout: isatty(1), stderr: isatty(2) },
    cargoHome: cargoHome(variables, directory),
  });
}

/** The user's home as cargo and rustup see it: HOME, else the user database. */
export function homeDirectory(variables: Variables): string {
  const home = variables.HOME ?? '';
  return home !== '' ? home : homedir();
}

/** The name of the caller; `null` for one without an entry in the user database. */
export function userName(): string | null {
  try {
    return userInfo().username;
  } catch {
    return null;
  }
}

/** CARGO_HOME; a relative one counts from the current directory, as in cargo. */
export function cargoHome(variables: Variables, directory: string): string {
  return toolHome(variables, 'CARGO_HOME', '.cargo', directory);
}

export function rustupHome(variables: Variables, directory: string): string {
  return toolHome(variables, 'RUSTUP_HOME', '.rustup', directory);
}

function toolHome(variables: Variables, name: string, fallback: string, directory: string): string {
  const value = variables[name] ?? '';
  if (value === '') return join(homeDirectory(variables), fallback);
  return isAbsolute(value) ? value : resolve(directory, value);
}

function hardOpenFiles(): number {
  const line = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
  const value = Number(line?.[1]);
  return Number.isFinite(value) ? value : Number.MAX_SAFE_INTEGER;
}

/** The machine's memory, or less where a control group holds this process to less. */
function memoryBytes(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 && constrained < totalmem() ? constrained : totalmem();
}

function definedOf(variables: Variables): Readonly<Record<string, string>> {
  const copy: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(variables)) if (value !== undefined) copy[name] = value;
  return copy;
}
