import { inside } from '../plan/box-plan.ts';
import { readMount } from './mount-text.ts';
import { entryOf, type JsoncDocument } from './read-jsonc.ts';
import type { DevcontainerMode } from './wanted.ts';

/** The mode that a file was written for; `null`: it mounts no project as we do. */
export function modeOf({ root }: Pick<JsoncDocument, 'root'>): DevcontainerMode | null {
  const entry = entryOf(root, 'workspaceMount');
  const mount = entry === undefined ? null : readMount(entry.value);
  if (mount?.target !== inside.project) return null;
  return mount.isReadOnly ? 'strict' : 'editor';
}
