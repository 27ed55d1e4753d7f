import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { canonicalJson } from '../../base/canonical-json.ts';
import { failure, type Result, success } from '../../base/result.ts';
import type { PreparedRoot } from '../../engine/engine.ts';
import { cacheFolders } from '../../host/locations.ts';
import { moveIntoPlace } from '../../host/move-into-place.ts';
import { packageFolder } from '../../host/package-folder.ts';
import { sha256 } from '../../host/project-key.ts';
import { type BoxStep, inside } from '../../plan/box-plan.ts';
import { variationsList } from '../../plan/plan-preload.ts';
import { preloadedOf, preloadedVariations, varied } from '../../plan/variations.ts';
import { notKept } from '../../problem/full-disk.ts';
import type { Session } from '../session.ts';
import { makeInBox } from './make-in-box.ts';
import type { Planned } from './make-plan.ts';
import { ensurePreloadPoint } from './prepare-walls.ts';
import { baseOf } from './walls-folder.ts';

const sources = ['clock.c', 'cpus.c', 'file-order.c', 'make.sh'] as const;

/**
 * The folder with the libraries that a trial loads into every program, and lists for the loader; made once for each root.
 * `null` when the plan's trial needs none.
 */
export async function prepareVariations(
  session: Session,
  planned: Planned,
  { variables }: BoxStep,
  root: PreparedRoot,
): Promise<Result<string | null>> {
  if (preloadedOf(planned.request.trial).length === 0) return success(null);
  const from = packageFolder('images/varied-box', 'clock.c');
  const shift = String(varied.clockShiftSeconds);
  const key = canonicalJson({
    sources: sources.map((name) => readFileSync(join(from, name), 'utf8')),
    root: baseOf(planned.plan.environment),
    shift,
  });
  const folder = join(session.locations.cache, cacheFolders.variations, sha256(key));
  const unfinished = join(dirname(folder), `.new-${session.runWord}`);
  try {
    ensurePreloadPoint(root);
    if (existsSync(folder)) return success(folder);
    session.reporter.step('Making what shows a box another time: once for this root');
    mkdirSync(unfinished, { recursive: true, mode: 0o755 });
    const made = await makeInBox(session, planned, root, { sources: from, to: unfinished, variables, words: [shift] });
    if (!made.ok) return made;
    if (made.value !== null) {
      return failure({
        code: 'not-enforceable',
        what: 'what shows a box another time, order and number of processors cannot be made in this environment',
        why: made.value,
        fix: 'An image needs a C compiler for it: cc, gcc or clang.',
      });
    }
    for (const name of preloadedVariations) chmodSync(join(unfinished, `${name}.so`), 0o555);
    for (const [name, text] of allLists()) writeFileSync(join(unfinished, name), text, { mode: 0o444 });
    moveIntoPlace(unfinished, folder);
    return success(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return failure(
      notKept(
        `what a box is varied with cannot be kept in ${dirname(folder)}`,
        error,
        'Make the cache folder writable, or set CARGO_BOXED_HOME to another one.',
      ),
    );
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** One for each choice of libraries, with and without that of the walls. */
function allLists(): readonly (readonly [string, string])[] {
  const choices = Array.from({ length: 2 ** preloadedVariations.length }, (_, number) =>
    preloadedVariations.filter((_name, bit) => (number >> bit) % 2 === 1),
  );
  return choices.flatMap((choice) =>
    [true, false].map((hasWalls) => {
      const walls = hasWalls ? [`${inside.wall}/preload.so`] : [];
      const libraries = [...walls, ...choice.map((name) => `${inside.variations}/${name}.so`)];
      return [variationsList(hasWalls, choice), libraries.map((path) => `${path}\n`).join('')] as const;
    }),
  );
}
