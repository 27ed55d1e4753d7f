/** `npm run unit [-- TEXT]`: the unit tests, or those whose path has the text. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { together } from './support/halves/together.ts';
import { testFiles } from './support/run-suite.ts';

const wanted = process.argv[2] ?? '';
const run = together(testFiles(join(import.meta.dirname, 'unit'), true).filter((file) => file.includes(wanted)));
const concurrency = `--test-concurrency=${run.concurrency}`;
const { status } = spawnSync(process.execPath, ['--import', 'tsx', '--test', concurrency, ...run.files], {
  env: { ...process.env, ...run.variables },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
