import { chmodSync, cpSync, lstatSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../base/canonical-json.ts';
import type { Result } from '../base/result.ts';
import { success } from '../base/result.ts';
import type { ProjectFacts, TomlTable } from '../facts/facts.ts';
import { moveIntoPlace } from '../host/move-into-place.ts';
import { sha256 } from '../host/project-key.ts';
import { tableAt } from '../toml/read-table.ts';
import { viewFolders } from './find-view.ts';
import { lockPackages } from './lock-packages.ts';
import { registrySources } from './registry-sources.ts';
import { tomlText } from './toml-text.ts';
import { viewConfig } from './view-config.ts';

/** A view that is named by Cargo.lock and what the project says alone: the same name on every machine of a team. */
export interface SharedView {
  readonly name: string;
  /** config.toml of its CARGO_HOME: nothing of the user's own but where registries are. */
  readonly config: string;
}

/** Raised when the same Cargo.lock gives another view. */
const sharedFormat = 2;

export function sharedView(
  project: ProjectFacts,
  lock: { readonly text: string; readonly sha256: string },
  variables: Readonly<Record<string, string>>,
): Result<SharedView> {
  const packages = lockPackages(lock.text);
  if (!packages.ok) return packages;
  const { cargoConfig, manifests } = project;
  const sources = registrySources(packages.value.crates, cargoConfig, variables).filter(
    ({ end }) => end.kind !== 'directory',
  );
  const user: TomlTable = {
    source: tableAt(cargoConfig.user, 'source'),
    registries: tableAt(cargoConfig.user, 'registries'),
  };
  const config = tomlText(viewConfig({ ...cargoConfig, user }, manifests, variables, sources));
  const name = sha256(canonicalJson({ format: sharedFormat, lock: lock.sha256, config }));
  return success({ name, config });
}

/**
 * Makes a shared view out of one of this machine, under `folder`: its links lead to the same store. Whoever is in a
 * container may read it, whatever the umask. Equal names mean equal contents, so one that is there stays.
 */
export function makeSharedView(view: string, { name, config }: SharedView, folder: string, scratch: string): string {
  const place = join(folder, name);
  for (const part of Object.values(viewFolders)) {
    cpSync(join(view, part), join(scratch, part), { recursive: true, verbatimSymlinks: true });
    if (part === viewFolders.cargoHome) writeFileSync(join(scratch, part, 'config.toml'), config);
    openForReading(join(scratch, part));
  }
  moveIntoPlace(scratch, place);
  return place;
}

function openForReading(path: string): void {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return;
  chmodSync(path, stat.isDirectory() || (stat.mode & 0o100) !== 0 ? 0o755 : 0o644);
  if (stat.isDirectory()) for (const name of readdirSync(path)) openForReading(join(path, name));
}
