import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const noteName = 'project.json';

/** Says which project a folder of targets belongs to, for `ls` and `prune`. Lies beside the targets: no box sees it. */
export function writeTargetNote(folder: string, project: string): void {
  const file = join(folder, noteName);
  if (!existsSync(file)) writeFileSync(file, JSON.stringify({ project }), { mode: 0o600 });
}

export function readTargetNote(folder: string): string | null {
  try {
    const { project } = JSON.parse(readFileSync(join(folder, noteName), 'utf8'));
    return typeof project === 'string' ? project : null;
  } catch {
    return null;
  }
}
