import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { failure, type Result, success } from '../../base/result.ts';
import { signalProcess } from '../../disk/box-processes.ts';
import { freeBytes } from '../../host/free-bytes.ts';
import { isAliveId } from '../../host/owner.ts';
import { fullDisk } from '../../problem/full-disk.ts';
import { type Problem, printable } from '../../problem/problem.ts';
import type { BoxStreams, Engine, EngineReport, Outcome, ResolvedBox } from '../engine.ts';
import { holdDisk } from '../hold-disk.ts';
import { type StopReason, watchBox } from '../watch-box.ts';
import { type BwrapSurroundings, bwrapArguments, type RootEntry } from './bwrap-arguments.ts';
import { checkBwrap } from './check-bwrap.ts';
import { type ControlGroup, findControlGroups, makeControlGroup, reapControlGroups } from './control-group.ts';
import { boxFiles, type Launch, type LauncherEnd, launchInTerminal, launchOnPipes } from './launch-box.ts';
import { type BwrapPrograms, launchCommand } from './launch-command.ts';
import { linkedMountPoint } from './linked-mount-point.ts';
import { type Architecture, allocationOf, seccompFilter } from './seccomp-filter.ts';
import { bwrapShellCommand } from './shell-command.ts';

/**
 * bubblewrap: no daemon, no root. Everything it starts dies with it, and it dies with us. `state` is a folder of ours for
 * what a box needs while it runs.
 */
export function bwrapEngine(programs: BwrapPrograms, state: string): Engine {
  return {
    name: 'bwrap',
    check: (): Promise<Result<EngineReport>> => checkBwrap(programs),
    run: (box, streams, signal) => runBox(programs, state, box, streams, signal),
    reap: () => reap(join(state, boxesFolder)),
    shellCommand: (box) => bwrapShellCommand(programs, box, surroundings(box), architecture()),
  };
}

const boxesFolder = 'boxes';

async function runBox(
  programs: BwrapPrograms,
  state: string,
  box: ResolvedBox,
  streams: BoxStreams,
  interrupted: AbortSignal,
): Promise<Result<Outcome>> {
  const linked = box.root.kind === 'directory' ? linkedMountPoint(box.root.path, targetsOf(box)) : null;
  if (linked !== null) return failure(linkInRoot(linked));
  const scratch = join(state, boxesFolder, box.id);
  mkdirSync(scratch, { recursive: true, mode: 0o700 });
  const watch = watchBox(box.limits, interrupted);
  const held = await holdDisk(box, watch, 'below');
  if (!held.ok || watch.signal.aborted) {
    watch.end();
    rmSync(scratch, { recursive: true, force: true });
    return held.ok ? success(watch.signal.reason as StopReason) : held;
  }
  const disk = held.value;
  const group = makeControlGroup(findControlGroups(), join(scratch, groupsNote), box.limits);
  try {
    const files = boxFiles(scratch);
    const options = bwrapArguments(box, surroundings(box));
    writeFileSync(files.arguments, options.map((option) => `${option}\0`).join(''), { mode: 0o600 });
    writeFileSync(files.status, '');
    writeFileSync(files.filter, seccompFilter(architecture(), allocationOf(box)));
    const command = launchCommand(programs, box, group !== null);
    const launch: Launch = { command, mkfifo: programs.mkfifo, state, files, group, watch, disk };
    const end =
      box.streams === 'terminal'
        ? await launchInTerminal(launch, box.variables.TERM ?? 'xterm')
        : await launchOnPipes(launch, box.streams, streams);
    await disk.end();
    return ending(files.status, watch.signal, group, end);
  } finally {
    await disk.end();
    watch.end();
    await group?.dissolve();
    rmSync(scratch, { recursive: true, force: true });
  }
}

const targetsOf = ({ mounts }: ResolvedBox) => mounts.map(({ target }) => target);

function linkInRoot(place: string): Problem {
  return {
    code: 'not-enforceable',
    what: `${printable(place)} of the root is a symbolic link, and something is to be mounted there`,
    why: 'by such a link a mount point would be made among the files of this machine',
    fix: 'Look at which packages the lock names, or take the mount out: no root of Debian has such a link.',
  };
}

/** What the files of one box take, many times over. */
const roomBytes = 64 * 1024;

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
  const what = 'bubblewrap could not make the box';
  // It reports into files of ours.
  if ((freeBytes(dirname(statusFile)) ?? roomBytes) < roomBytes) return failure({ what, ...fullDisk });
  return failure({
    code: 'engine-failed',
    what,
    ...(end.startError === null ? {} : { why: end.startError }),
    fix: 'Run `cargo-boxed doctor`: it says what this machine lacks.',
  });
}

/** In the folder of a box: where its control groups are. */
const groupsNote = 'groups';

async function reap(scratchFolder: string): Promise<readonly string[]> {
  if (!existsSync(scratchFolder)) return [];
  const dead = readdirSync(scratchFolder).filter((id) => !isAliveId(id));
  if (dead.length > 0) killWaiting(dead.map((id) => `${join(scratchFolder, id)}/`));
  for (const id of dead) {
    await reapControlGroups(join(scratchFolder, id, groupsNote));
    rmSync(join(scratchFolder, id), { recursive: true, force: true });
  }
  return dead;
}

/** What a bubblewrap left that was killed together with us while it made a box: it still holds files of the box open. */
function killWaiting(scratches: readonly string[]): void {
  const isOfBox = (path: string) => scratches.some((scratch) => path.startsWith(scratch));
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    if (openFiles(`/proc/${name}/fd`).some(isOfBox)) signalProcess(Number(name), 'SIGKILL');
  }
}

function openFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder).map((descriptor) => readlinkSync(join(folder, descriptor)));
  } catch {
    // Of another user, or ended meanwhile.
    return [];
  }
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
