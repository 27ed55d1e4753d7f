import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  type ParsedNode,
  parseDocument,
  type Range,
  type YAMLSeq,
} from 'yaml';
import { failure, type Result, success } from '../base/result.ts';
import type { DocumentNode, MapNode } from './document.ts';
import { readYaml } from './read-yaml.ts';

/** The library costs more than the rest of our start: this file is loaded only to edit. */
type Sequence = YAMLSeq<ParsedNode> & { readonly range: Range };
type LayersPair = Pair<ParsedNode, ParsedNode | null>;

/**
 * The text of a `cargo-boxed.yaml` with other layers, and all else as it was: comments, order, quotes. New names come
 * last. A problem where the text is no configuration, or has the list in a form that only a person should change.
 */
export function editLayers(text: string, file: string, wish: LayerWish): Result<EditedLayers> {
  const before = readYaml(text, file);
  if (!before.ok) return before;
  const lineCounter = new LineCounter();
  const root = parseDocument(text, { lineCounter }).contents;
  const lineOf = (node: ParsedNode) => lineCounter.linePos(node.range[0]).line;
  const pairs = isMap(root) ? (root.items as LayersPair[]) : [];
  const pair = pairs.find(({ key }) => isScalar(key) && key.value === 'layers');
  const change = changeOf(wish, isSeq(pair?.value) ? (pair.value as Sequence).items.map(nameOf) : []);
  const changed = [...change.add, ...change.remove];
  if (changed.length === 0) return success({ text, changed });
  const edited = edit(text, pair, change, lineOf);
  if (edited === null || !saysSo(edited, file, before.value, change)) {
    return failure(byHand(file, lineCounter.linePos(pair?.key.range[0] ?? 0)));
  }
  return success({ text: edited, changed });
}

export interface LayerWish {
  readonly action: 'add' | 'remove';
  readonly names: readonly string[];
}

export interface EditedLayers {
  readonly text: string;
  /** Those of the names that were not there, or were. */
  readonly changed: readonly string[];
}

interface LayerChange {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

function changeOf({ action, names }: LayerWish, written: readonly string[]): LayerChange {
  if (action === 'add') return { add: names.filter((name) => !written.includes(name)), remove: [] };
  return { add: [], remove: names.filter((name) => written.includes(name)) };
}

/** `null`: the list has a form that is not edited. */
function edit(
  text: string,
  pair: LayersPair | undefined,
  change: LayerChange,
  lineOf: (node: ParsedNode) => number,
): string | null {
  if (pair === undefined) return withLine(text, `layers: [${change.add.join(', ')}]`);
  if (!isSeq(pair.value)) return null;
  const list = pair.value as Sequence;
  return list.flow === true ? editFlow(text, list, change) : editBlock(text, lineOf(pair.key), list, change, lineOf);
}

/** Whatever the text looked like: it is to say what it said before, and the new list. */
function saysSo(edited: string, file: string, before: DocumentNode | null, change: LayerChange): boolean {
  const after = readYaml(edited, file);
  if (!after.ok || after.value?.kind !== 'map' || (before !== null && before.kind !== 'map')) return false;
  const [old, now] = [plainEntries(before), plainEntries(after.value)];
  const items = (old.get('layers') ?? []) as readonly unknown[];
  const kept = items.filter((item) => !change.remove.some((name) => item === plainText(name)));
  const wanted = old.set('layers', [...kept, ...change.add.map(plainText)]);
  return JSON.stringify([...now]) === JSON.stringify([...wanted]);
}

/** A document without its places; in the order of the file. */
function plainEntries(map: MapNode | null): Map<string, unknown> {
  return new Map(map?.entries.map(({ key, value }) => [key, plain(value)]));
}

function plain(node: DocumentNode): unknown {
  if (node.kind === 'map') return [...plainEntries(node)];
  return node.kind === 'list' ? node.items.map(plain) : `${node.type} ${node.text}`;
}

function plainText(text: string): string {
  return `text ${text}`;
}

/** `[a, b]`: written anew where it stands on one line. */
function editFlow(text: string, list: Sequence, { add, remove }: LayerChange): string | null {
  const [from, to] = list.range;
  if (/[\n#]/.test(text.slice(from, to))) return null;
  const kept = list.items
    .filter((item) => !remove.includes(nameOf(item)))
    .map(({ range }) => text.slice(range[0], range[1]));
  return `${text.slice(0, from)}[${[...kept, ...add].join(', ')}]${text.slice(to)}`;
}

/** A name a line: whole lines go and come. */
function editBlock(
  text: string,
  keyLine: number,
  list: Sequence,
  { add, remove }: LayerChange,
  lineOf: (node: ParsedNode) => number,
): string {
  const gone = new Set(list.items.filter((item) => remove.includes(nameOf(item))).map(lineOf));
  const last = Math.max(...list.items.map(lineOf));
  const isEmptied = gone.size === list.items.length && add.length === 0;
  const changed = text.split('\n').flatMap((line, index) => {
    const number = index + 1;
    if (number === keyLine && isEmptied) return [line.replace(/^(\s*\S+\s*:)/, '$1 []')];
    const dash = /^\s*- */.exec(line)?.[0] ?? '- ';
    return [...(gone.has(number) ? [] : [line]), ...(number === last ? add.map((name) => dash + name) : [])];
  });
  return changed.join('\n');
}

function nameOf(item: ParsedNode): string {
  return isScalar(item) ? String(item.value) : '';
}

function withLine(text: string, line: string): string {
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return `${before}${line}\n`;
}

function byHand(file: string, { line, col: column }: { readonly line: number; readonly col: number }) {
  return {
    code: 'config',
    what: 'the layers are written in a form that is not changed by a program',
    where: { file, line, column },
    fix: 'Change them by hand, or write them as `layers: [NAME, NAME]` on one line.',
  } as const;
}
