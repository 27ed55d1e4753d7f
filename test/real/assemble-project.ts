import { execFile } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { GitServer } from '../support/git-server.ts';
import { type CratePin, hostCargoVariables, keptCargoHome, unpackCrate } from '../support/obtain-crate.ts';
import type { RealProject } from './projects.ts';

/** Puts a project together in `folder`, with a Cargo.lock that fits what was put in. */
export async function assembleProject(project: RealProject, folder: string, host: GitServer | null): Promise<void> {
  unpackCrate(project.main, folder);
  for (const { pin, at } of project.parts) unpackCrate(pin, join(folder, at));
  const patches = [
    ...project.parts.map(({ pin, at }) => `${pin.name} = { path = "${at}" }`),
    ...project.byGit.map(
      (pin) => `${pin.name} = { git = "${host?.url}/${pin.name}.git", rev = "${serve(pin, host)}" }`,
    ),
  ];
  const patch = patches.length === 0 ? '' : `\n[patch.crates-io]\n${patches.join('\n')}\n`;
  const workspace = project.manifest === '' ? '\n[workspace]\n' : `\n${project.manifest}`;
  appendFileSync(join(folder, 'Cargo.toml'), `${workspace}${patch}`);
  if (project.configuration !== '') writeFileSync(join(folder, 'cargo-boxed.yaml'), project.configuration);
  await hostCargo(['fetch'], folder);
}

/** Runs host cargo in a trusted project; it keeps its crates from one run to the next. The git host lives in this process. */
export async function hostCargo(programArguments: readonly string[], folder: string): Promise<void> {
  await promisify(execFile)('cargo', [...programArguments, '--target', hostTriple()], {
    cwd: folder,
    env: hostCargoVariables(keptCargoHome),
    timeout: 300_000,
  });
}

function hostTriple(): string {
  return `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-unknown-linux-gnu`;
}

function serve(pin: CratePin, host: GitServer | null): string {
  if (host === null) throw new Error(`${pin.name} needs a git host`);
  const sources = mkdtempSync(join(tmpdir(), 'cargo-boxed-sources-'));
  try {
    unpackCrate(pin, sources);
    rmSync(join(sources, 'Cargo.lock'), { force: true });
    return host.commit(pin.name, sources);
  } finally {
    rmSync(sources, { recursive: true, force: true });
  }
}
