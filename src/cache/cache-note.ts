import { canonicalJson } from '../base/canonical-json.ts';
import { jsonAt, jsonText, parseJson } from '../base/json-value.ts';

/** The first entry of an archive: what it is of. */
export interface CacheNote {
  /** Of the environment: it names the target. `null`: there is no target in it. */
  readonly identity: string | null;
}

export const noteName = 'cargo-boxed-cache.json';
export const mostNoteBytes = 4096;
/** Raised when an archive of before cannot be read any more. */
const noteVersion = 1;

export function writeCacheNote({ identity }: CacheNote): string {
  return canonicalJson({ version: noteVersion, identity });
}

/** `null`: of another release, or no note. */
export function readCacheNote(text: string): CacheNote | null {
  const value = parseJson(text);
  if (jsonAt(value, 'version') !== noteVersion) return null;
  return { identity: jsonText(value, 'identity') };
}
