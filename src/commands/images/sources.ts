import { join } from 'node:path';
import { canonicalJson } from '../../base/canonical-json.ts';
import { failure, type Result, success } from '../../base/result.ts';
import type { DebianSuite } from '../../config/config.ts';
import { basePins } from '../../environment/debian/prepare-root.ts';
import { componentDigests, filesOf } from '../../facts/hash-components.ts';
import { viewFolders } from '../../fetch/find-view.ts';
import { cacheFolders } from '../../host/locations.ts';
import { sha256 } from '../../host/project-key.ts';
import { layerPackages } from '../../layers/catalogue.ts';
import type { ImageSources } from '../../oci/image-parts.ts';
import { debianRoot } from '../environments/debian.ts';
import type { Session } from '../session.ts';
import { layCrates } from './crates.ts';
import type { LockedImage } from './locked-image.ts';

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
  const packed =
    crates === null || laid.value === null
      ? null
      : {
          name: crates.name,
          config: crates.config,
          folder: join(laid.value, viewFolders.crates),
          store: join(session.locations.cache, cacheFolders.store),
        };
  const compiled =
    meaning.dependencies === undefined
      ? success(null)
      : await (await import('./dependencies.ts')).compileDependencies(session, locked, packed);
  if (!compiled.ok) return compiled;
  return success({
    meaning,
    crates: packed,
    dependencies: compiled.value,
    base: { path: base.value, sha256: below.rootSha256 },
    root: root.value,
    added: (debian.added?.packages ?? []).map(({ name }) => name),
    layers,
    toolchain: { path: own.path, files: [...files.flat(), ...lists], sum: sha256(canonicalJson(toolchain)) },
  });
}
