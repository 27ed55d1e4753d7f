import { isMap, isScalar, isSeq, type Pair, type ParsedNode, parseDocument, type Range, type YAMLSeq } from 'yaml';
import { failure, type Result, success } from '../base/result.ts';
import type { DocumentNode } from './document.ts';
import { readYaml } from './read-yaml.ts';

/** The library costs more than the rest of our start: this file is loaded only to edit. */
type Sequence = YAMLSeq<ParsedNode> & { readonly range: Range };

/**
 * The text of a `cargo-boxed.yaml` with other layers, and all else as it was: comments, order, quotes. New names come
 * last. A problem where the text is no configuration, or has the list in a form that only a person should change.
 */
export function editLayers(text: string, file: string, wish: LayerWish): Result<EditedLayers> {
  const before = readYaml(text, file);
  if (!before.ok) return before;
  const root = parseDocument(text).contents;
  const pairs = isMap(root) ? (root.items as Pair<ParsedNode, ParsedNode | null>[]) : [];
  const pair = pairs.find(({ key }) => isScalar(key) && key.value === 'layers');
  const list = pair?.value;
  const sequence = isSeq(list) ? (list as Sequence) : null;
  const change = changeOf(wish, sequence?.items.map(nameOf) ?? []);
  const changed = [...change.add, ...change.remove];
  if (changed.length === 0) return success({ text, changed });
  const edited =
    pair === undefined
      ? withLine(text, `layers: [${change.add.join(', ')}]`)
      : sequence === null
        ? null
        : sequence.flow === true
          ? editFlow(text, sequence, change)
          : editBlock(text, pair.key, sequence, change);
  if (edited === null || !saysSo(edited, file, before.value, change)) {
    return failure(byHand(file, text, pair?.key.range[0] ?? 0));
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

/** Whatever the text looked like: it is to say what it said before, and the new list. */
function saysSo(edited: string, file: string, before: DocumentNode | null, change: LayerChange): boolean {
  if (before !== null && before.kind !== 'map') return false;
  const after = readYaml(edited, file);
  return after.ok && JSON.stringify(plain(after.value)) === JSON.stringify(withChange(plain(before), change));
}

/** A document without its places. */
type Plain = readonly (readonly [string, unknown])[] | string | readonly unknown[];

function plain(node: DocumentNode | null): Plain {
  if (node === null) return [];
  if (node.kind === 'map') return node.entries.map(({ key, value }) => [key, plain(value)]);
  return node.kind === 'list' ? node.items.map(plain) : `${node.type} ${node.text}`;
}

function withChange(before: Plain, { add, remove }: LayerChange): Plain {
  if (typeof before === 'string') return before;
  const entries = before as readonly (readonly [string, unknown])[];
  const added = add.map((name) => `text ${name}`);
  if (!entries.some(([key]) => key === 'layers')) return [...entries, ['layers', added]];
  const gone = new Set(remove.map((name) => `text ${name}`));
  const changed = (items: unknown) => [
    ...(items as readonly unknown[]).filter((item) => !gone.has(String(item))),
    ...added,
  ];
  return entries.map(([key, value]) => (key === 'layers' ? [key, changed(value)] : [key, value]));
}

/** `[a, b]`: written anew where it stands on one line. */
function editFlow(text: string, list: Sequence, { add, remove }: LayerChange): string | null {
  const [from, to] = list.range;
  if (/[\n#]/.test(text.slice(from, to))) return null;
  const kept = list.items.filter((item) => !remove.includes(nameOf(item))).map((item) => source(text, item));
  return `${text.slice(0, from)}[${[...kept, ...add].join(', ')}]${text.slice(to)}`;
}

/** A name a line: whole lines go and come. */
function editBlock(text: string, key: ParsedNode, list: Sequence, { add, remove }: LayerChange): string {
  const lines = text.split('\n');
  const lineOf = (item: ParsedNode) => text.slice(0, item.range[0]).split('\n').length - 1;
  const gone = new Set(list.items.filter((item) => remove.includes(nameOf(item))).map(lineOf));
  const last = Math.max(...list.items.map(lineOf));
  const dash = /^\s*- */.exec(lines[last] ?? '')?.[0] ?? '- ';
  if (gone.size === list.items.length && add.length === 0) {
    const at = lineOf(key);
    lines[at] = (lines[at] ?? '').replace(/^(\s*\S+\s*:)/, '$1 []');
  }
  const changed = lines.flatMap((line, at) => [
    ...(gone.has(at) ? [] : [line]),
    ...(at === last ? add.map((name) => `${dash}${name}`) : []),
  ]);
  return changed.join('\n');
}

function nameOf(item: ParsedNode): string {
  return isScalar(item) ? String(item.value) : '';
}

function source(text: string, item: ParsedNode): string {
  return text.slice(item.range[0], item.range[1]);
}

function withLine(text: string, line: string): string {
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return `${before}${line}\n`;
}

function byHand(file: string, text: string, offset: number) {
  const before = text.slice(0, offset).split('\n');
  return {
    code: 'config',
    what: 'the layers are written in a form that is not changed by a program',
    where: { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 },
    fix: 'Change them by hand, or write them as `layers: [NAME, NAME]` on one line.',
  } as const;
}
