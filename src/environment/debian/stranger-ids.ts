/** Ids of this machine, or of the user namespace that we are in. */
export interface IdRange {
  readonly first: number;
  readonly count: number;
}

/** Neither Debian nor systemd gives these to anybody. */
const unused: IdRange = { first: 0x7000_0000, count: 65_536 };
/** As many as Debian's own users and groups need, and more. */
const fewest = 60_000;

/**
 * Ids without a right on this machine, by `/proc/self/uid_map`. In a container that has few ids itself those of its own
 * users other than root are taken. `null`: there are not enough.
 */
export function strangerIds(map: string): IdRange | null {
  const ranges = map.split('\n').flatMap((line) => {
    const [first, , count] = line.trim().split(/\s+/).map(Number);
    return first === undefined || count === undefined || Number.isNaN(first + count) ? [] : [{ first, count }];
  });
  if (ranges.some(({ first, count }) => first <= unused.first && first + count >= unused.first + unused.count))
    return unused;
  const [widest] = ranges
    .map(({ first, count }) => (first === 0 ? { first: 1, count: count - 1 } : { first, count }))
    .sort((left, right) => right.count - left.count);
  return widest === undefined || widest.count < fewest ? null : { ...widest, count: Math.min(widest.count, 65_536) };
}
