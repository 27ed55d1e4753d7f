import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ProjectFacts, TomlTable } from '../facts/facts.ts';
import { skeletonFiles } from './skeleton-files.ts';

/**
 * Writes the skeleton of a project into a new folder of ours. No link is ever made in it, and every path was checked to
 * lie below it, so nothing outside can be reached. Files that collide with one another are the manifest's mistake:
 * cargo names it better than we could.
 */
export function makeSkeleton(project: ProjectFacts, config: TomlTable, folder: string): void {
  mkdirSync(join(folder, project.current), { recursive: true });
  mkdirSync(join(folder, project.workspace), { recursive: true });
  const made = new Set<string>();
  for (const { path, text } of skeletonFiles(project, config)) {
    const file = join(folder, path);
    try {
      if (!made.has(dirname(file))) {
        mkdirSync(dirname(file), { recursive: true });
        made.add(dirname(file));
      }
      writeFileSync(file, text, { flag: 'wx' });
    } catch (error) {
      if (!collides(error)) throw error;
    }
  }
}

function collides(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return ['EEXIST', 'EISDIR', 'ENOTDIR', 'ENAMETOOLONG'].includes(code);
}
