import { startThread } from '../host/start-thread.ts';
import type { UnpackEnd, UnpackJob } from './unpack-job.ts';

/** Starting a thread costs about as much as unpacking this many crates. */
const crateCountWorthThreads = 16;
const maximumThreads = 4;

export interface UnpackOptions {
  readonly cpus: number;
  readonly signal: AbortSignal;
}

/** Unpacks crates side by side; the ends come in the order of the jobs. Large archives should come first. */
export async function unpackCrates(jobs: readonly UnpackJob[], options: UnpackOptions): Promise<readonly UnpackEnd[]> {
  const ends = new Array<UnpackEnd>(jobs.length).fill({ kind: 'failed', why: 'interrupted' });
  let started = 0;
  const next = () => (options.signal.aborted || started >= jobs.length ? null : started++);
  const threads = Math.min(options.cpus, maximumThreads);
  if (jobs.length < crateCountWorthThreads || threads < 2) {
    const { unpackCrate } = await import('./unpack-worker.ts');
    for (let index = next(); index !== null; index = next()) {
      ends[index] = await unpackCrate(jobs[index] as UnpackJob);
    }
    return ends;
  }
  await Promise.all(Array.from({ length: threads }, () => runThread(jobs, ends, next)));
  return ends;
}

function runThread(jobs: readonly UnpackJob[], ends: UnpackEnd[], next: () => number | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = startThread('archive-unpack-worker.cjs', new URL('./unpack-worker.ts', import.meta.url));
    let current: number | null = null;
    const giveNext = () => {
      current = next();
      worker.postMessage(current === null ? null : jobs[current]);
    };
    worker.on('message', (end: UnpackEnd) => {
      if (current !== null) ends[current] = end;
      giveNext();
    });
    worker.on('error', reject);
    worker.on('exit', () => resolve());
    giveNext();
  });
}
