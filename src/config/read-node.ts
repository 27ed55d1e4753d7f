import { printable } from '../problem/problem.ts';
import type { DocumentNode, Location, ScalarNode } from './document.ts';
import type { NodeReading } from './node-reading.ts';
import { readMounts } from './read-mounts.ts';
import { type Complaint, complaint, type Reading, readForm, readList, readText, wrongItem } from './read-value.ts';
import { expectation, type TextForm, type ValueType } from './value-type.ts';

/** Reads a value of a file. Files have types: `4096` is a number and `"4096"` is a text. */
export function readNode(type: ValueType, node: DocumentNode): NodeReading {
  if (type.kind === 'list') return readListNode(type.form, node);
  if (type.kind === 'mounts') return readMounts(node);
  if (node.kind !== 'scalar') return { ...mismatch(type, node), place: node.place };
  const reading = readScalar(type, node);
  return reading.ok ? reading : { ...reading, place: node.place };
}

function readScalar(type: ValueType, node: ScalarNode): Reading {
  const inner = type.kind === 'optional' ? type.of : type;
  switch (inner.kind) {
    case 'boolean':
      if (node.type === 'boolean') return { ok: true, value: /^true$/i.test(node.text) };
      if (node.type !== 'text') return mismatch(type, node);
      return readText(type, node.text).ok ? unquote(type, node) : readText(type, node.text);
    case 'integer':
    case 'number':
      if (node.type === 'number') return readText(type, plainNumber(node.text));
      if (node.type !== 'text') return mismatch(type, node);
      return readText(type, node.text).ok && node.text !== 'none' ? unquote(type, node) : readText(type, node.text);
    case 'size':
    case 'duration':
      // A bare number has a meaning for people, so what is said about it is that its unit is missing.
      return node.type === 'text' || node.type === 'number' ? readText(type, node.text) : mismatch(type, node);
    default:
      return node.type === 'text' ? readText(type, node.text) : mismatch(type, node);
  }
}

/** `1e3`, `0x10` and `4_096` as people would write the same number; what is none stays as it is and is refused. */
function plainNumber(text: string): string {
  const number = Number(text.replace(/_/g, '').replace(/^\+/, ''));
  return Number.isFinite(number) ? String(number) : text;
}

function unquote(type: ValueType, node: ScalarNode): Complaint {
  return complaint(`it takes ${expectation(type)}, but this is a text`, `Write ${node.text} without quotes.`);
}

function readListNode(form: TextForm, node: DocumentNode): NodeReading {
  const type: ValueType = { kind: 'list', form };
  if (node.kind !== 'list') {
    const isOne = node.kind === 'scalar' && node.type === 'text' && readForm(form, node.text).ok;
    const found = isOne ? complaint(takesList(type, node), `Write \`[${node.text}]\`.`) : mismatch(type, node);
    return { ...found, place: node.place };
  }
  const items = new Map<string, Location>();
  for (const item of node.items) {
    if (item.kind !== 'scalar' || item.type !== (form.number === undefined ? 'text' : 'number')) {
      const why = `each entry is ${form.one}, such as ${form.example}, but this is ${describeNode(item)}`;
      return { ...complaint(why), place: item.place };
    }
    const text = form.number === undefined ? item.text : plainNumber(item.text);
    const reading = readForm(form, text);
    if (!reading.ok) return { ...wrongItem(form, item.text), place: item.place };
    if (!items.has(text)) items.set(text, item.place);
  }
  const list = readList(form, [...items.keys()]);
  return list.ok ? { ok: true, value: list.value, items } : { ...list, place: node.place };
}

function mismatch(type: ValueType, node: DocumentNode): Complaint {
  if (node.kind === 'scalar' && node.type === 'nothing') {
    const isNone = type.kind === 'optional' && node.text !== '';
    const fix = isNone ? 'Write `none` for no limit.' : 'Give it a value, or remove the line.';
    return complaint(`it has no value; it takes ${expectation(type)}`, fix);
  }
  const why = takesList(type, node);
  const isText = type.kind === 'text' || type.kind === 'choice';
  const fix = isText && node.kind === 'scalar' && node.type !== 'date' ? 'Write a text in quotes.' : undefined;
  return complaint(why, fix);
}

function takesList(type: ValueType, node: DocumentNode): string {
  return `it takes ${expectation(type)}, but this is ${describeNode(node)}`;
}

/** What stands there, to follow "this is". */
export function describeNode(node: DocumentNode): string {
  if (node.kind === 'map') return 'a map';
  if (node.kind === 'list') return 'a list';
  const shown = printable(node.text, 60);
  switch (node.type) {
    case 'text':
      return `the text \`${shown}\``;
    case 'number':
      return `the number ${shown}`;
    case 'boolean':
      return `the truth value ${shown}`;
    case 'date':
      return 'a date';
    case 'nothing':
      return 'empty';
  }
}
