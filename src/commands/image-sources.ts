import { join } from 'node:path';
import { canonicalJson } from '../base/canonical-json.ts';
import { failure, type Result, success } from '../base/result.ts';
import type { DebianSuite } from '../config/config.ts';
import { basePins } from '../environment/debian/prepare-root.ts';
import { componentDigests, filesOf } from '../facts/hash-components.ts';
import { lockPackages } from '../fetch/lock-packages.ts';
import { viewFolders } from '../fetch/make-view.ts';
import type { SharedView } from '../fetch/shared-view.ts';
import { cacheFolders } from '../host/locations.ts';
import { sha256 } from '../host/project-key.ts';
import { layerPackages } from '../layers/catalogue.ts';
import type { DebianPins, ToolchainPins } from '../lock/pins.ts';
import type { ImageMeaning } from '../oci/image-documents.ts';
import type { ImageSources } from '../oci/image-parts.ts';
import { meaningOf } from '../oci/meaning-of-pins.ts';
import { debianRoot } from './debian.ts';
import { devcontainerCrates, layCrates } from './devcontainer-crates.ts';
import { type Gathered, gather } from './gather.ts';
import type { Session } from './session.ts';
import { settlePins } from './settle-pins.ts';

/** What an image is made from: the project's lock and nothing else. */
export interface LockedImage {
  readonly gathered: Gathered;
  readonly debian: DebianPins;
  readonly toolchain: ToolchainPins;
  readonly meaning: ImageMeaning;
  /** The crates of Cargo.lock that are to be in it; `null`: none. */
  readonly crates: SharedView | null;
}

/** The same with the crates of Cargo.lock in it. Git dependencies are none: no two machines pack a repository alike. */
export function withCrates(locked: LockedImage): Result<LockedImage> {
  const { project } = locked.gathered.facts;
  const crates = devcontainerCrates(locked.gathered);
  if (!crates.ok) return crates;
  const named = project.lockfile.state === 'missing' ? null : lockPackages(project.lockfile.text);
  const git = named?.ok === true ? named.value.gitSources.length : 0;
  if (git > 0) {
    return failure({
      code: 'config',
      what: `an image cannot have the ${git} git dependencies of this project in it`,
      why: 'no two machines pack a repository into the same bytes',
      fix: 'Leave `--with-crates` out, and fetch in a step of its own.',
    });
  }
  return success({ ...locked, crates: crates.value, meaning: { ...locked.meaning, crates: crates.value.name } });
}

/** Reads the project's lock; what is not pinned there, or is another kind of environment, makes no image. */
export async function lockedImage(session: Session): Promise<Result<LockedImage>> {
  const gathered = await gather(session, { manifestPath: null, project: 'needed' });
  if (!gathered.ok) return gathered;
  const { config } = gathered.value;
  if (config.environment.value !== 'debian') {
    return failure({
      code: 'config',
      what: `there is no image of the \`${config.environment.value}\` environment to build`,
      why: 'an image is made of the root of `debian`, which is pinned package by package',
      fix: 'Run it with `--environment debian`.',
    });
  }
  const pinned = { ...config, pinned: { ...config.pinned, value: true } };
  const settled = await settlePins(session, { ...gathered.value, config: pinned }, 'project');
  if (!settled.ok) return settled;
  const { debian, toolchain } = settled.value.pins;
  if (debian === undefined || toolchain === undefined) {
    return failure({
      code: 'lock-outdated',
      what: 'cargo-boxed.lock lacks a toolchain, and an image needs one',
      where: { file: settled.value.file },
      fix: 'Run `cargo-boxed lock`.',
    });
  }
  return success({
    gathered: gathered.value,
    debian,
    toolchain,
    meaning: meaningOf(debian, toolchain),
    crates: null,
  });
}

/** Prepares the roots, and checks the toolchain of this machine file by file against the lock. */
export async function imageSources(session: Session, locked: LockedImage): Promise<Result<ImageSources>> {
  const { gathered, debian, toolchain, meaning, crates } = locked;
  const { config, facts } = gathered;
  const { mountRoot } = facts.project;
  const root = await debianRoot(session, config, mountRoot, debian);
  if (!root.ok) return root;
  const below = basePins(debian);
  const base = await debianRoot(session, config, mountRoot, below);
  if (!base.ok) return base;
  const own = facts.toolchain;
  if (own === null) throw new Error('a lock with a toolchain that fits, and no toolchain');
  session.reporter.step('Checking the toolchain against the lock');
  const names = toolchain.components.map(({ name }) => name);
  const found = await componentDigests(own, names, session.interruption.signal);
  if (!found.ok) return found;
  const other = toolchain.components.find(
    ({ name, sha256: sum }) => found.value.find((one) => one.name === name)?.sha256 !== sum,
  );
  if (other !== undefined) {
    return failure({
      code: 'checksum-mismatch',
      what: `the component ${other.name} of this machine is not the one of the lock`,
      where: { file: own.path },
      fix: `Run \`rustup toolchain install ${own.name} --force\`, or \`cargo-boxed lock\`.`,
    });
  }
  const isLinked = own.components.length === 0;
  const files = await Promise.all(isLinked ? [filesOf(own.path, null)] : names.map((name) => filesOf(own.path, name)));
  // What rustup knows of it: with these the components can be summed again where the image runs.
  const lists = isLinked
    ? []
    : [...names.map((name) => `manifest-${name}`), 'multirust-channel-manifest.toml'].map(
        (name) => `lib/rustlib/${name}`,
      );
  const layers = debian.layers.map((name) => {
    const packages = layerPackages([name], debian.suite as DebianSuite);
    return { name, packages: packages.ok ? packages.value : [] };
  });
  const laid = crates === null ? success(null) : await layCrates(session, gathered, crates);
  if (!laid.ok) return laid;
  return success({
    meaning,
    crates:
      crates === null || laid.value === null
        ? null
        : {
            name: crates.name,
            config: crates.config,
            folder: join(laid.value, viewFolders.crates),
            store: join(session.locations.cache, cacheFolders.store),
          },
    base: { path: base.value, sha256: below.rootSha256 },
    root: root.value,
    added: (debian.added?.packages ?? []).map(({ name }) => name),
    layers,
    toolchain: { path: own.path, files: [...files.flat(), ...lists], sum: sha256(canonicalJson(toolchain)) },
  });
}
