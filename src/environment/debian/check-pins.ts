import { failure, type Result, success } from '../../base/result.ts';
import type { AddedToImage, DebianPackage, DebianPins } from '../../lock/pins.ts';
import { printable } from '../../problem/problem.ts';

/**
 * Refuses pins that could mean anything but a package of the archive: a lock comes with a project, and its words become
 * file names, addresses and arguments of programs here.
 */
export function checkDebianPins(pins: DebianPins): Result<DebianPins> {
  const odd = [pins.packages, pins.added?.packages ?? []].map(findOdd).find((pinned) => pinned !== undefined);
  if (odd !== undefined) return refuse(`the package '${printable(String(odd.name), 60)}' is not one of the archive`);
  const sums = [pins.rootSha256, ...(pins.added === undefined ? [] : [pins.added.baseSha256])];
  if (!sums.every((sum) => /^[0-9a-f]{64}$/.test(sum))) return refuse('the sum of the root is not a sha256');
  if (!/^[a-z]+$/.test(pins.suite) || !/^[a-z0-9]+$/.test(pins.architecture))
    return refuse('suite or architecture are not names');
  const snapshots = [pins.snapshot, ...(pins.added === undefined ? [] : [pins.added.snapshot])];
  if (!snapshots.every((time) => /^\d{8}T\d{6}Z$/.test(time))) return refuse('the snapshot is not a time');
  return success(pins);
}

/** The same of what is added to an image. */
export function checkAddedPins(added: AddedToImage): Result<AddedToImage> {
  const odd = findOdd(added.packages);
  if (odd !== undefined) return refuse(`the package '${printable(String(odd.name), 60)}' is not one of the archive`);
  if (!/^[a-z]+$/.test(added.suite) || !/^[a-z0-9]+$/.test(added.architecture))
    return refuse('suite or architecture are not names');
  return /^\d{8}T\d{6}Z$/.test(added.snapshot) ? success(added) : refuse('the snapshot is not a time');
}

function findOdd(packages: readonly DebianPackage[]): DebianPackage | undefined {
  const repeats = (pinned: DebianPackage, index: number) => packages[index - 1]?.name === pinned.name;
  return packages.find((pinned, index) => !isSound(pinned) || repeats(pinned, index));
}

function isSound(pinned: DebianPackage): boolean {
  return (
    /^[a-z0-9][a-z0-9+.-]+$/.test(pinned.name) &&
    /^[A-Za-z0-9.+:~-]+$/.test(pinned.version) &&
    /^[a-z0-9]+$/.test(pinned.architecture) &&
    /^debian(-security)?$/.test(pinned.archive) &&
    /^pool\/([A-Za-z0-9+~_][A-Za-z0-9.+~_-]*\/)+[A-Za-z0-9.+~:%_-]+\.deb$/.test(pinned.path) &&
    Number.isSafeInteger(pinned.sizeBytes) &&
    pinned.sizeBytes > 0 &&
    /^[0-9a-f]{64}$/.test(pinned.sha256)
  );
}

function refuse(why: string): Result<never> {
  return failure({
    code: 'lock-outdated',
    what: 'the pins of the debian environment cannot be used',
    why,
    fix: 'Run `cargo-boxed lock` to write them anew.',
  });
}
