import { printable } from '../problem/problem.ts';
import type { HostMount } from './config.ts';
import { noneWord } from './read-value.ts';
import { formatDuration, formatSize } from './units.ts';
import type { ValueType } from './value-type.ts';

/** A settled value as it would be written into a file. Of variables only the names: a value can be a secret. */
export function formatText(type: ValueType, value: unknown): string {
  if (value === null) return noneWord;
  if (type.kind === 'mounts') return `[${(value as readonly HostMount[]).map(mountText).join(', ')}]`;
  if (Array.isArray(value)) return `[${value.map((item) => printable(String(item), 60)).join(', ')}]`;
  switch (type.kind) {
    case 'optional':
      return formatText(type.of, value);
    case 'size':
      return formatSize(value as number);
    case 'duration':
      return formatDuration(value as number);
    case 'variables':
      return `{${Object.keys(value as object).join(', ')}}`;
    default:
      return printable(String(value));
  }
}

/**
 * A value as it is asked for and granted: whole, so that two that differ in anything are two. What is cut to be shown
 * would let one stand for another that begins alike.
 */
export function askedText(type: ValueType, value: unknown): string {
  if (value !== null && type.kind === 'optional') return askedText(type.of, value);
  return typeof value === 'string' ? value : formatText(type, value);
}

function mountText({ source, target, access }: HostMount): string {
  return `{source: ${printable(source, 120)}, target: ${printable(target, 120)}, access: ${access}}`;
}
