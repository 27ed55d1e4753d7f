import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { failure, type Result, success } from '../../base/result.ts';
import type { PreparedRoot } from '../../engine/engine.ts';
import { moveIntoPlace } from '../../host/move-into-place.ts';
import { type BoxStep, inside } from '../../plan/box-plan.ts';
import { wallRules } from '../../plan/plan-build-script-walls.ts';
import { preloadList } from '../../plan/plan-preload.ts';
import { notKept } from '../../problem/full-disk.ts';
import type { Problem } from '../../problem/problem.ts';
import type { Session } from '../session.ts';
import { makeInBox } from './make-in-box.ts';
import type { Planned } from './make-plan.ts';
import { wallSources, wallsFolder } from './walls-folder.ts';

/**
 * The folder with what makes the walls of build scripts; made once for each root, by its own compiler, in a box that
 * sees nothing of the project. `null` when the plan has no walls.
 */
export async function prepareWalls(
  session: Session,
  planned: Planned,
  box: BoxStep,
  root: PreparedRoot,
): Promise<Result<string | null>> {
  const folder = wallsFolder(session.locations, planned.plan, box);
  if (folder === null) return success(null);
  try {
    ensurePreloadPoint(root);
    if (!existsSync(folder)) {
      const made = await make(session, planned, box, root, folder);
      if (!made.ok) return made;
    }
    return success(folder);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    return failure(
      notKept(
        `what makes the walls of build scripts cannot be kept in ${dirname(folder)}`,
        error,
        'Make the cache folder writable, or set CARGO_BOXED_HOME to another one.',
      ),
    );
  }
}

/** An engine with images makes its own mount points; in a root that is a folder this one has to be there. */
export function ensurePreloadPoint(root: PreparedRoot): void {
  if (root.kind !== 'directory') return;
  // A link in its place would lead to a folder of this machine; the engine refuses such a root.
  if (lstatSync(join(root.path, dirname(preloadList)), { throwIfNoEntry: false })?.isDirectory() !== true) return;
  const file = join(root.path, preloadList);
  if (lstatSync(file, { throwIfNoEntry: false }) === undefined) writeFileSync(file, '', { mode: 0o644 });
}

async function make(
  session: Session,
  planned: Planned,
  { buildScriptWalls, variables }: BoxStep,
  root: PreparedRoot,
  folder: string,
): Promise<Result<true>> {
  if (buildScriptWalls === null) throw new Error('a plan without walls has nothing to make');
  session.reporter.step('Making the walls of build scripts: once for this root');
  const unfinished = join(dirname(folder), `.new-${session.runWord}`);
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true, mode: 0o755 });
  try {
    const ran = await makeInBox(session, planned, root, {
      sources: wallSources(),
      to: unfinished,
      variables,
      words: [],
    });
    if (!ran.ok) return ran;
    if (ran.value !== null) return failure({ ...cannotBeMade, why: ran.value });
    writeFileSync(join(unfinished, 'rules'), wallRules(buildScriptWalls, variables), { mode: 0o444 });
    writeFileSync(join(unfinished, 'ld.so.preload'), `${inside.wall}/preload.so\n`, { mode: 0o444 });
    const recording = `${inside.wall}/preload.so\n${inside.wall}/record.so\n`;
    writeFileSync(join(unfinished, 'ld.so.preload-recording'), recording, { mode: 0o444 });
    for (const name of ['preload.so', 'record.so', 'enter']) chmodSync(join(unfinished, name), 0o555);
    const libc = readFileSync(join(unfinished, 'libc'), 'utf8').trim();
    if (planned.plan.environment.kind === 'image' && libc !== 'glibc') session.reporter.note(withoutGlibc);
    moveIntoPlace(unfinished, folder);
    return success(true);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

const withoutGlibc =
  'The programs of this image are not those of glibc: its build scripts get no walls of their own (SECURITY.md).';

const cannotBeMade: Problem = {
  code: 'not-enforceable',
  what: 'the walls of build scripts cannot be made in this environment',
  fix: 'An image needs a C compiler for it (cc, gcc or clang); `unwalled-build-scripts: ["*"]` in your configuration does without.',
};
