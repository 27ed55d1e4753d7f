import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { plainProgram } from './rig.ts';
import { type Counts, runProgram, type SuiteRun } from './run-suite.ts';
import type { EngineName } from './suites.ts';

type Preparation = Pick<SuiteRun, 'prefix' | 'node' | 'tree' | 'variables'> & { readonly folder: string };

/** Makes the root that all tests of one identity and engine share, before the first of them: seen and timed by itself. */
export async function prepareHome(engine: EngineName, preparation: Preparation): Promise<Counts> {
  const begin = Date.now();
  const project = join(preparation.folder, `prepares-${engine}`);
  for (const [file, text] of Object.entries(plainProgram('prepares', 'fn main() {}\n'))) {
    mkdirSync(dirname(join(project, file)), { recursive: true });
    writeFileSync(join(project, file), text);
  }
  execFileSync('chown', ['-R', '--reference', preparation.folder, project]);
  const { prefix, node, tree, variables } = preparation;
  const isNix = variables.CARGO_BOXED_TEST_ENVIRONMENT === 'nix';
  const home = variables.CARGO_BOXED_TEST_HOME ?? '';
  const { status, timedOut } = await runProgram([...prefix, node, join(tree, 'dist/cargo-boxed.cjs'), 'build'], {
    tree: project,
    variables: {
      ...variables,
      CARGO_BOXED_HOME: home,
      ...(isNix ? { CARGO_BOXED_HOME: join(dirname(home), 'nix-home'), NIX_CONFIG: 'substituters =' } : {}),
      CARGO_BOXED_ENGINE: engine,
    },
    limitMinutes: 8,
  });
  const seconds = (Date.now() - begin) / 1000;
  if (status === 0) return { passed: 1, failed: 0, skipped: 0, failures: [], seconds, times: [] };
  const why = timedOut ? 'the time limit' : `exit ${status}`;
  return { passed: 0, failed: 1, skipped: 0, failures: [`the first build: ${why}`], seconds, times: [] };
}
