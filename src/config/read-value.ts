import { nearest } from '../base/nearest.ts';
import { unreachable } from '../base/unreachable.ts';
import { printable } from '../problem/problem.ts';
import { parseDuration, parseSize, type Quantity } from './units.ts';
import { expectation, type TextForm, type ValueType } from './value-type.ts';

/** A value, or the parts of a problem; who asked knows the key and the place. */
export type Reading<T = unknown> = { readonly ok: true; readonly value: T } | Complaint;
export interface Complaint {
  readonly ok: false;
  readonly why: string;
  readonly fix?: string;
}

export const complaint = (why: string, fix?: string): Complaint =>
  fix === undefined ? { ok: false, why } : { ok: false, why, fix };
const read = <T>(value: T): Reading<T> => ({ ok: true, value });

/** The word of a limit that is not there. */
export const noneWord = 'none';
const maximumItems = 1000;

/** Reads the text of a variable, a flag or a scalar as a value of this type. */
export function readText(type: ValueType, text: string): Reading {
  switch (type.kind) {
    case 'choice':
      return type.values.includes(text) ? read(text) : complaint(takes(type), didYouMean(nearest(text, type.values)));
    case 'boolean':
      return text === 'true' || text === 'false' ? read(text === 'true') : complaint(takes(type), yesOrNo(text));
    case 'size':
      return readQuantity(type, parseSize(text));
    case 'duration':
      return readQuantity(type, parseDuration(text));
    case 'integer':
      return readNumber(type, text, /^-?[0-9]+$/);
    case 'number':
      return readNumber(type, text, /^-?[0-9]+(?:\.[0-9]+)?$/);
    case 'text':
      return readForm(type.form, text);
    case 'list':
      return readList(
        type.form,
        text.split(/[,\s]+/).filter((item) => item !== ''),
      );
    case 'variables':
    case 'mounts':
      return complaint(takes(type));
    case 'optional':
      return readOptional(type.of, type, text);
    default:
      return unreachable(type);
  }
}

/** Sorted and without duplicates: order has no meaning in our lists, and equal configurations give equal plans. */
export function readList(form: TextForm, items: readonly string[]): Reading<readonly string[]> {
  if (items.length > maximumItems) return complaint(`there are more than ${maximumItems} entries`);
  for (const item of items) {
    const reading = readForm(form, item);
    if (!reading.ok) return wrongItem(form, item);
  }
  return read([...new Set(items)].sort());
}

/** What is said of an entry that is none of its kind, wherever the list stands. */
export function wrongItem(form: TextForm, item: string): Complaint {
  return complaint(`\`${printable(item, 60)}\` is not ${form.one}, such as ${form.example}`, meantBy(form, item));
}

function meantBy(form: TextForm, text: string): string | undefined {
  return didYouMean(nearest(text, form.known?.() ?? form.hints ?? []));
}

export function readForm(form: TextForm, text: string): Reading<string> {
  const isKnown = form.known === undefined || form.known().includes(text);
  if (text.length <= form.maximumLength && form.pattern.test(text) && isKnown) return read(text);
  return complaint(`it takes ${form.one}, such as ${form.example}`, meantBy(form, text));
}

function readOptional(inner: ValueType, outer: ValueType, text: string): Reading {
  if (text === noneWord) return read(null);
  const reading = readText(inner, text);
  if (reading.ok) return reading;
  const fix = reading.fix ?? didYouMean(nearest(text, [noneWord]));
  return complaint(reading.why.replace(expectation(inner), expectation(outer)), fix);
}

function readNumber(type: Extract<ValueType, { kind: 'integer' | 'number' }>, text: string, form: RegExp): Reading {
  const value = text.length <= 30 && form.test(text) ? Number(text) : Number.NaN;
  return value >= type.minimum && value <= type.maximum ? read(value) : complaint(takes(type));
}

function readQuantity(type: ValueType, quantity: Quantity): Reading {
  if (quantity.ok) return read(quantity.value);
  return complaint(`${quantity.why}; ${takes(type)}`, didYouMean(...quantity.meant));
}

function takes(type: ValueType): string {
  return `it takes ${expectation(type)}`;
}

function yesOrNo(text: string): string | undefined {
  if (/^(yes|y|on|1|True|TRUE)$/i.test(text) || /^true$/i.test(text)) return didYouMean('true');
  if (/^(no|n|off|0)$/i.test(text) || /^false$/i.test(text)) return didYouMean('false');
  return didYouMean(nearest(text, ['true', 'false']));
}

/** The sentence that ends a complaint, when there is something near. */
export function didYouMean(...candidates: readonly (string | null)[]): string | undefined {
  const meant = candidates.filter((candidate) => candidate !== null).map((candidate) => `\`${candidate}\``);
  return meant.length === 0 ? undefined : `Did you mean ${meant.join(' or ')}?`;
}
