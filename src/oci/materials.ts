import type { LockPackages } from '../fetch/lock-packages.ts';
import type { DebianPackage, ToolchainPins } from '../lock/pins.ts';

/** One thing that an image or the project's build is made of. */
export interface Material {
  /** Package URL, which names it everywhere (purl-spec). */
  readonly purl: string;
  readonly name: string;
  readonly version: string;
  /** Of the file that was fetched; `null` where there is none: git. */
  readonly sha256: string | null;
  /** Where its sources are kept: `git+URL@COMMIT`. */
  readonly repository: string | null;
}

/** All of it: what is in the image, and what the project is built from. Each list is sorted by purl, without repeats. */
export interface Materials {
  readonly inImage: readonly Material[];
  readonly ofProject: readonly Material[];
}

/** What an image is made of. */
export function imageMaterials(
  suite: string,
  packages: Iterable<DebianPackage>,
  toolchain: ToolchainPins,
): readonly Material[] {
  const debian = [...packages].map((one) => debianMaterial(suite, one));
  const rust = toolchain.components.map(({ name }) => ({
    purl: `pkg:generic/${encode(name)}@${encode(toolchain.version)}`,
    name,
    version: toolchain.version,
    sha256: null,
    repository: null,
  }));
  return sorted([...debian, ...rust]);
}

/** `isDefault`: whether a source of Cargo.lock is cargo's own default registry, which a purl does not name. */
export function projectMaterials(crates: LockPackages, isDefault: (source: string) => boolean): readonly Material[] {
  const locked = crates.crates.map(({ name, version, source, sha256 }) => ({
    purl: `pkg:cargo/${encode(name)}@${encode(version)}${isDefault(source) ? '' : `?repository_url=${encode(source)}`}`,
    name,
    version,
    sha256,
    repository: null,
  }));
  const git = crates.graph.flatMap(({ name, version, source }) => {
    if (source?.startsWith('git+') !== true) return [];
    const repository = placeAt(source);
    const purl = `pkg:cargo/${encode(name)}@${encode(version)}?vcs_url=${encode(repository)}`;
    return [{ purl, name, version, sha256: null, repository }];
  });
  return sorted([...locked, ...git]);
}

/** `git+URL?branch=main#COMMIT`, as Cargo.lock has it, as purls and SPDX write a place: `git+URL@COMMIT`. */
function placeAt(source: string): string {
  const [place = '', commit = ''] = source.split('#');
  return `${place.split('?')[0]}@${commit}`;
}

function debianMaterial(suite: string, { name, version, architecture, sha256 }: DebianPackage): Material {
  const purl = `pkg:deb/debian/${encode(name)}@${encode(version)}?arch=${encode(architecture)}&distro=${encode(suite)}`;
  return { purl, name, version, sha256, repository: null };
}

function sorted(materials: readonly Material[]): readonly Material[] {
  const each = new Map(materials.map((one) => [one.purl, one]));
  return [...each.values()].sort((left, right) => (left.purl < right.purl ? -1 : 1));
}

/** As a purl wants it: all but letters, digits and `.-_~`. */
function encode(word: string): string {
  return encodeURIComponent(word).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
