import { lstatSync } from 'node:fs';
import { failure, type Result, success } from '../base/result.ts';
import { readForeignText } from '../host/read-file.ts';
import { brokenJsonProblem, conflictProblem, faultProblem, lockVersion, versionProblem } from './explain-broken.ts';
import { firstPins, keyOf, type LockFile } from './lock-file.ts';
import type { Pins } from './pins.ts';
import { faultOf } from './pins-shape.ts';

const maximumLockBytes = 16 * 1024 * 1024;

/**
 * Reads a `cargo-boxed.lock` as foreign data; every value is checked before anybody uses it. `null`: there is none. What is
 * wrong is named with its place: conflict markers, broken JSON, a value, a format of a later release.
 */
export function readLockFile(file: string): Result<LockFile | null> {
  const state = stateOf(file);
  if (state === null) return success(null);
  const known = lastRead.get(file);
  if (known !== undefined && known.state === state) return known.lock;
  const lock = parseLockFile(file);
  lastRead.set(file, { state, lock });
  return lock;
}

/** One command asks the same file several things: it is parsed once, and again when it was written meanwhile. */
const lastRead = new Map<string, { readonly state: string; readonly lock: Result<LockFile | null> }>();

/** `null`: there is none. */
function stateOf(file: string): string | null {
  try {
    const stat = lstatSync(file, { bigint: true, throwIfNoEntry: false });
    return stat === undefined ? null : [stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join();
  } catch {
    return '';
  }
}

function parseLockFile(file: string): Result<LockFile | null> {
  const text = readForeignText(file, maximumLockBytes);
  if (!text.ok) return text;
  if (text.value === null) return success(null);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.value);
  } catch {
    return failure(conflictProblem(text.value, file) ?? brokenJsonProblem(text.value, file));
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return failure(faultProblem('it is not an object', file));
  const held = parsed as Record<string, unknown>;
  if (held.version !== lockVersion) return failure(versionProblem(held, file));
  const fault = faultOf(held);
  if (fault !== null) return failure(faultProblem(fault, file));
  const { about: _, debian, image, nix, toolchain, ...rest } = held;
  // Each was checked against its shape, which is that of the interface.
  const lock = {
    ...rest,
    ...{ debian: listed(debian), image: listed(image), nix: listed(nix), toolchain: listed(toolchain) },
  };
  return withoutTwins(lock as unknown as LockFile, file);
}

function listed(value: unknown): readonly unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function withoutTwins(lock: LockFile, file: string): Result<LockFile> {
  const twice = (name: string, keys: readonly string[]) => (new Set(keys).size < keys.length ? [name] : []);
  const names = [
    ...twice('debian', lock.debian.map(keyOf.debian)),
    ...twice('image', lock.image.map(keyOf.image)),
    ...twice('nix', lock.nix.map(keyOf.nix)),
    ...twice('toolchain', lock.toolchain.map(keyOf.toolchain)),
  ];
  return names.length === 0 ? success(lock) : failure(faultProblem(`${names[0]} has two entries for the same`, file));
}

/** The one environment of a file of our own: these are for one machine each. */
export function readPins(file: string): Result<Pins | null> {
  const read = readLockFile(file);
  if (!read.ok || read.value === null) return read as Result<null>;
  return success(firstPins(read.value));
}

/** What a file of our own holds already, to write it anew with more; a broken one is written over. */
export function keptPins(file: string): Pins {
  const read = readPins(file);
  return (read.ok ? read.value : null) ?? { version: 1 };
}
