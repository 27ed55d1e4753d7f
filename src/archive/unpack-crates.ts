import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
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
    const worker = startThread();
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

/** The bundler makes a file of its own of everything that is imported dynamically, named by folder and file. */
function startThread(): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./archive-unpack-worker.cjs', import.meta.url));
  // From sources: a thread does not inherit the loader that lets the main thread read TypeScript.
  const tsx = createRequire(import.meta.url).resolve('tsx');
  const loader = new URL('./esm/api/index.mjs', pathToFileURL(tsx)).href;
  const file = new URL('./unpack-worker.ts', import.meta.url).href;
  return new Worker(
    `import(${JSON.stringify(loader)}).then(({ register }) => { register(); return import(${JSON.stringify(file)}); })`,
    { eval: true },
  );
}
