import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchConfig } from './fetch-config.ts';
import { makeFetchHome } from './fetch-folders.ts';
import { type FetchSession, runInSession } from './fetch-session.ts';
import { fetchToolchain } from './fetch-toolchain.ts';
import { folderKey, type IndexFolders, listIndexFolders, readIndexFolders } from './index-folders.ts';
import type { RegistrySource } from './registry-sources.ts';
import { builtInRegistry } from './source-chain.ts';
import { tomlText } from './toml-text.ts';

/**
 * The folders that cargo will use for these registries. For one that was never seen, cargo resolves a smallest project
 * with one crate of it (two small requests) and we look at what it made. Not to know one costs time only.
 */
export async function learnIndexFolders(
  session: FetchSession,
  sources: readonly RegistrySource[],
): Promise<IndexFolders> {
  const { fetchHome } = session.folders;
  const known = new Map(readIndexFolders(fetchHome).known);
  for (const source of sources) {
    const key = folderKey(source, fetchToolchain(session.inputs.facts).version);
    if (known.has(key) || source.end.kind === 'directory' || session.inputs.offline) continue;
    const folder = await probe(session, source);
    if (folder !== null) known.set(key, folder);
  }
  return { known };
}

async function probe(session: FetchSession, source: RegistrySource): Promise<string | null> {
  const crate = [...source.crates].sort((left, right) => left.dependencyCount - right.dependencyCount)[0];
  const registry = source.name === builtInRegistry ? null : (source.registry ?? source.name);
  if (crate === undefined || (registry === null && source.name !== builtInRegistry)) return null;
  const project = join(session.folders.run, `probe-${source.folder}`);
  mkdirSync(join(project, 'src'), { recursive: true });
  // A lock that is settled in two steps has it probed twice.
  mkdirSync(join(project, '.cargo'), { recursive: true });
  writeFileSync(join(project, 'src/lib.rs'), '');
  writeFileSync(
    join(project, '.cargo/config.toml'),
    tomlText(fetchConfig(session.inputs.facts.project.cargoConfig).project),
  );
  const dependency = `{ version = "*"${registry === null ? '' : `, registry = ${JSON.stringify(registry)}`} }`;
  writeFileSync(
    join(project, 'Cargo.toml'),
    `[package]\nname = "probe"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\n${JSON.stringify(crate.name)} = ${dependency}\n`,
  );
  // A home of its own: whatever stands in its index afterwards was made for this registry.
  const home = join(session.folders.run, `probe-home-${source.folder}`);
  makeFetchHome(home);
  await runInSession(session, { arguments: ['generate-lockfile'], folder: '', project, home, shown: 'hidden' });
  const made = listIndexFolders(home);
  return made.length === 1
    ? (made[0] ?? null)
    : (made.find((folder) => folder.startsWith(`${hostOf(source)}-`)) ?? null);
}

function hostOf(source: RegistrySource): string {
  const url = source.end.kind === 'remote' ? (source.end.last?.location ?? source.source) : source.source;
  return /:\/\/(?:[^/@]*@)?([^/:]+)/.exec(url)?.[1] ?? '';
}
