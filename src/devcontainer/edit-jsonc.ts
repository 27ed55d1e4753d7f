import { createScanner } from 'jsonc-parser';
import { type JsoncNode, type ListNode, type ObjectNode, tokens } from './read-jsonc.ts';

/** A change of a text at one place. */
export interface TextEdit {
  readonly offset: number;
  readonly end: number;
  readonly text: string;
}

const step = '  ';

/** The text with changes at places that do not overlap. */
export function withEdits(text: string, edits: readonly TextEdit[]): string {
  const order = [...edits].sort((left, right) => right.offset - left.offset);
  return order.reduce((all, { offset, end, text: put }) => all.slice(0, offset) + put + all.slice(end), text);
}

/** Puts another value in the place of one. */
export function replaceValue(text: string, node: JsoncNode, value: unknown): readonly TextEdit[] {
  return [{ offset: node.offset, end: node.end, text: written(value, indentAt(text, node.offset)) }];
}

/** Adds to the end of an object; comments stay behind what they stand behind now. */
export function addEntry(text: string, node: ObjectNode, name: string, value: unknown): readonly TextEdit[] {
  return append(
    text,
    node,
    node.entries.at(-1)?.value,
    (indent) => `${JSON.stringify(name)}: ${written(value, indent)}`,
  );
}

/** The same for a list. */
export function addItem(text: string, node: ListNode, value: unknown): readonly TextEdit[] {
  return append(text, node, node.items.at(-1), (indent) => written(value, indent));
}

/** Takes an item out of a list, with the comma behind it or before it. */
export function removeItem(text: string, node: ListNode, index: number): readonly TextEdit[] {
  const item = node.items[index];
  if (item === undefined) return [];
  const before = node.items[index - 1];
  const comma = commaBehind(text, item, node);
  if (comma !== null) {
    const next = node.items[index + 1];
    const lineEnd = /^[ \t]*\n[ \t]*/.exec(text.slice(comma + 1))?.[0].length ?? 0;
    const gap = /^[ \t]*/.exec(text.slice(comma + 1))?.[0].length ?? 0;
    return [{ offset: item.offset, end: comma + 1 + (next === undefined ? 0 : lineEnd > 0 ? lineEnd : gap), text: '' }];
  }
  return [{ offset: before?.end ?? item.offset, end: item.end, text: '' }];
}

function append(
  text: string,
  node: ObjectNode | ListNode,
  last: JsoncNode | undefined,
  write: (indent: string) => string,
): readonly TextEdit[] {
  const close = node.end - 1;
  const isOneLine = !text.slice(node.offset, close).includes('\n');
  if (isOneLine && (last !== undefined || node.kind === 'list')) {
    const item = write(indentAt(text, node.offset));
    if (last === undefined) return [{ offset: close, end: close, text: item }];
    const comma = commaBehind(text, last, node);
    return comma === null
      ? [{ offset: last.end, end: last.end, text: `, ${item}` }]
      : [{ offset: comma + 1, end: comma + 1, text: ` ${item},` }];
  }
  const outer = indentAt(text, node.offset);
  const inner = last === undefined ? outer + step : indentAt(text, last.offset);
  const content = `\n${inner}${write(inner)}`;
  const end = contentEnd(text, node, close);
  const tail = isOneLine ? `\n${outer}` : '';
  if (last === undefined) return [{ offset: end, end, text: content + tail }];
  const comma = commaBehind(text, last, node);
  if (comma !== null) return [{ offset: end, end, text: `${content},${tail}` }];
  if (end === last.end) return [{ offset: end, end, text: `,${content}${tail}` }];
  return [
    { offset: last.end, end: last.end, text: ',' },
    { offset: end, end, text: content + tail },
  ];
}

/** Where the comma behind a child stands, before the next one or the end; `null`: there is none. */
function commaBehind(text: string, child: JsoncNode, { end }: ObjectNode | ListNode): number | null {
  const scanner = createScanner(text, true);
  scanner.setPosition(child.end);
  const token: number = scanner.scan();
  return token === tokens.comma && scanner.getTokenOffset() < end ? scanner.getTokenOffset() : null;
}

/** Behind the last thing in an object or list that is no white space: a value, a comma or a comment. */
function contentEnd(text: string, node: ObjectNode | ListNode, close: number): number {
  const head = text.slice(0, close).trimEnd().length;
  return Math.max(head, node.offset + 1);
}

/** White space at the start of the line. */
function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? '';
}

function written(value: unknown, indent: string): string {
  return JSON.stringify(value, null, step).replaceAll('\n', `\n${indent}`);
}
