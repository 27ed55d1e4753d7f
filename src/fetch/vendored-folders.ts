import { lstatSync } from 'node:fs';
import { join, posix } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import type { ProjectFacts } from '../facts/facts.ts';
import { type Problem, printable } from '../problem/problem.ts';
import { isTable, stringAt, tableAt } from '../toml/read-table.ts';
import { configFolder } from './skeleton-files.ts';

/**
 * Folders with vendored crates that the project's configuration names, relative to its mounted folder: cargo has to see
 * them to resolve. One outside of the project is refused, and so is one behind a link.
 */
export function vendoredFolders(project: ProjectFacts): Result<readonly string[]> {
  const found = new Set<string>();
  const problems: Problem[] = [];
  for (const table of Object.values(tableAt(project.cargoConfig.project, 'source'))) {
    for (const kind of ['directory', 'local-registry']) {
      const written = isTable(table) ? stringAt(table, kind) : null;
      if (written === null) continue;
      const path = vendoredPath(project, written);
      if (path === null) problems.push(outside(project, written));
      else if (isPlainFolder(project.mountRoot, path)) found.add(path);
    }
  }
  return problems.length > 0 ? failure(...problems) : success([...found].sort());
}

/** Where a path of the configuration leads, below the mounted folder; `null` when it leaves it. */
export function vendoredPath(project: ProjectFacts, written: string): string | null {
  const absolute = posix.resolve(project.mountRoot, configFolder(project), written);
  const relative = posix.relative(project.mountRoot, absolute);
  return relative === '' || relative.startsWith('..') || posix.isAbsolute(relative) ? null : relative;
}

/** A folder that is not there yet is cargo's to complain about; a link is never followed. */
function isPlainFolder(mountRoot: string, path: string): boolean {
  let folder = mountRoot;
  for (const part of path.split('/')) {
    folder = join(folder, part);
    if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return false;
  }
  return true;
}

function outside(project: ProjectFacts, written: string): Problem {
  return {
    code: 'refused',
    what: `vendored crates at ${printable(written, 120)} lie outside of the project`,
    where: { file: project.cargoConfig.files[0] ?? '.cargo/config.toml' },
    why: 'only the project itself is visible in a box',
    fix: 'Vendor them into the project.',
  };
}
