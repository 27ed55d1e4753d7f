import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { failure, type Result, success } from '../../base/result.ts';
import { isAliveId } from '../../host/owner.ts';
import { type ProgramEnd, runProgram } from '../../host/program.ts';
import type { BoxStreams, Engine, EngineReport, Outcome, ResolvedBox } from '../engine.ts';
import { type HeldDisk, holdDisk } from '../hold-disk.ts';
import { type BoxWatch, type StopReason, watchBox } from '../watch-box.ts';
import { type BwrapSurroundings, bwrapArguments, type RootEntry } from './bwrap-arguments.ts';
import { checkBwrap } from './check-bwrap.ts';
import { type ControlGroup, findControlGroups, makeControlGroup, reapControlGroups } from './control-group.ts';
import { detachStreams } from './detach-streams.ts';
import { type BwrapPrograms, launchCommand } from './launch-command.ts';
import { type NamedPipe, openNamedPipe } from './named-pipe.ts';
import { type Architecture, allocationOf, seccompFilter } from './seccomp-filter.ts';
import { bwrapShellCommand } from './shell-command.ts';

/** bubblewrap: no daemon, no root. Everything it starts dies with it, and it dies with us. */
export function bwrapEngine(programs: BwrapPrograms, scratchFolder: string): Engine {
  return {
    name: 'bwrap',
    check: (): Promise<Result<EngineReport>> => checkBwrap(programs),
    run: (box, streams, signal) => runBox(programs, scratchFolder, box, streams, signal),
    reap: () => reap(scratchFolder),
    shellCommand: (box) => bwrapShellCommand(programs, box, surroundings(box), architecture()),
  };
}

