import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts a module of ours as a thread: `bundle` beside the other bundles, or `source` when we run from sources. The
 * bundler makes a file of its own of everything that is imported dynamically, named by folder and file.
 */
export function startThread(bundle: string, source: URL, options: WorkerOptions = {}): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL(`./${bundle}`, import.meta.url), options);
  // From sources: a thread does not inherit the loader that lets the main thread read TypeScript.
  const tsx = createRequire(import.meta.url).resolve('tsx');
  const loader = new URL('./esm/api/index.mjs', pathToFileURL(tsx)).href;
  const code = `import(${JSON.stringify(loader)}).then(({ register }) => { register(); return import(${JSON.stringify(source.href)}); })`;
  return new Worker(code, { ...options, eval: true });
}
