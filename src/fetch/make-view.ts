import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Facts } from '../facts/facts.ts';
import { moveIntoPlace } from '../host/move-into-place.ts';
import type { ExtraCrate } from '../lock/pins.ts';
import { inside } from '../plan/box-plan.ts';
import { storeId } from './fetch-folders.ts';
import type { StoreFolders } from './fill-store.ts';
import { findView, noteFile, settledFile, type View, viewFolders } from './find-view.ts';
import { copyGitFolders, findGitFolders } from './git-folders.ts';
import type { LockedGit } from './lock-packages.ts';
import type { RegistrySource } from './registry-sources.ts';
import { tomlText } from './toml-text.ts';
import { viewConfig } from './view-config.ts';

export interface ViewInputs {
  readonly name: string;
  readonly views: string;
  readonly store: string;
  /** Of this run, on the same file system. */
  readonly workFolder: string;
  readonly fetchHome: string;
  readonly facts: Facts;
  readonly storeFolders: StoreFolders;
  /** Those whose crates stand in the store. */
  readonly sources: readonly RegistrySource[];
  readonly gitSources: readonly LockedGit[];
  readonly extraCrates: readonly ExtraCrate[];
  /** `as-cargo-writes`: this cargo was free to write the lock anew, and left it as it is. */
  readonly lockfile: 'as-cargo-writes' | 'unknown';
}

/** Makes a view elsewhere and moves it into place: there is never a half one. Equal names mean equal contents. */
export function makeView(inputs: ViewInputs): View {
  const { facts, sources, workFolder } = inputs;
  const cargoHome = join(workFolder, viewFolders.cargoHome);
  mkdirSync(join(cargoHome, 'git/db'), { recursive: true });
  mkdirSync(join(cargoHome, 'git/checkouts'));
  mkdirSync(join(workFolder, viewFolders.crates));
  for (const source of sources) {
    const folder = join(workFolder, viewFolders.crates, source.folder);
    mkdirSync(folder);
    for (const { name, version, sha256 } of source.crates) {
      symlinkSync(`${inside.store}/${inputs.storeFolders.get(sha256)}`, join(folder, `${name}-${version}`));
    }
  }
  copyGitFolders(inputs.fetchHome, cargoHome, findGitFolders(inputs.fetchHome, inputs.gitSources));
  const { cargoConfig, manifests } = facts.project;
  writeFileSync(
    join(cargoHome, 'config.toml'),
    tomlText(viewConfig(cargoConfig, manifests, facts.host.variables, sources)),
  );
  const note = { storeId: storeId(inputs.store), extraCrates: inputs.extraCrates };
  writeFileSync(join(workFolder, noteFile), JSON.stringify(note));
  const view = placeView(workFolder, inputs);
  // Afterwards, and whoever moved the view there: it says nothing of what is in it.
  if (inputs.lockfile === 'as-cargo-writes') writeFileSync(join(view.path, settledFile(facts)), '');
  return view;
}

function placeView(workFolder: string, { views, name, store, extraCrates }: ViewInputs): View {
  const path = join(views, name);
  // One whose store is gone stands in the way: nothing but a view of the same name was ever there.
  if (existsSync(path) && findView(views, name, store) === null) rmSync(path, { recursive: true, force: true });
  moveIntoPlace(workFolder, path);
  return { name, path, extraCrates };
}
