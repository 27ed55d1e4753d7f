import type { Worker } from 'node:worker_threads';
import { failure, type Result, success } from '../base/result.ts';
import { startThread } from '../host/start-thread.ts';
import { promptFileSystem } from './file-systems.ts';
import { shared, sharedWords, type WatchedBox, type WatchOrder } from './watched-box.ts';

/** The watch over what one box writes. */
export interface DiskWatch {
  /** The box has started: this process is the launcher outside (`below`) or the first one inside (`with`). */
  follow(processId: number): void;
  /** It has written so much to its output. */
  wrote(bytes: number): void;
  /** To be called when the box is over. `true`: it had reached its limit. */
  end(): Promise<boolean>;
}

export interface WatchDiskOptions {
  readonly counts: 'below' | 'with';
  readonly onFull: () => void;
  /** The watch itself has failed: without it the box must not go on. */
  readonly onFailure: (why: string) => void;
}

/**
 * Counts what is there, and starts a thread that watches it. `full`: an earlier box has left as much as the limit or
 * more. A problem where the file system cannot be watched.
 */
export async function watchDisk(box: WatchedBox, options: WatchDiskOptions): Promise<Result<DiskWatch | 'full'>> {
  for (const { path } of box.folders) {
    const { name, magic } = promptFileSystem(path);
    if (name === null) return failure(notWatchable(path, magic));
  }
  const { measureBefore } = await import('./watch-thread.ts');
  const { before, room, bytes: usedBytes, isWhole } = measureBefore(box);
  if (usedBytes >= box.limitBytes) return success('full');
  if (!isWhole) return failure(uncountable);
  const words = new BigInt64Array(new SharedArrayBuffer(sharedWords * 8));
  const order: WatchOrder = { box, before, room, usedBytes, words, counts: options.counts };
  const source = new URL('./watch-thread.ts', import.meta.url);
  const thread = startThread('disk-watch-thread.cjs', source, { workerData: order, stdin: false });
  const watch = follow(thread, words, options);
  // A box that has begun may keep every processor busy: a thread that has yet to start would look too late.
  await new Promise((resolve) => thread.once('message', resolve).once('exit', resolve));
  return success(watch);
}

function follow(thread: Worker, words: BigInt64Array, { onFull, onFailure }: WatchDiskOptions): DiskWatch {
  const over = new Promise<void>((resolve) => {
    thread.on('message', (verdict) => verdict === 'full' && onFull());
    thread.on('error', (error: Error) => onFailure(error.message));
    thread.on('exit', () => resolve());
  });
  return {
    follow: (processId) => void Atomics.store(words, shared.processId, BigInt(processId)),
    wrote: (bytes) => void Atomics.add(words, shared.outputBytes, BigInt(bytes)),
    end: async () => {
      Atomics.store(words, shared.ended, 1n);
      Atomics.notify(words, shared.ended);
      await over;
      return Atomics.load(words, shared.isFull) !== 0n;
    },
  };
}

const uncountable = {
  code: 'not-enforceable',
  what: 'the limit `disk` cannot be held: an earlier build has left files that cannot be counted',
  why: 'folders there cannot be read, or lie one in the other without end',
  fix: 'Run `cargo-boxed reset`: it deletes the target directory of this project.',
} as const;

function notWatchable(path: string, magic: number) {
  return {
    code: 'not-enforceable',
    what: 'the limit `disk` cannot be held on the file system of the target directory',
    where: { file: path },
    why: `a file system of the kind 0x${magic.toString(16)} does not say at once what has been written`,
    fix: 'Set CARGO_BOXED_HOME to a folder on ext4, xfs or tmpfs, or take the limit out of the configuration.',
  } as const;
}
