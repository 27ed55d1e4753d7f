import { createHash } from 'node:crypto';
import names from '../../images/secrets.json' with { type: 'json' };
import { matchesName, type NamePattern, parseNamePattern } from './match-name.ts';

/** A set of patterns made ready: most are a whole name or `*` with an ending, and cost one look-up. */
interface NameSet {
  readonly whole: ReadonlySet<string>;
  readonly endings: ReadonlySet<string>;
  readonly globs: readonly NamePattern[];
}

const files = nameSet(Object.values(names.files).flat());
const folders = nameSet(names.folders);
const shownInRepository = nameSet(names.repository.shown);
const publicEndings: readonly string[] = names.public.endings;
const publicNames: ReadonlySet<string> = new Set(names.public.names);

/** Changes with the lists, so that what was remembered by older lists is not used. */
export const secretNamesVersion = createHash('sha256').update(JSON.stringify(names)).digest('hex').slice(0, 16);

/** Whether a file is called like one that holds secrets. Upper and lower case count as equal. */
export function isSecretFile(folder: string, name: string): boolean {
  const plain = name.toLowerCase();
  if (publicNames.has(plain) || publicEndings.some((ending) => plain.endsWith(ending))) return false;
  return isIn(files, plain) || files.whole.has(`${folder.toLowerCase()}/${plain}`);
}

/** Whether all in a folder of this name is secret. */
export function isSecretFolder(folder: string, name: string): boolean {
  const plain = name.toLowerCase();
  return isIn(folders, plain) || folders.whole.has(`${folder.toLowerCase()}/${plain}`);
}

/** Whether git needs an entry of this name in its folder; tools keep keys and tokens beside them. */
export function isShownInRepository(name: string): boolean {
  return isIn(shownInRepository, name.toLowerCase());
}

function nameSet(patterns: readonly string[]): NameSet {
  const isEnding = (pattern: string) => /^\*[._-][^*?[]*$/.test(pattern);
  const isGlob = (pattern: string) => /[*?[]/.test(pattern) && !isEnding(pattern);
  return {
    whole: new Set(patterns.filter((pattern) => !isEnding(pattern) && !isGlob(pattern))),
    endings: new Set(patterns.filter(isEnding).map((pattern) => pattern.slice(1))),
    globs: patterns.filter(isGlob).map(parsed),
  };
}

function parsed(pattern: string): NamePattern {
  const made = parseNamePattern(pattern);
  if (made === null) throw new Error(`images/secrets.json: ${pattern} is no pattern`);
  return made;
}

function isIn(set: NameSet, name: string): boolean {
  if (set.whole.has(name)) return true;
  for (let at = 0; at < name.length; at += 1) {
    const character = name[at];
    if ((character === '.' || character === '_' || character === '-') && set.endings.has(name.slice(at))) return true;
  }
  return set.globs.some((pattern) => matchesName(pattern, name));
}
