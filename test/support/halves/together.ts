import { join, relative } from 'node:path';

const variable = 'CARGO_BOXED_TEST_TOGETHER';
const folder = import.meta.dirname;
const testFolder = join(folder, '../..');

/**
 * How node:test runs these files in two processes: starting one for each takes longer than most of them. For tests of pure
 * parts, which leave nothing behind in a process.
 */
export function together(files: readonly string[]) {
  return {
    files: ['first.ts', 'second.ts'].map((name) => join(folder, name)),
    variables: { [variable]: files.join('\n') },
    concurrency: 2,
  };
}

/** In one of these processes: which files it runs. */
export function halfOf(which: 0 | 1) {
  const files = (process.env[variable] ?? '').split('\n').filter((file, index) => file !== '' && index % 2 === which);
  return files.map((path) => ({ name: relative(testFolder, path), path }));
}
