import { posix } from 'node:path';
import { matchesName, type NamePattern, parseNamePattern } from './match-name.ts';

/** What was said to be shown, made ready. Paths are relative to the mount root. */
export interface ShowPatterns {
  matches(path: string): boolean;
  /** Whether something below a folder can match. */
  matchesBelow(folder: string): boolean;
}

/** `null` stands for `**`: any number of folders, also none. */
type Step = NamePattern | null;

/**
 * Reads patterns as `show` has them: paths from the workspace's root, where `*`, `?` and `[…]` match within a name and
 * `**` any folders. One that climbs out of the mount root matches nothing.
 */
export function showPatterns(patterns: readonly string[], workspace: string): ShowPatterns {
  const all = patterns.flatMap((pattern) => {
    const path = posix.join(workspace === '' ? '.' : workspace, pattern);
    if (path === '..' || path.startsWith('../') || path.startsWith('/')) return [];
    const steps: Step[] = [];
    for (const part of path.split('/').filter((word) => word !== '' && word !== '.')) {
      const step = part === '**' ? null : parseNamePattern(part);
      if (step === null && part !== '**') return [];
      steps.push(step);
    }
    return [steps];
  });
  return {
    matches: (path) => all.some((steps) => matchesFrom(steps, path.split('/'), 'whole')),
    matchesBelow: (folder) => all.some((steps) => matchesFrom(steps, folder === '' ? [] : folder.split('/'), 'below')),
  };
}

/** Which steps can be reached after each name: as many states as steps, so that no pattern is slow. */
function matchesFrom(steps: readonly Step[], names: readonly string[], wanted: 'whole' | 'below'): boolean {
  let states = withSkips(new Set([0]), steps);
  for (const name of names) {
    const next = new Set<number>();
    for (const at of states) {
      const step = steps[at];
      if (step === null) next.add(at);
      else if (step !== undefined && matchesName(step, name)) next.add(at + 1);
    }
    if (next.size === 0) return false;
    states = withSkips(next, steps);
  }
  return wanted === 'whole' ? states.has(steps.length) : [...states].some((at) => at < steps.length);
}

function withSkips(states: ReadonlySet<number>, steps: readonly Step[]): Set<number> {
  const all = new Set(states);
  for (const at of all) if (steps[at] === null) all.add(at + 1);
  return all;
}
