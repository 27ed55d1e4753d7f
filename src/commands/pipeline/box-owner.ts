import { chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ResolvedBox } from '../../engine/engine.ts';
import { isClosed } from '../../facts/list-folder.ts';
import { printable } from '../../problem/problem.ts';
import type { Session } from '../session.ts';
import type { Planned } from './make-plan.ts';

/** Ids of this machine. */
export interface BoxOwner {
  readonly uid: number;
  readonly gid: number;
}

/** Who the processes of a box are on this machine. */
export type BoxIdentity =
  | { readonly kind: 'caller'; readonly owner: BoxOwner; readonly why: string | null }
  /** A user who owns nothing here and is nobody's: the target is his for good, in a folder that only the caller enters. */
  | { readonly kind: 'stranger'; readonly owner: BoxOwner };

/** Neither Debian nor systemd gives this number to anybody: a user of this machine must not own what is in a box. */
const stranger: BoxOwner = { uid: 65_533, gid: 65_533 };

/**
 * Where the ids inside are those of this machine, a box of root's would be root without rights: it is run as a stranger
 * instead. Not if that one could not read what the box is for, or use what was opened in its wall: then it is said.
 */
export function boxIdentity({ host }: Session, planned: Planned): BoxIdentity {
  const owner = { uid: host.uid, gid: host.gid };
  if (host.uid !== 0 || planned.chosen.report.ids !== 'host') return { kind: 'caller', owner, why: null };
  const why = whyNotStranger(planned);
  return why === null ? { kind: 'stranger', owner: stranger } : { kind: 'caller', owner, why };
}

/** The same, and says so where a box is root. */
export function saidIdentity(session: Session, planned: Planned): BoxIdentity {
  const user = boxIdentity(session, planned);
  if (user.kind === 'caller' && user.why !== null) {
    session.reporter.note(`The box runs as root, without rights: ${user.why}`);
  }
  return user;
}

function whyNotStranger({ facts, plan }: Planned): string | null {
  const binds = plan.box?.mounts.filter((mount) => mount.kind === 'bind') ?? [];
  const opened = binds.find(({ source }) => openings.has(source.anchor))?.target ?? plan.box?.devices[0];
  if (opened !== undefined) return `${printable(opened)} was opened for you alone`;
  if ((process.umask() & 0o005) !== 0) return 'your umask keeps what you make from others';
  // A copy belongs to the box's user, whatever the project's own rights are.
  const hasProject = binds.some(({ source }) => source.anchor === 'project' && source.path === '');
  const closed = hasProject ? facts.secrets.closed : null;
  if (closed) return `${printable(closed)} may not be read by others (\`chmod -R o+rX\`, or \`project-files: copy\`)`;
  const tool =
    plan.toolchain.kind === 'host' && facts.toolchain !== null ? closedToolchain(facts.toolchain.path) : null;
  return tool === null ? null : `${printable(tool)} may not be read by others`;
}

const openings: ReadonlySet<string> = new Set(['home', 'filesystem', 'beside', 'doors']);

function closedToolchain(path: string): string | null {
  const parts = ['', 'bin', 'bin/cargo', 'bin/rustc'].map((part) => join(path, part));
  return parts.find((part) => isClosed(statSync(part, { throwIfNoEntry: false })?.mode ?? 0o755, true)) ?? null;
}

/** The folder belongs to the box's user from now on. */
export function handToBox(folder: string, { kind, owner }: BoxIdentity): void {
  if (kind === 'stranger') chownSync(folder, owner.uid, owner.gid);
}

/**
 * The box as this user: git and its library read only repositories of their own user, or that a configuration of the
 * system names. The box's one names all, as nothing in it can be changed.
 */
export function asIdentity(session: Session, box: ResolvedBox, { kind, owner }: BoxIdentity): ResolvedBox {
  if (kind === 'caller') return { ...box, ...owner };
  const source = join(session.locations.state, 'gitconfig');
  if (!holds(source, allRepositories)) {
    mkdirSync(session.locations.state, { recursive: true, mode: 0o700 });
    writeFileSync(source, allRepositories, { mode: 0o644 });
  }
  const configuration = { kind: 'bind', source, target: '/etc/gitconfig', access: 'read-only' } as const;
  return { ...box, ...owner, mounts: [...box.mounts, configuration] };
}

const allRepositories = '[safe]\n\tdirectory = *\n';

function holds(file: string, text: string): boolean {
  try {
    return readFileSync(file, 'utf8') === text;
  } catch {
    return false;
  }
}
