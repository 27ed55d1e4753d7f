import type { Room } from './disk-account.ts';

/** What is watched, as the engine knows it: paths of this machine. */
export interface WatchedBox {
  readonly limitBytes: number;
  readonly folders: readonly WatchedFolder[];
  /** The box's own memory file systems, by where they are mounted inside. */
  readonly temporary: readonly string[];
}

/** `whole`: what an earlier box left in it counts. `growth`: what was there before the box counts nothing. */
export interface WatchedFolder {
  readonly path: string;
  readonly counts: 'whole' | 'growth';
}

/** What the thread of the watch and the rest share, all of it words of 64 bits. */
export const sharedWords = 4;
export const shared = {
  /** Number of the process that the box hangs on; 0: not started yet. */
  processId: 0,
  /** 1: the box has ended. */
  ended: 1,
  /** 1: it has reached its limit. Written before anything is killed. */
  isFull: 2,
  /** What the box has written to its output. */
  outputBytes: 3,
} as const;

/** What the thread is started with. */
export interface WatchOrder {
  readonly box: WatchedBox;
  /** Of each folder: what was in it and does not count. */
  readonly before: readonly number[];
  readonly usedBytes: number;
  readonly room: readonly Room[];
  readonly words: BigInt64Array;
  readonly counts: 'below' | 'with';
}
