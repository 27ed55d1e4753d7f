import { nearest } from '../base/nearest.ts';
import { printable } from '../problem/problem.ts';
import { checkEnv } from './check-env.ts';
import { keyNames, keys } from './definition.ts';
import type { DocumentNode, MapEntry } from './document.ts';
import { addComplaint, addProblem, type Draft, isFull, write } from './draft.ts';
import type { KeyName } from './key.ts';
import { describeNode, readNode } from './read-node.ts';
import { didYouMean } from './read-value.ts';
import type { Source } from './written.ts';

const fileKeys = keyNames.filter((name) => keys[name].writers !== 'nobody');
const sections = [...new Set(fileKeys.filter((name) => name.includes('.')).map((name) => name.split('.')[0] ?? ''))];
const topNames = [...new Set(fileKeys.map((name) => name.split('.')[0] ?? ''))];

/** Reads a configuration document by the definition of the keys. */
export function checkDocument(root: DocumentNode | null, tier: 'user' | 'project'): Source {
  const draft: Draft = { tier, written: new Map(), problems: [] };
  if (root?.kind === 'map') for (const entry of root.entries) checkEntry(draft, entry);
  else if (root !== null && !(root.kind === 'scalar' && root.type === 'nothing')) {
    const why = `this is ${describeNode(root)}, a configuration is a map from keys to values`;
    addProblem(draft, {
      what: 'this is no configuration',
      where: root.place,
      why,
      fix: 'Write it like `engine: bwrap`.',
    });
  }
  return draft;
}

function checkEntry(draft: Draft, entry: MapEntry): void {
  if (entry.key === 'env') checkEnv(draft, entry.value);
  else if (entry.key === 'layers') checkLayers(draft, entry);
  else if (sections.includes(entry.key)) checkSection(draft, entry);
  else if (topNames.includes(entry.key)) checkKey(draft, entry.key as KeyName, entry);
  else unknownKey(draft, entry, '', topNames);
}

/** `[NAME]`, or `{use: [NAME], infer: off}`. */
function checkLayers(draft: Draft, entry: MapEntry): void {
  if (entry.value.kind !== 'map') {
    checkKey(draft, 'layers', entry);
    return;
  }
  for (const inner of entry.value.entries) {
    if (inner.key === 'use') checkKey(draft, 'layers', inner);
    else if (inner.key === 'infer') checkKey(draft, 'layers.infer', inner);
    else unknownKey(draft, inner, 'layers.', ['use', 'infer']);
  }
}

function checkSection(draft: Draft, section: MapEntry): void {
  const prefix = `${section.key}.`;
  const names = fileKeys.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  if (section.value.kind !== 'map') {
    const why = `it takes a map with keys out of ${names.join(', ')}, but this is ${describeNode(section.value)}`;
    addProblem(draft, {
      what: `the value of \`${section.key}\` is wrong`,
      where: section.value.place,
      why,
      ...emptyFix(section),
    });
    return;
  }
  for (const entry of section.value.entries) {
    if (names.includes(entry.key)) checkKey(draft, `${prefix}${entry.key}` as KeyName, entry);
    else unknownKey(draft, entry, prefix, names);
  }
}

function emptyFix({ value }: MapEntry): { readonly fix?: string } {
  const isEmpty = value.kind === 'scalar' && value.type === 'nothing';
  return isEmpty ? { fix: 'Give it a key, or remove the line.' } : {};
}

function checkKey(draft: Draft, name: KeyName, entry: MapEntry): void {
  if (keys[name].writers === 'user' && draft.tier === 'project') {
    addProblem(draft, {
      code: 'refused',
      what: `a project cannot set \`${name}\``,
      where: entry.place,
      why: 'it is for you to say, not for the project that is built',
      fix: 'Remove it here; your own configuration can set it.',
    });
    return;
  }
  const reading = readNode(keys[name].type, entry.value);
  if (reading.ok && draft.tier === 'project' && keys[name].userValues?.includes(reading.value)) {
    addProblem(draft, {
      code: 'refused',
      what: `a project cannot set \`${name}\` to \`${String(reading.value)}\``,
      where: entry.value.place,
      why: 'it takes a wall away, and that is for you to say, not for the project that is built',
      fix: 'Remove it here; your own configuration, a variable or an option can say it.',
    });
    return;
  }
  if (reading.ok) write(draft, name, reading.value, entry.value.place, reading.items);
  else addComplaint(draft, name, entry.value, reading.place, reading);
}

function unknownKey(draft: Draft, entry: MapEntry, prefix: string, names: readonly string[]): void {
  if (isFull(draft)) return;
  const shown = printable(prefix + entry.key, 60);
  const fix = whereItBelongs(entry.key, prefix) ?? didYouMean(nearest(entry.key.replace(/_/g, '-'), names));
  addProblem(draft, {
    what: `there is no key \`${shown}\``,
    where: entry.place,
    why: `the keys here are ${names.join(', ')}`,
    ...(fix === undefined ? {} : { fix }),
  });
}

/** Help for a key that exists, at another place: `memory` at the top, `limits.memory` in one word. */
function whereItBelongs(key: string, prefix: string): string | undefined {
  if (prefix !== '' && topNames.includes(key))
    return `\`${key}\` belongs to the top of the file, not below \`${prefix.slice(0, -1)}\`.`;
  const name = fileKeys.find((known) => known === key || known.endsWith(`.${key}`));
  const [section, last] = name?.split('.') ?? [];
  return last === undefined ? undefined : `Write \`${last}\` below \`${section}:\`.`;
}
