import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { assembleProject } from '../real/assemble-project.ts';
import { type RealProject, realProjects } from '../real/projects.ts';
import { hostCargoVariables } from '../support/obtain-crate.ts';
import { commandLine } from '../support/rig.ts';
import { mustSucceed, type Side } from './measure.ts';

/** A project of more than 300 crates, and all that the sides of a comparison need. */
export interface Bench {
  readonly folder: string;
  readonly project: string;
  /** CARGO_BOXED_HOME: stays from one run to the next, so that a root is made once. */
  readonly home: string;
  readonly hostCargoHome: string;
  boxed(engine: 'bwrap' | 'docker', programArguments: readonly string[], folder?: string): Side;
  host(programArguments: readonly string[], more?: Record<string, string>): Side;
  /** A copy of the project that no view or target was made for. */
  anotherProject(): string;
  stop(): void;
}

export const benched = realProjects.find(({ name }) => name === 'xh') as RealProject;

export async function setUpBench(): Promise<Bench> {
  const folder = mkdtempSync('/var/tmp/cargo-boxed-bench-');
  const project = join(folder, 'project');
  await assembleProject(benched, project, null);
  const home = join(homedir(), '.cache/cargo-boxed-tests/bench-home');
  mkdirSync(home, { recursive: true });
  const hostCargoHome = join(folder, 'cargo');
  const boxedVariables = { ...hostCargoVariables(hostCargoHome), CARGO_BOXED_HOME: home };
  let copies = 0;
  return {
    folder,
    project,
    home,
    hostCargoHome,
    boxed: (engine, programArguments, at = project) => ({
      argv: [process.execPath, commandLine, ...programArguments],
      variables: { ...boxedVariables, ...dockerHost(), CARGO_BOXED_ENGINE: engine },
      folder: at,
    }),
    host: (programArguments, more = {}) => ({
      argv: ['cargo', ...programArguments],
      variables: hostCargoVariables(hostCargoHome, { CARGO_TARGET_DIR: join(folder, 'host-target'), ...more }),
      folder: project,
    }),
    anotherProject() {
      copies += 1;
      const copy = join(folder, `project-${copies}`);
      cpSync(project, copy, { recursive: true, filter: (path) => !path.includes('/target') });
      const { name, version } = benched.main;
      const own = `name = "${name}"\nversion = "`;
      const raise = (file: string) => {
        const text = readFileSync(join(copy, file), 'utf8');
        if (!/^version = /m.test(text) || !text.includes(`"${version}"`)) throw new Error(`no version in ${file}`);
        const lines = text.includes(`${own}${version}"`)
          ? text.replace(`${own}${version}"`, `${own}${version}-copy.${copies}"`)
          : '';
        const first = text.replace(`\nversion = "${version}"`, `\nversion = "${version}-copy.${copies}"`);
        writeFileSync(join(copy, file), lines === '' ? first : lines);
      };
      raise('Cargo.toml');
      raise('Cargo.lock');
      return copy;
    },
    stop: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function dockerHost(): Record<string, string> {
  return process.env.DOCKER_HOST === undefined ? {} : { DOCKER_HOST: process.env.DOCKER_HOST };
}

/** Both sides built once, so that what is measured next is a build with nothing to do. */
export async function warmUp(bench: Bench, engines: readonly ('bwrap' | 'docker')[]): Promise<void> {
  await mustSucceed(bench.host(['build', '--locked']));
  for (const engine of engines) await mustSucceed(bench.boxed(engine, ['build', '--locked']));
}
