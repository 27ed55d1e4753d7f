import {
  Composer,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type ParsedNode,
  Parser,
  type YAMLMap,
} from 'yaml';
import { failure, type Result, success } from '../base/result.ts';
import { type Problem, printable } from '../problem/problem.ts';
import { type DocumentNode, type Location, type MapEntry, maximumDepth, type ScalarNode } from './document.ts';

/** More pieces of syntax than this are no configuration; it bounds the time that a hostile file can take. */
const maximumLexemes = 20_000;
const maximumProblems = 20;

/**
 * Reads YAML as plain data: one document, maps with texts as keys, lists and scalars. What YAML can do beyond that
 * (anchors, aliases, tags, directives, merge keys) is refused. `null` when the document is empty.
 *
 * This file is imported only when there is a YAML file to read: the library costs more than the rest of our start.
 */
export function readYaml(text: string, file: string): Result<DocumentNode | null> {
  const lines = new LineCounter();
  const reader: Reader = {
    problems: [],
    at: (offset) => {
      const { line, col } = lines.linePos(offset);
      return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
    },
  };
  const control = findControl(text, file);
  if (control !== null) return failure(control);
  const contents = compose(text, lines, reader);
  const node = contents === null || reader.problems.length > 0 ? null : toNode(contents, 0, reader);
  return reader.problems.length > 0 ? failure(...reader.problems) : success(node);
}

interface Reader {
  readonly problems: Problem[];
  readonly at: (offset: number) => Location;
}

function report(reader: Reader, offset: number, problem: Omit<Problem, 'code' | 'where'>): null {
  const where = reader.at(offset);
  if (reader.problems.length < maximumProblems) reader.problems.push({ code: 'config', where, ...problem });
  return null;
}

function compose(text: string, lines: LineCounter, reader: Reader): ParsedNode | null {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const tokens = [];
  let lexemes = 0;
  // The depth is watched on the parser's own stack: with nesting without bound the library's composer runs into the
  // end of the call stack, where V8 can abort the whole process while it compiles a pattern (measured, 64 KiB of `[`).
  for (const lexeme of new Lexer().lex(text)) {
    const offset = parser.offset;
    tokens.push(...parser.next(lexeme));
    lexemes += 1;
    if (parser.stack.length > 2 * maximumDepth) return report(reader, offset, tooDeep);
    if (lexemes > maximumLexemes) return report(reader, offset, tooLarge);
  }
  tokens.push(...parser.end());
  const directive = tokens.find((token) => token.type === 'directive');
  if (directive !== undefined) return report(reader, directive.offset, notUsed('a directive'));
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    uniqueKeys: false,
    merge: false,
    prettyErrors: false,
  });
  const [document, second] = [...composer.compose(tokens, true, text.length)];
  for (const error of [...(document?.errors ?? []), ...(document?.warnings ?? [])]) {
    const [first = ''] = error.message.split('\n');
    report(reader, error.pos[0], { what: 'this is not valid YAML', why: plainCause(printable(first)) });
  }
  if (second !== undefined) {
    report(reader, second.range[0], { what: 'there is a second document', fix: 'Keep one document, without `---`.' });
  }
  return document?.contents ?? null;
}

const tooDeep = { what: `it is nested deeper than ${maximumDepth} levels` };
const tooLarge = {
  what: 'the file is too large for a configuration',
  why: `it has more than ${maximumLexemes} pieces of syntax`,
};
const notUsed = (what: string) => ({ what: `${what} cannot be used here`, fix: 'Write the value out.' });

function plainCause(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}

function toNode(node: ParsedNode, depth: number, reader: Reader): DocumentNode | null {
  const offset = node.range[0];
  if (isAlias(node)) return report(reader, offset, notUsed('an alias (`*name`)'));
  if (node.anchor !== undefined) return report(reader, offset, notUsed('an anchor (`&name`)'));
  if (node.tag !== undefined) return report(reader, offset, notUsed('a tag (`!name`)'));
  if (depth > maximumDepth) return report(reader, offset, tooDeep);
  const place = reader.at(offset);
  if (isScalar(node)) return { kind: 'scalar', place, ...scalar(node) };
  if (isMap(node)) return { kind: 'map', place, entries: toEntries(node, depth, reader) };
  if (!isSeq(node)) return report(reader, offset, notUsed('this'));
  const items = node.items.map((item) => toNode(item as ParsedNode, depth + 1, reader));
  return { kind: 'list', place, items: items.filter((item) => item !== null) };
}

function toEntries(map: YAMLMap.Parsed, depth: number, reader: Reader): readonly MapEntry[] {
  const seen = new Map<string, Location>();
  const entries: MapEntry[] = [];
  for (const pair of map.items) {
    const key = pair.key === null ? null : toNode(pair.key, depth + 1, reader);
    const offset = pair.key?.range[0] ?? map.range[0];
    if (pair.key !== null && key === null) continue;
    if (key?.kind !== 'scalar' || key.type !== 'text') {
      report(reader, offset, { what: 'this key is not a text', fix: 'Write the key as a word, or in quotes.' });
      continue;
    }
    const first = seen.get(key.text);
    if (first !== undefined) {
      const what = `the key \`${printable(key.text, 60)}\` is there twice`;
      report(reader, offset, { what, why: `the first one is in line ${first.line}`, fix: 'Remove one of them.' });
      continue;
    }
    seen.set(key.text, key.place);
    const nothing: DocumentNode = { kind: 'scalar', place: key.place, type: 'nothing', text: '' };
    const value = pair.value === null ? nothing : toNode(pair.value, depth + 1, reader);
    if (value !== null) entries.push({ key: key.text, place: key.place, value: emptyAt(value, key.place) });
  }
  return entries;
}

/** A value that is missing has no place of its own: it is shown where its key is. */
function emptyAt(value: DocumentNode, place: Location): DocumentNode {
  return value.kind === 'scalar' && value.type === 'nothing' && value.text === '' ? { ...value, place } : value;
}

function scalar(node: { readonly value: unknown; readonly source: string }): Pick<ScalarNode, 'type' | 'text'> {
  const { value, source } = node;
  switch (typeof value) {
    case 'string':
      return { type: 'text', text: value };
    case 'boolean':
      return { type: 'boolean', text: source };
    case 'number':
    case 'bigint':
      return { type: 'number', text: source };
    default:
      return { type: 'nothing', text: source };
  }
}

/** The library ends a document silently at a NUL, and no other control character belongs into a configuration. */
function findControl(text: string, file: string): Problem | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const found = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufeff\ufffe\uffff]/.exec(text);
  if (found === null) return null;
  const before = text.slice(0, found.index).split('\n');
  const where = { file, line: before.length, column: (before.at(-1) ?? '').length + 1 };
  const what = `the character U+${text.charCodeAt(found.index).toString(16).padStart(4, '0').toUpperCase()} cannot be used`;
  return { code: 'config', what, where, fix: 'Remove it, or write it as an escape in double quotes.' };
}
