import { createScanner, type Node, type ParseError, parseTree } from 'jsonc-parser';
import { failure, type Result, success } from '../base/result.ts';
import { type Place, type Problem, printable } from '../problem/problem.ts';

/** JSON with comments and trailing commas, as devcontainer.json is, with the place of each thing. */
export type JsoncNode = ObjectNode | ListNode | ScalarNode;

interface Spot {
  /** Of its first character. */
  readonly offset: number;
  /** Behind its last one. */
  readonly end: number;
}
export interface ObjectNode extends Spot {
  readonly kind: 'object';
  readonly entries: readonly ObjectEntry[];
}
export interface ObjectEntry {
  readonly name: string;
  readonly offset: number;
  readonly value: JsoncNode;
}
export interface ListNode extends Spot {
  readonly kind: 'list';
  readonly items: readonly JsoncNode[];
}
export interface ScalarNode extends Spot {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
}

export interface JsoncDocument {
  readonly file: string;
  readonly text: string;
  readonly root: ObjectNode;
  /** Where its lines begin. */
  readonly lines: readonly number[];
}

/** What the library's scanner calls what it finds: its own names are gone at run time (a `const enum`, release 3.3). */
export const tokens = { openBrace: 1, closeBrace: 2, openBracket: 3, closeBracket: 4, comma: 5, end: 17 } as const;

const mostDepth = 64;

/** Reads a whole document; what is broken in it, is written twice or is no object is a problem with its place. */
export function readJsonc(text: string, file: string): Result<JsoncDocument> {
  const lines = lineStarts(text);
  const place = { file, lines };
  const deep = tooDeep(text);
  if (deep !== null) return failure(broken(place, deep, `it is nested deeper than ${mostDepth} levels`));
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error !== undefined) return failure(broken(place, error.offset, 'here it is no JSON with comments'));
  if (tree?.type !== 'object') return failure(broken(place, tree?.offset ?? 0, 'it has to be an object'));
  const twice: Problem[] = [];
  const root = nodeOf(tree, (name, offset) =>
    twice.push(
      broken(place, offset, `\`${printable(name, 60)}\` is written twice, and readers differ in which counts`),
    ),
  );
  return twice.length > 0 ? failure(...twice.slice(0, 10)) : success({ file, text, root: root as ObjectNode, lines });
}

/** The place of an offset, for people. */
export function placeAt({ file, lines }: Pick<JsoncDocument, 'file' | 'lines'>, offset: number): Place {
  let [low, high] = [0, lines.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((lines[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { file, line: low + 1, column: offset - (lines[low] ?? 0) + 1 };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

export function entryOf(node: JsoncNode | undefined, name: string): ObjectEntry | undefined {
  return node?.kind === 'object' ? node.entries.find((entry) => entry.name === name) : undefined;
}

/** What stands at the end of these names. */
export function nodeAt(root: JsoncNode, path: readonly string[]): JsoncNode | undefined {
  let node: JsoncNode | undefined = root;
  for (const name of path) node = entryOf(node, name)?.value;
  return node;
}

export function textOf(node: JsoncNode | undefined): string | null {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : null;
}

/** The value without its places. */
export function plainValue(node: JsoncNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainValue);
  return Object.fromEntries(node.entries.map(({ name, value }) => [name, plainValue(value)]));
}

/** The parser calls itself for each level: looked at first, by what does not. */
function tooDeep(text: string): number | null {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (let token: number = scanner.scan(); token !== tokens.end; token = scanner.scan()) {
    if (token === tokens.openBrace || token === tokens.openBracket) depth += 1;
    if (token === tokens.closeBrace || token === tokens.closeBracket) depth -= 1;
    if (depth > mostDepth) return scanner.getTokenOffset();
  }
  return null;
}

function nodeOf(node: Node, onTwice: (name: string, offset: number) => void): JsoncNode {
  const spot = { offset: node.offset, end: node.offset + node.length };
  const children = node.children ?? [];
  if (node.type === 'array') return { kind: 'list', ...spot, items: children.map((item) => nodeOf(item, onTwice)) };
  if (node.type !== 'object') return { kind: 'scalar', ...spot, value: node.value };
  const seen = new Set<string>();
  const entries = children.flatMap((property): ObjectEntry[] => {
    const [key, value] = property.children ?? [];
    if (key === undefined || value === undefined) return [];
    const name = String(key.value);
    if (seen.has(name)) onTwice(name, key.offset);
    seen.add(name);
    return [{ name, offset: key.offset, value: nodeOf(value, onTwice) }];
  });
  return { kind: 'object', ...spot, entries };
}

function broken(document: Pick<JsoncDocument, 'file' | 'lines'>, offset: number, why: string): Problem {
  return {
    code: 'config',
    what: `${printable(document.file)} cannot be read`,
    where: placeAt(document, offset),
    why,
    fix: 'Mend it by hand; comments and commas at the end are fine.',
  };
}
