import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';

/** Names a project among all that is kept for it: readable, and unique by its path. */
export function projectKey(mountRoot: string, workspace: string): string {
  const root = join(mountRoot, workspace);
  const name = basename(root)
    .replace(/[^A-Za-z0-9_-]/g, '_')
    .slice(0, 32);
  return `${name}-${sha256(root).slice(0, 16)}`;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
