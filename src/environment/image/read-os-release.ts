import type { ImageSystem } from '../../lock/pins.ts';

/**
 * The system and its release from the text of an os-release (freedesktop.org: lines `NAME=value`, the value perhaps in
 * quotes); `null` when it does not say which system it is. The release is the code name where there is one.
 */
export function readOsRelease(text: string): ImageSystem | null {
  const id = fieldOf(text, 'ID');
  if (id === '') return null;
  return { id, release: fieldOf(text, 'VERSION_CODENAME') || fieldOf(text, 'VERSION_ID') };
}

/** Only plain words: whatever else stands there is no name of a system. */
function fieldOf(text: string, name: string): string {
  return new RegExp(`^${name}=(["']?)([A-Za-z0-9][A-Za-z0-9._-]{0,60})\\1$`, 'm').exec(text)?.[2] ?? '';
}
