import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Programs of others that tests run, by the packages of PyPI that they are in. */
const packages = {
  /** Of the SPDX project itself: reads a document and says what is not as its specification wants it. */
  pyspdxtools: 'spdx-tools==0.8.5',
} as const;

/** The program, installed once and kept beside the other downloads. */
export function pythonProgram(name: keyof typeof packages): string {
  const downloads = process.env.CARGO_BOXED_TEST_DOWNLOADS ?? join(homedir(), '.cache/cargo-boxed-tests');
  const wanted = packages[name];
  const folder = join(downloads, 'tools', wanted.replace('==', '-'));
  const program = join(folder, 'bin', name);
  const isWhole = join(folder, 'whole');
  if (existsSync(isWhole)) return program;
  rmSync(folder, { recursive: true, force: true });
  const run = (python: string, ...words: string[]) =>
    execFileSync(python, ['-m', ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
  // Its programs name the folder that they were installed in, so it is made in its place.
  run('python3', 'venv', folder);
  run(join(folder, 'bin/python3'), 'pip', 'install', '--quiet', '--disable-pip-version-check', wanted);
  writeFileSync(isWhole, '');
  return program;
}
