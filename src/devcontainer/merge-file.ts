import { canonicalJson } from '../base/canonical-json.ts';
import { type Problem, printable } from '../problem/problem.ts';
import { addEntry, addItem, removeItem, replaceValue, type TextEdit, withEdits } from './edit-jsonc.ts';
import { type JsoncDocument, type JsoncNode, nodeAt, placeAt, plainValue, readJsonc, textOf } from './read-jsonc.ts';
import type { Wanted } from './wanted.ts';

/** A file that says what is wanted, or why it cannot. */
export interface Merged {
  readonly text: string;
  /** What was added, changed or taken away, for people. */
  readonly changes: readonly Change[];
  /** What a person has written and we want otherwise. With one of them nothing is to be written. */
  readonly conflicts: readonly Difference[];
}

export interface Change {
  readonly key: string;
  readonly action: 'added' | 'changed' | 'removed';
  /** What stands there, as JSON; `null`: nothing. */
  readonly before: string | null;
  readonly after: string | null;
  /** Where it stood, or where the object begins that lacks it. */
  readonly offset: number;
}

export interface Difference {
  readonly key: string;
  readonly ours: string;
  readonly theirs: string;
  readonly offset: number;
}

/** `meaning`: a text of the file as this machine reads it; two with the same are no conflict. */
export type Meaning = (text: string) => string;

/** The document with all that is wanted in it; own keys, comments and order stay. */
export function mergeFile(document: JsoncDocument, wanted: readonly Wanted[], meaning: Meaning): Merged {
  let current = document;
  const changes: Change[] = [];
  const conflicts: Difference[] = [];
  for (const one of wanted) {
    // Each change moves what stands behind it: the text is read again, which takes a millisecond.
    for (let turn = 0; turn <= mostTurns; turn += 1) {
      const next = one.kind === 'items' ? mergeItems(current, one, meaning) : mergeValue(current, one, meaning);
      if (next === null) break;
      if (turn === mostTurns) throw new Error(`the key ${keyOf(one.path)} of a devcontainer.json is never done`);
      if (next.kind === 'conflict') {
        conflicts.push(...next.differences);
        break;
      }
      changes.push(next.change);
      const read = readJsonc(withEdits(current.text, next.edits), document.file);
      if (!read.ok) throw new Error('an edit of ours broke a devcontainer.json');
      current = read.value;
    }
  }
  return { text: current.text, changes, conflicts };
}

const mostTurns = 200;
/** Of a list that is changed item by item; a hostile one must not cost more than a look. */
const mostItems = 64;

type Step =
  | { readonly kind: 'change'; readonly change: Change; readonly edits: readonly TextEdit[] }
  | { readonly kind: 'conflict'; readonly differences: readonly Difference[] }
  | null;

function mergeValue(document: JsoncDocument, wanted: Exclude<Wanted, { kind: 'items' }>, meaning: Meaning): Step {
  const { path, value } = wanted;
  const node = nodeAt(document.root, path);
  const ours = JSON.stringify(value);
  if (node === undefined) return add(document, path, value);
  if (wanted.kind === 'suggestion') return null;
  const held = plainValue(node);
  if (meaningOf(held, meaning) === meaningOf(value, meaning)) return null;
  if (typeof held === 'string' && wanted.same?.includes(held) === true) return null;
  const theirs = JSON.stringify(held);
  const key = keyOf(path);
  if (wanted.isOurs?.(held) !== true)
    return { kind: 'conflict', differences: [{ key, ours, theirs, offset: node.offset }] };
  const change: Change = { key, action: 'changed', before: theirs, after: ours, offset: node.offset };
  return { kind: 'change', change, edits: replaceValue(document.text, node, value) };
}

function mergeItems(document: JsoncDocument, wanted: Extract<Wanted, { kind: 'items' }>, meaning: Meaning): Step {
  const { path, values, subject, isOurs } = wanted;
  const list = nodeAt(document.root, path);
  if (list === undefined) return values.length === 0 ? null : add(document, path, values);
  const key = keyOf(path);
  if (list.kind !== 'list') return conflict(key, JSON.stringify(values), list);
  if (list.items.length > mostItems)
    return {
      kind: 'conflict',
      differences: [{ key, ours: JSON.stringify(values), theirs: 'longer than any', offset: list.offset }],
    };
  const items = list.items.map((node, index) => ({ node, index, text: textOf(node) }));
  const differences: Difference[] = [];
  for (const { node, index, text } of items) {
    if (text === null || values.some((value) => meaning(value) === meaning(text))) continue;
    const rival = values.find((value) => subject(value) === subject(text));
    const isHeld =
      rival !== undefined && items.some((one) => one.text !== null && meaning(one.text) === meaning(rival));
    if (isOurs(text)) {
      const theirs = JSON.stringify(text);
      if (rival === undefined || isHeld) {
        const change: Change = { key, action: 'removed', before: theirs, after: null, offset: node.offset };
        return { kind: 'change', change, edits: removeItem(document.text, list, index) };
      }
      const ours = JSON.stringify(rival);
      const change: Change = { key, action: 'changed', before: theirs, after: ours, offset: node.offset };
      return { kind: 'change', change, edits: replaceValue(document.text, node, rival) };
    }
    if (rival !== undefined)
      differences.push({ key, ours: JSON.stringify(rival), theirs: JSON.stringify(text), offset: node.offset });
  }
  if (differences.length > 0) return { kind: 'conflict', differences };
  const missing = values.find((value) => !items.some(({ text }) => text !== null && meaning(text) === meaning(value)));
  if (missing === undefined) return null;
  const after = JSON.stringify(missing);
  const change: Change = { key, action: 'added', before: null, after, offset: list.offset };
  return { kind: 'change', change, edits: addItem(document.text, list, missing) };
}

function conflict(key: string, ours: string, node: JsoncNode): Step {
  const theirs = JSON.stringify(plainValue(node));
  return { kind: 'conflict', differences: [{ key, ours, theirs, offset: node.offset }] };
}

/** Into the innermost object of the path that is there. */
function add(document: JsoncDocument, path: readonly string[], value: unknown): Step {
  const key = keyOf(path);
  for (let depth = path.length - 1; depth >= 0; depth -= 1) {
    const holder = nodeAt(document.root, path.slice(0, depth));
    if (holder === undefined) continue;
    const [name = '', ...inner] = path.slice(depth);
    const nested = inner.reduceRight<unknown>((held, one) => ({ [one]: held }), value);
    if (holder.kind !== 'object')
      return conflict(keyOf(path.slice(0, depth)), JSON.stringify({ [name]: nested }), holder);
    const change: Change = { key, action: 'added', before: null, after: JSON.stringify(value), offset: holder.offset };
    return { kind: 'change', change, edits: addEntry(document.text, holder, name, nested) };
  }
  return null;
}

function meaningOf(value: unknown, meaning: Meaning): string {
  return typeof value === 'string' ? meaning(value) : canonicalJson(value);
}

function keyOf(path: readonly string[]): string {
  return path.join('.');
}

/** What a person has to decide. */
export function conflictProblem(document: JsoncDocument, { key, ours, theirs, offset }: Difference): Problem {
  return {
    code: 'config',
    what: `\`${printable(key, 80)}\` is ${printable(theirs, 200)}, and the box wants ${printable(ours, 200)}`,
    where: placeAt(document, offset),
    why: 'what a person has written is not overwritten, and nothing was changed',
    fix: 'Change or remove it, and run it again.',
  };
}