async function runBox(
  programs: BwrapPrograms,
  scratchFolder: string,
  box: ResolvedBox,
  streams: BoxStreams,
  interrupted: AbortSignal,
): Promise<Result<Outcome>> {
  const scratch = join(scratchFolder, box.id);
  mkdirSync(scratch, { recursive: true, mode: 0o700 });
  const watch = watchBox(box.limits, interrupted);
  const held = await holdDisk(box, watch, 'below');
  if (!held.ok || watch.signal.aborted) {
    watch.end();
    return held.ok ? success(watch.signal.reason as StopReason) : held;
  }
  const disk = held.value;
  const group = makeControlGroup(findControlGroups(), box.id, box.limits);
  try {
    const files = boxFiles(scratch);
    const options = bwrapArguments(box, surroundings(box));
    writeFileSync(files.arguments, options.map((option) => `${option}\0`).join(''), { mode: 0o600 });
    writeFileSync(files.status, '');
    writeFileSync(files.filter, seccompFilter(architecture(), allocationOf(box)));
    const command = launchCommand(programs, box, group?.joinFiles ?? []);
    const end =
      box.streams === 'terminal'
        ? await runInTerminal(command, box, files, watch, disk)
        : await runOnPipes(command, box.streams === 'direct' ? programs.mkfifo : null, streams, files, watch, disk);
    await disk.end();
    return ending(files.status, watch.signal, group, end);
  } finally {
    await disk.end();
    watch.end();
    await group?.dissolve();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What bubblewrap gets as descriptors 3, 4 and 5: its options, where it reports, the system call filter. */
interface BoxFiles {
  readonly arguments: string;
  readonly status: string;
  readonly filter: string;
}

function boxFiles(scratch: string): BoxFiles {
  return { arguments: join(scratch, 'arguments'), status: join(scratch, 'status'), filter: join(scratch, 'filter') };
}

async function runOnPipes(
  command: readonly [string, readonly string[]],
  mkfifo: string | null,
  streams: BoxStreams,
  files: BoxFiles,
  watch: BoxWatch,
  disk: HeldDisk,
): Promise<LauncherEnd> {
  const descriptors = [openSync(files.arguments, 'r'), openSync(files.status, 'r+'), openSync(files.filter, 'r')];
  // Values of passed variables may be secret: they stay on no disk when we are killed.
  unlinkSync(files.arguments);
  const detached = detachStreams(streams);
  const pipes: NamedPipe[] = [];
  const release = () => pipes.map((pipe) => pipe.release());
  const output = async (to: 'inherit' | Writable) => {
    if (to === 'inherit') return to;
    const heard = watch.listen(to);
    const pipe = mkfifo === null ? null : await openNamedPipe(mkfifo, heard);
    if (pipe !== null) pipes.push(pipe);
    return pipe?.writeEnd ?? heard;
  };
  try {
    const end = await runProgram(command[0], command[1], {
      // Nothing of the box's environment reaches the launchers: they get it as options of bubblewrap.
      variables: {},
      stdin: detached.streams.stdin,
      stdout: await output(detached.streams.stdout),
      stderr: await output(detached.streams.stderr),
      onStart: (processId) => {
        disk.follow(processId);
        release();
      },
      descriptors,
      closeInherited: true,
      signal: watch.signal,
      workingDirectory: '/',
    });
    release();
    await Promise.all(pipes.map((pipe) => pipe.drained()));
    return end;
  } finally {
    release();
    detached.release();
    for (const descriptor of descriptors) closeSync(descriptor);
  }
}

async function runInTerminal(
  command: readonly [string, readonly string[]],
  box: ResolvedBox,
  files: BoxFiles,
  watch: BoxWatch,
  disk: HeldDisk,
): Promise<LauncherEnd> {
  const { runOnTerminal } = await import('./run-on-terminal.ts');
  const terminalName = box.variables.TERM ?? 'xterm';
  return runOnTerminal(command, terminalName, [files.arguments, files.status, files.filter], watch, disk.follow);
}

/** How the launcher ended: by itself (with a status) or killed. */
type LauncherEnd = Pick<ProgramEnd, 'status' | 'startError'>;

/** What bubblewrap itself reported outside of the box decides: without its word, nothing was a success. */
function ending(
  statusFile: string,
  stopped: AbortSignal,
  group: ControlGroup | null,
  end: LauncherEnd,
): Result<Outcome> {
  if (stopped.aborted) return success(stopped.reason as StopReason);
  const hit = group?.hit() ?? null;
  const reported = readFileSync(statusFile, 'utf8');
  const status = /"exit-code":\s*(\d+)/.exec(reported)?.[1];
  if (hit !== null && status !== '0') return success({ kind: 'limit', limit: hit.limit, value: hit.value });
  if (status !== undefined) return success({ kind: 'finished', status: Number(status) });
  if (end.status === null && end.startError === null) return success({ kind: 'lost', why: 'bubblewrap was killed' });
  return failure({
    code: 'engine-failed',
    what: 'bubblewrap could not make the box',
    ...(end.startError === null ? {} : { why: end.startError }),
    fix: 'Run `cargo-boxed doctor`: it says what this machine lacks.',
  });
}

async function reap(scratchFolder: string): Promise<readonly string[]> {
  await reapControlGroups(findControlGroups(), isAliveId);
  if (!existsSync(scratchFolder)) return [];
  const dead = readdirSync(scratchFolder).filter((id) => !isAliveId(id));
  for (const id of dead) rmSync(join(scratchFolder, id), { recursive: true, force: true });
  return dead;
}

function architecture(): Architecture {
  return process.arch === 'arm64' ? 'aarch64' : 'x86_64';
}

const maskedFiles = [
  'kcore',
  'kmsg',
  'keys',
  'key-users',
  'sysrq-trigger',
  'timer_list',
  'mtrr',
  'sys/kernel/random/boot_id',
];
const maskedFolders = ['acpi', 'asound', 'scsi', 'bus', 'irq', 'fs', 'driver'];

function surroundings(box: ResolvedBox): BwrapSurroundings {
  const there = (names: readonly string[]) => names.map((name) => `/proc/${name}`).filter((path) => existsSync(path));
  return { maskedFiles: there(maskedFiles), maskedFolders: there(maskedFolders), ...rootEntries(box) };
}

function rootEntries({ root }: ResolvedBox): Pick<BwrapSurroundings, 'rootEntries'> {
  // Without the root there is no box either: bubblewrap says so.
  if (root.kind !== 'directory' || !existsSync(root.path)) return {};
  const rootEntries = readdirSync(root.path, { withFileTypes: true }).flatMap((entry): RootEntry[] => {
    const { name } = entry;
    if (entry.isSymbolicLink()) return [{ kind: 'link', name, to: readlinkSync(join(root.path, name)) }];
    return entry.isDirectory() ? [{ kind: 'folder', name }] : [];
  });
  return { rootEntries };
}
