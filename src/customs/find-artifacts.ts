import { type BigIntStats, lstatSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import {
  type ArtifactArea,
  exportLimits,
  isDocumentation,
  isExample,
  isHidden,
  isPackage,
  isProgram,
  isTimingPage,
  mayHoldPrograms,
} from './artifact-table.ts';
import { kindOf, plainName, shownName } from './describe-file.ts';
import { at, closeFolder, errorCode, type Folder, listNames, openFolder } from './folder.ts';
import type { Refusals } from './refusals.ts';

/** The wanted files of one folder. The folder is open only until the next one is asked for. */
export interface FoundFolder {
  readonly folder: Folder;
  /** Below the target, names in order. */
  readonly names: readonly string[];
  readonly area: ArtifactArea;
  readonly files: readonly FoundFile[];
}
export interface FoundFile {
  readonly name: string;
  readonly stat: BigIntStats;
}

interface Rule {
  readonly area: ArtifactArea;
  readonly wanted: (name: string) => boolean;
  /** The rule for a folder inside, `null` to stay out. */
  readonly inside: (name: string) => Rule | null;
}

const stayOut = () => null;
const packages: Rule = { area: 'packages', wanted: isPackage, inside: stayOut };
const timings: Rule = { area: 'timings', wanted: isTimingPage, inside: stayOut };
const examples: Rule = { area: 'programs', wanted: isExample, inside: stayOut };
const documentation: Rule = {
  area: 'documentation',
  wanted: isDocumentation,
  inside: (name) => (isHidden(name) ? null : documentation),
};
const profile: Rule = {
  area: 'programs',
  wanted: isProgram,
  inside: (name) => (name === 'examples' ? examples : null),
};
/** Right below the target stands a profile or a target triple: both are looked at in the same way. */
const profileOrTriple: Rule = {
  area: 'programs',
  wanted: isProgram,
  inside: (name) => {
    if (name === 'examples') return examples;
    if (name === 'doc') return documentation;
    return mayHoldPrograms(name) ? profile : null;
  },
};
const target: Rule = {
  area: 'programs',
  wanted: () => false,
  inside: (name) => {
    if (name === 'doc') return documentation;
    if (name === 'package') return packages;
    if (name === 'cargo-timings') return timings;
    return mayHoldPrograms(name) ? profileOrTriple : null;
  },
};

interface Walk {
  readonly areas: ReadonlySet<ArtifactArea>;
  readonly refusals: Refusals;
  namesLeft: number;
  foldersLeft: number;
}

/**
 * Walks a hostile target directory, opening every folder without following a link, and gives the wanted regular files
 * folder by folder, sorted. What has a wanted name and is no plain file is told to `refusals`.
 */
export function findArtifacts(
  root: Folder,
  areas: ReadonlySet<ArtifactArea>,
  refusals: Refusals,
): AsyncGenerator<FoundFolder> {
  const walk = { areas, refusals, namesLeft: exportLimits.names, foldersLeft: exportLimits.folders };
  return walkFolder(walk, root, [], target);
}

async function* walkFolder(
  walk: Walk,
  folder: Folder,
  names: readonly string[],
  rule: Rule,
): AsyncGenerator<FoundFolder> {
  await setImmediate();
  const { files, folders } = look(walk, folder, names, rule);
  if (files.length > 0) yield { folder, names, area: rule.area, files };
  for (const name of folders) {
    const next = rule.inside(name) as Rule;
    const place = [...names, name];
    const opened = open(walk, folder, place);
    if (opened === null) continue;
    try {
      yield* walkFolder(walk, opened, place, next);
    } finally {
      closeFolder(opened);
    }
  }
}

function look(walk: Walk, folder: Folder, names: readonly string[], rule: Rule) {
  const files: FoundFile[] = [];
  const folders: string[] = [];
  for (const bytes of list(walk, folder, names)) {
    const name = plainName(bytes);
    const wanted = wantedAs(walk, rule, name ?? shownName(bytes));
    if (!wanted.file && !wanted.folder) continue;
    if (name === null) {
      walk.refusals.add([...names, shownName(bytes)], 'its name is not plain text');
      continue;
    }
    const stat = lstatSync(at(folder, name), { bigint: true, throwIfNoEntry: false });
    if (stat === undefined) continue;
    if (!stat.isDirectory() && !stat.isFile()) walk.refusals.add([...names, name], `it is ${kindOf(stat)}`);
    if (stat.isDirectory() && wanted.folder) folders.push(name);
    if (stat.isFile() && wanted.file) files.push({ name, stat });
  }
  return { files: files.sort(byName), folders: folders.sort() };
}

/** What an entry of this name would be taken as. */
function wantedAs(walk: Walk, rule: Rule, name: string) {
  const inside = rule.inside(name);
  return {
    file: walk.areas.has(rule.area) && rule.wanted(name),
    folder: inside !== null && isLookedInto(walk, inside),
  };
}

function byName(left: FoundFile, right: FoundFile): number {
  return left.name < right.name ? -1 : 1;
}

/** A triple can hold documentation as well as programs. */
function isLookedInto(walk: Walk, rule: Rule): boolean {
  return walk.areas.has(rule.area) || (rule === profileOrTriple && walk.areas.has('documentation'));
}

function list(walk: Walk, folder: Folder, names: readonly string[]): Buffer[] {
  try {
    const found = listNames(folder, walk.namesLeft + 1);
    if (found.length > walk.namesLeft) walk.refusals.addBudget(names, 'there are too many files');
    walk.namesLeft -= Math.min(found.length, walk.namesLeft);
    return found;
  } catch (error) {
    walk.refusals.add(names, `it cannot be read (${errorCode(error)})`);
    return [];
  }
}

function open(walk: Walk, folder: Folder, place: readonly string[]): Folder | null {
  if (place.length > exportLimits.documentationDepth) {
    walk.refusals.addBudget(place, 'it lies too deep');
    return null;
  }
  walk.foldersLeft -= 1;
  if (walk.foldersLeft < 0) {
    if (walk.foldersLeft === -1) walk.refusals.addBudget(place, 'there are too many folders');
    return null;
  }
  try {
    return openFolder(folder, place[place.length - 1] as string);
  } catch (error) {
    walk.refusals.add(place, `it cannot be opened (${errorCode(error)})`);
    return null;
  }
}
