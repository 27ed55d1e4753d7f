import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ended, Project, RunOptions } from '../../support/rig.ts';

/** A program that was started outside of every box. */
export interface Started {
  readonly path: string;
  readonly argv: string;
  /** Where its process last went; empty: it stayed where the command line was started. */
  readonly folder: string;
}

/** Runs the command line and notes every program that it, or what it starts, becomes on the host. */
export async function traced(
  made: Project,
  programArguments: readonly string[],
  log: string,
  options: RunOptions = {},
): Promise<{ ended: Ended; started: readonly Started[] }> {
  const calls = 'trace=execve,execveat,clone,clone3,fork,vfork,chdir,fchdir';
  const prefix = ['strace', '-f', '--seccomp-bpf', '-qq', '-s', '4096', '-o', log, '-e', calls];
  const ended = await made.boxed(programArguments, { ...options, prefix });
  return { ended, started: outsideOfBoxes(readFileSync(log, 'latin1')) };
}

/**
 * What bubblewrap forks is in the box. A number that a call returned in there is one of the box's own and says nothing
 * here, so only processes that come from one outside are followed. A child can be seen before the call that made it
 * returns: what it did until then is kept, and looked at when it is known whose child it is.
 */
export function outsideOfBoxes(log: string): readonly Started[] {
  const outside = new Set<string>();
  const launchers = new Set<string>();
  const folders = new Map<string, string>();
  const early = new Map<string, string[]>();
  const started: Started[] = [];
  const take = (process: string, call: string): void => {
    const folder = folders.get(process);
    const child = /^(?:clone|clone3|fork|vfork)\(.*\)\s+= (\d+)$/.exec(call)?.[1];
    if (child !== undefined && !launchers.has(process)) {
      outside.add(child);
      if (folder !== undefined) folders.set(child, folder);
      for (const before of early.get(child) ?? []) take(child, before);
      early.delete(child);
    }
    folders.set(process, /^chdir\("([^"]*)"\)\s+= 0$/.exec(call)?.[1] ?? folder ?? '');
    const program = startedBy(call, folder ?? '');
    if (program !== null) started.push(program);
    if (program?.path.endsWith('/bwrap')) launchers.add(process);
  };
  for (const line of joinResumed(log)) {
    const [, process = '', call = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (outside.size === 0) outside.add(process);
    if (outside.has(process)) take(process, call);
    else if (early.get(process)?.push(call) === undefined) early.set(process, [call]);
  }
  return started;
}

function startedBy(call: string, folder: string): Started | null {
  if (/^execveat\(.*= 0$/.test(call)) return { path: call, argv: '', folder };
  const [, path, argv = ''] = /^execve\("([^"]*)", \[(.*)\], .*\)\s+= 0$/.exec(call) ?? [];
  return path === undefined ? null : { path, argv, folder };
}

/** A call that another process interrupted stands on two lines. */
function joinResumed(log: string): readonly string[] {
  const open = new Map<string, string>();
  return log.split('\n').flatMap((line) => {
    const [, process = '', text = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const begun = /^(.*) <unfinished \.\.\.>$/.exec(text)?.[1];
    if (begun !== undefined) {
      open.set(process, begun);
      // Its child may be seen before it returns.
      return [];
    }
    const rest = /^<\.\.\. \w+ resumed>(.*)$/.exec(text)?.[1];
    if (rest === undefined) return [line];
    return [`${process} ${open.get(process) ?? ''}${rest}`];
  });
}

/** Why a program may not have been started on the host; `null` when it may. */
export function whyForbidden({ path, argv, folder }: Started, project: string): string | null {
  const name = path.split('/').at(-1) ?? '';
  if (!path.startsWith('/')) return `${path} was found by a relative path`;
  if (path.startsWith(`${project}/`)) return `${path} is a file of the project`;
  if (/^(cargo|rustc|rustup|rustdoc|rustfmt|git|gdb|make|cc|gcc|ld)(-.*)?$/.test(name))
    return `${path} is a tool for projects`;
  const isShell = /^(sh|bash|dash|zsh)$/.test(name);
  if (isShell && argv.includes(project)) return `a shell got the project: ${argv}`;
  if (isShell && folder !== '/') return `a shell was started in ${folder || 'the folder of the call'}`;
  return null;
}

export function tracePath(folder: string, name: string): string {
  return join(folder, `trace-${name.replaceAll(/[^a-z]+/g, '-')}`);
}
