import { type Result, success } from '../base/result.ts';
import type { DiskWatch } from '../disk/watch-disk.ts';
import type { WatchedFolder } from '../disk/watched-box.ts';
import { inside } from '../plan/box-plan.ts';
import { varied } from '../plan/variations.ts';
import type { ResolvedBox } from './engine.ts';
import type { BoxWatch } from './watch-box.ts';

/** The watch over a box's disk, or over nothing when there is no limit. */
export type HeldDisk = Pick<DiskWatch, 'follow'> & {
  /** To be called when the box is over: its watch then knows whether the disk was full. */
  end(): Promise<void>;
};

const unlimited: HeldDisk = { follow: () => undefined, end: async () => undefined };

/**
 * Begins to hold the disk limit of a box that has not started yet; nothing is loaded when it has none. A box whose
 * target is over the limit already is stopped at once, so the watch is to be asked before it is started.
 */
export async function holdDisk(
  box: Pick<ResolvedBox, 'limits' | 'mounts'>,
  watch: BoxWatch,
  counts: 'below' | 'with',
): Promise<Result<HeldDisk>> {
  const limit = box.limits.diskBytes;
  if (limit === null) return success(unlimited);
  const full = { kind: 'limit', limit: 'diskBytes', value: limit.value } as const;
  const { watchDisk } = await import('../disk/watch-disk.ts');
  const started = await watchDisk(
    { limitBytes: limit.value, folders: writableFolders(box), temporary: temporaryMounts(box) },
    {
      counts,
      onFull: () => watch.stop(full),
      onFailure: (why) => watch.stop({ kind: 'lost', why: `the watch over its disk failed: ${why}` }),
    },
  );
  if (!started.ok) return started;
  const disk = started.value;
  if (disk === 'full') {
    watch.stop({ ...full, isOfEarlier: true });
    return success(unlimited);
  }
  watch.countOutput(disk.wrote);
  return success({
    follow: disk.follow,
    end: async () => {
      if (await disk.end()) watch.stop(full);
    },
  });
}

/**
 * The size that no single file gets beyond, whatever happens to the watch. More than the limit, so that it is the watch
 * that speaks first: a program that is told of a file too large may end before anybody has looked.
 */
export function largestFileBytes(limitBytes: number): number {
  return limitBytes + Math.max(Math.ceil(limitBytes * 0.05), 64 * 2 ** 20);
}

const targets: ReadonlySet<string> = new Set([inside.target, varied.target]);

/** The target counts with all that is in it; of the caller's own folders only what the box adds. */
function writableFolders(box: Pick<ResolvedBox, 'mounts'>): readonly WatchedFolder[] {
  return box.mounts.flatMap((mount) => {
    if (mount.kind !== 'bind' || mount.access !== 'read-write') return [];
    return [{ path: mount.source, counts: targets.has(mount.target) ? ('whole' as const) : ('growth' as const) }];
  });
}

function temporaryMounts(box: Pick<ResolvedBox, 'mounts'>): readonly string[] {
  return [...box.mounts.flatMap((mount) => (mount.kind === 'tmpfs' ? [mount.target] : [])), '/dev/shm'];
}
