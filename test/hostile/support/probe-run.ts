import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Observation,
  readObservations,
  unwalledProbes,
  withDeclared,
} from '../../../src/selftest/judge-probes.ts';
import type { Canaries } from '../../../src/selftest/lay-canaries.ts';
import { layProject } from '../../../src/selftest/lay-project.ts';
import { cleanVariables, environment, type Project, projectIn, run, sharedHome } from '../../support/rig.ts';

/** The crate of the self-test as a project with secrets in it. */
export function probeProject(folder: string, canaries: Canaries, more: Readonly<Record<string, string>> = {}): Project {
  const made = projectIn(folder);
  layProject(folder, { ...canaries.values, ...more });
  return made;
}

/** What the probes reach in a box of the engine of this run. */
export async function probeBox(made: Project, canaries: Canaries): Promise<readonly Observation[]> {
  const { home, variables } = canaries;
  const options = {
    variables: { ...variables, HOME: home, CARGO_BOXED_UNWALLED_BUILD_SCRIPTS: unwalledProbes },
    limitSeconds: 300,
    prefix: leftOpen(canaries),
  };
  // Only a build exports the program that is run in the open afterwards.
  const built = await made.boxed(['build'], options);
  if (built.status !== 0) throw new Error(built.text);
  const ran = await made.boxed(['run', '--quiet'], options);
  if (ran.status !== 0) throw new Error(ran.text);
  return withDeclared(readObservations(ran.stdout), declaredVariables());
}

/** Variables that an environment of Nix sets, as its pins say. */
function declaredVariables(): Readonly<Record<string, string>> {
  if (environment !== 'nix') return {};
  const name = `nix-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.lock`;
  return JSON.parse(readFileSync(join(sharedHome, 'data/default', name), 'utf8')).nix.variables;
}

/** What the same program reaches on the host, where nothing stops it: proof that each probe can get through. */
export async function probeOpen(folder: string, program: string, canaries: Canaries): Promise<readonly Observation[]> {
  const { home, variables, values } = canaries;
  const toolchain = join(folder, 'toolchain');
  const store = join(folder, 'store');
  for (const path of ['bin', 'lib']) mkdirSync(join(toolchain, path), { recursive: true });
  writeFileSync(join(toolchain, 'bin/rustc'), '');
  mkdirSync(join(store, 'some-crate'), { recursive: true });
  for (const path of ['bin', '.cargo/bin']) mkdirSync(join(home, path), { recursive: true });
  const setId = join(folder, 'set-id-program');
  writeFileSync(setId, '');
  chmodSync(setId, 0o4755);
  const launcher = bystander(values.host_folder as string, variables);
  try {
    const open = { launcher: String(launcher.pid), walk_from: folder, store, crates: store };
    const made = probeProject(join(folder, 'open/project'), canaries, open);
    const ran = await run([...leftOpen(canaries), program], {
      currentFolder: made.folder,
      variables: {
        ...cleanVariables(),
        ...variables,
        HOME: home,
        USER: values.user,
        CARGO_HOME: join(home, '.cargo'),
        RUSTC: join(toolchain, 'bin/rustc'),
        BOXED_PROBES_ONLY_NOW: '1',
      },
    });
    return readObservations(ran.stdout);
  } finally {
    launcher.kill('SIGKILL');
  }
}

/** A shell that leaves a file and a folder of the host open, as whoever starts a build may have done. */
function leftOpen({ values }: Canaries): readonly string[] {
  const folder = values.host_folder as string;
  return ['/bin/bash', '-c', 'exec 7<"$0/temporary-file" 9<"$0"; exec "$@"', folder];
}

/** A process that knows the secret, as the launcher of a box could: in its variables, arguments and descriptors. */
function bystander(folder: string, variables: Readonly<Record<string, string>>): ChildProcess {
  const descriptor = openSync(join(folder, 'temporary-file'), 'r');
  const started = spawn('/bin/sh', ['-c', 'sleep 120', 'sh', folder], {
    cwd: folder,
    env: { PATH: '/usr/bin:/bin', ...variables },
    stdio: ['ignore', 'ignore', 'ignore', descriptor],
  });
  closeSync(descriptor);
  return started;
}
