import { join } from 'node:path';
import { type Result, success } from '../base/result.ts';
import { debianSuites } from '../config/debian-suites.ts';
import { deleteTree } from '../customs/delete-tree.ts';
import { projectKey } from '../host/project-key.ts';
import type { OwnCommand } from '../invocation/invocation.ts';
import { readPins } from '../lock/read-pins.ts';
import { printable } from '../problem/problem.ts';
import type { Answer } from './answer.ts';
import { table } from './answer.ts';
import { defaultPinsFile } from './environments/debian.ts';
import { type KeptImage, keptImages, removeImages } from './environments/kept-images.ts';
import { learningMemory } from './learning/learning-memory.ts';
import { gather } from './pipeline/gather.ts';
import { type Kept, listKept } from './pipeline/kept.ts';
import type { Session } from './session.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** What was not used for so long is taken for no longer needed; it comes back by itself when it is. */
const unusedMs = 30 * dayMs;

export function ls(session: Session): Result<Answer> {
  const kept = listKept(session.locations);
  const rows = kept.map(({ kind, name, project, usedMs }) => [
    kind,
    printable(name),
    dayOf(usedMs),
    project === null ? '' : `${printable(project.path)}${project.exists ? '' : ' (gone)'}`,
  ]);
  const images = keptImages(session.locations);
  const imageRows = images.map(({ id, usedMs }) => ['image', shortId(id), dayOf(usedMs), 'in the Docker engine']);
  const data = { cache: session.locations.cache, kept, images };
  return success({ status: 0, text: table([...rows, ...imageRows]), data });
}

function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

/** As docker shows it. */
function shortId(id: string): string {
  return id.slice('sha256:'.length, 'sha256:'.length + 12);
}

/**
 * Deletes targets of projects that are gone, and what was not used for a month; with `--all` the whole cache, which plain
 * `rm` could not: the folder of the crates cannot be listed, and a hostile build may have left anything in a target.
 */
export async function prune(session: Session, command: OwnCommand): Promise<Result<Answer>> {
  const now = Date.now();
  const kept = listKept(session.locations);
  const images = keptImages(session.locations);
  if (command.options.all === true) return deleteAll(session, kept, images);
  const needed = neededRoots(session);
  const unwanted = kept.filter(({ kind, name, project, usedMs }) => {
    if (kind === 'target') return project?.exists !== true || now - usedMs > unusedMs;
    if (kind === 'root') return !needed.has(name) && now - usedMs > unusedMs;
    return (kind === 'view' || kind === 'devcontainer') && now - usedMs > unusedMs;
  });
  return deleteAll(
    session,
    unwanted,
    images.filter(({ usedMs }) => now - usedMs > unusedMs),
  );
}

/** Deletes what is kept for this project: its targets, and its pins outside of the checkout. */
export async function reset(session: Session): Promise<Result<Answer>> {
  const gathered = await gather(session, { manifestPath: null, project: 'needed' });
  if (!gathered.ok) return gathered;
  const { project } = gathered.value.facts;
  const key = projectKey(project.mountRoot, project.workspace);
  const targets = listKept(session.locations).filter(({ kind, name }) => kind === 'target' && name === key);
  const deleted = await deleteAll(session, targets);
  if (!deleted.ok) return deleted;
  const pins = await deleteTree({ within: session.locations.data, relative: join('projects', key) });
  const record = await deleteTree({ within: session.locations.state, relative: join('exports', `${key}.json`) });
  const learning = await deleteTree({ within: session.locations.state, relative: learningMemory(project) });
  if (!pins.ok) return pins;
  if (!learning.ok) return learning;
  return record.ok ? deleted : record;
}

function neededRoots(session: Session): ReadonlySet<string> {
  const roots = debianSuites.flatMap((suite) => {
    const pins = readPins(defaultPinsFile(session, suite));
    return pins.ok && pins.value?.debian !== undefined ? [pins.value.debian.rootSha256] : [];
  });
  return new Set(roots);
}

async function deleteAll(
  session: Session,
  kept: readonly Kept[],
  images: readonly KeptImage[] = [],
): Promise<Result<Answer>> {
  const deleted: string[] = [];
  for (const { path } of kept) {
    const done = await deleteTree({ within: session.locations.cache, relative: path });
    if (!done.ok) return done;
    deleted.push(path);
  }
  const removed = await removeImages(session, images);
  if (!removed.ok) return removed;
  const lines = [...deleted.map((path) => printable(path)), ...removed.value.map((id) => `the image ${shortId(id)}`)];
  const text = lines.length === 0 ? 'Nothing to delete\n' : lines.map((line) => `Deleted ${line}\n`).join('');
  return success({ status: 0, text, data: { deleted, images: removed.value } });
}
