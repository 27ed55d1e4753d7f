import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { canonicalJson } from '../base/canonical-json.ts';
import { failure, type Result, success } from '../base/result.ts';
import { notKept } from '../problem/full-disk.ts';
import { printable } from '../problem/problem.ts';
import { type LockFile, writtenLock } from './lock-file.ts';
import type { Pins } from './pins.ts';

const about = 'What builds this project, byte by byte. Written by `cargo-boxed lock`; commit it, and do not edit it.';

/** A project's `cargo-boxed.lock` as text: canonical JSON, so that equal pins give equal bytes and small diffs. */
export function lockText(lock: LockFile): string {
  return canonicalJson({ about, ...writtenLock(lock) }, 2);
}

/** A file of our own: one environment. */
export function pinsText(pins: Pins): string {
  return canonicalJson(pins, 2);
}

/** Writes pins among our own data, in one step. A project's lock goes through customs instead. */
export function writeOwnPins(file: string, pins: Pins): Result<void> {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const fresh = `${file}.new-${process.pid}`;
    writeFileSync(fresh, pinsText(pins), { mode: 0o600 });
    renameSync(fresh, file);
    return success(undefined);
  } catch (error) {
    return failure(
      notKept(
        `the pins cannot be written to ${printable(file)}`,
        error,
        'Make the folder writable, or set CARGO_BOXED_HOME to another one.',
      ),
    );
  }
}
