import { failure, type Result, success } from '../../base/result.ts';
import type { AddedToImage, DebianPackage, DebianPins } from '../../lock/pins.ts';
import { printable } from '../../problem/problem.ts';

/**
 * Refuses pins that could mean anything but a package of the archive: a lock comes with a project, and its words become
 * file names, addresses and arguments of programs here.
 */
export function checkDebianPins(pins: DebianPins): Result<DebianPins> {
  const added = pins.added === undefined ? [] : [pins.added];
  const fault = faultIn(pins, [pins, ...added]);
  if (fault !== null) return refuse(fault);
  const sums = [pins.rootSha256, ...added.map(({ baseSha256 }) => baseSha256)];
  return sums.every((sum) => /^[0-9a-f]{64}$/.test(sum))
    ? success(pins)
    : refuse('the sum of the root is not a sha256');
}

/** The same of what is added to an image. */
export function checkAddedPins(added: AddedToImage): Result<AddedToImage> {
  const fault = faultIn(added, [added]);
  return fault === null ? success(added) : refuse(fault);
}

/** What is wrong with sets of packages of one suite; `null`: nothing. */
function faultIn(
  { suite, architecture }: Pick<DebianPins, 'suite' | 'architecture'>,
  sets: readonly Pick<DebianPins, 'packages' | 'snapshot'>[],
): string | null {
  const odd = sets.map(({ packages }) => findOdd(packages)).find((pinned) => pinned !== undefined);
  if (odd !== undefined) return `the package '${printable(String(odd.name), 60)}' is not one of the archive`;
  if (!/^[a-z]+$/.test(suite) || !/^[a-z0-9]+$/.test(architecture)) return 'suite or architecture are not names';
  return sets.every(({ snapshot }) => /^\d{8}T\d{6}Z$/.test(snapshot)) ? null : 'the snapshot is not a time';
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
