import { rmSync } from 'node:fs';
import type { UnpackEnd } from '../archive/unpack-job.ts';
import { fullDisk, saysFull } from '../problem/full-disk.ts';
import { type Problem, printable } from '../problem/problem.ts';
import type { LockedCrate } from './lock-packages.ts';

export interface CrateArchive {
  readonly crate: LockedCrate;
  /** Where its archive is, if it is anywhere. */
  readonly archive: string | null;
}

/** The problems of all crates that did not come into the store. A full disk is one problem, however many it stopped. */
export function problemsOf(ends: readonly (readonly [CrateArchive, UnpackEnd])[], store: string): readonly Problem[] {
  const isFull = ([, end]: readonly [CrateArchive, UnpackEnd]) => end.kind === 'failed' && saysFull(end.why);
  const unkept = ends.filter(isFull).length;
  const others = ends.filter((end) => !isFull(end)).flatMap(([item, end]) => problemOf(item, end) ?? []);
  if (unkept === 0) return others;
  return [
    { what: `${unkept} of ${ends.length} crates could not be unpacked`, where: { file: store }, ...fullDisk },
    ...others,
  ];
}

/** The problem behind a crate that did not come into the store; `null` for one that did. */
function problemOf({ crate, archive }: CrateArchive, end: UnpackEnd): Problem | null {
  const named = `${crate.name} ${crate.version}`;
  switch (end.kind) {
    case 'unpacked':
    case 'manifest':
      return null;
    case 'wrong-sum':
      if (archive !== null) rmSync(archive, { force: true });
      return {
        code: 'checksum-mismatch',
        what: `the archive of ${named} is not the one that Cargo.lock names`,
        where: { file: 'Cargo.lock' },
        why: `its sha256 is ${end.actual}, Cargo.lock says ${crate.sha256}`,
        fix: 'Find out who changed it: the registry (or a mirror), or Cargo.lock.',
      };
    case 'refused':
      return {
        code: 'archive-refused',
        what: `the archive of ${named} was refused`,
        why: end.entry === null ? end.why : `${printable(end.entry, 120)}: ${end.why}`,
        fix: 'An honest crate has only plain files in its own folder: look at it before you use it.',
      };
    case 'failed':
      return { code: 'storage', what: `${named} could not be unpacked`, why: printable(end.why) };
  }
}

export function notFetched(crate: LockedCrate): Problem {
  return {
    code: 'fetch-failed',
    what: `${crate.name} ${crate.version} was not fetched`,
    why: `cargo ended well, but there is no archive of it from ${printable(crate.source)}`,
  };
}
