import type { BigIntStats, Stats } from 'node:fs';
import { printable } from '../problem/problem.ts';

/** What a thing in a folder is, in words. */
export function kindOf(stat: Stats | BigIntStats): string {
  if (stat.isFile()) return 'a regular file';
  if (stat.isSymbolicLink()) return 'a symbolic link';
  if (stat.isDirectory()) return 'a folder';
  if (stat.isFIFO()) return 'a FIFO';
  if (stat.isSocket()) return 'a socket';
  return 'a device';
}

/**
 * Changes whenever a file was written, replaced or touched: the change time cannot be set by a program, so a file that
 * was rewritten under its old size and time is seen too.
 */
export function sourceStamp(stat: BigIntStats): string {
  return [stat.size, stat.mtimeNs, stat.ctimeNs, stat.ino, stat.dev].join(':');
}

/** Like `sourceStamp` without the change time, so that a `chmod` by the owner of an export does not count. */
export function contentStamp(stat: BigIntStats): string {
  return [stat.size, stat.mtimeNs, stat.ino].join(':');
}

/** The text of a name, or `null` when it is not UTF-8 or holds control or direction characters. */
export function plainName(name: Buffer): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(name);
    return printable(text, Number.POSITIVE_INFINITY) === text ? text : null;
  } catch {
    return null;
  }
}

/** Any name, made safe to print. */
export function shownName(name: Buffer | string): string {
  return printable(typeof name === 'string' ? name : name.toString('utf8'));
}
