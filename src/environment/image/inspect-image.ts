import { failure, type Result, success } from '../../base/result.ts';
import type { ToolchainChoice } from '../../config/config.ts';
import type { ImageSystem } from '../../lock/pins.ts';
import { printable } from '../../problem/problem.ts';
import type { ImageStore, StoredImage } from './image-store.ts';
import { readOsRelease } from './read-os-release.ts';

/** What an image has to build with, found without running anything of it. */
export interface ImageFacts {
  /** Absolute path of `cargo`, or `null`. */
  readonly cargo: string | null;
  readonly shell: string | null;
  /** `glibc`: a toolchain of the host runs in it. */
  readonly library: 'glibc' | 'musl' | 'unknown';
  /** What the image says about its search path and its toolchain: the plan takes these over by name. */
  readonly variables: Readonly<Record<string, string>>;
  /** What it says that it is; `null` when it says nothing. */
  readonly system: ImageSystem | null;
}

/** Variables of an image that a build in it needs; all others stay out. */
const takenVariables = ['PATH', 'RUSTUP_HOME', 'RUSTUP_TOOLCHAIN', 'LD_LIBRARY_PATH', 'PKG_CONFIG_PATH'];
const usualPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const glibcLoaders = {
  x86_64: ['/lib64/ld-linux-x86-64.so.2', '/usr/lib64/ld-linux-x86-64.so.2'],
  aarch64: ['/lib/ld-linux-aarch64.so.1', '/usr/lib/ld-linux-aarch64.so.1'],
} as const;

export async function inspectImage(
  store: ImageStore,
  image: StoredImage,
  architecture: 'x86_64' | 'aarch64',
): Promise<Result<ImageFacts>> {
  const folders = (image.variables.PATH || usualPath).split(':').filter((folder) => folder.startsWith('/'));
  const cargo = [...folders, '/usr/local/cargo/bin'].slice(0, 40).map((folder) => `${folder}/cargo`);
  const shells = ['/bin/sh', '/usr/bin/sh'];
  const musl = `/lib/ld-musl-${architecture}.so.1`;
  const paths = [...new Set([...cargo, ...shells, ...glibcLoaders[architecture], musl])];
  const looked = await store.look(image.id, paths);
  if (!looked.ok) return looked;
  const system = await readImageSystem(store, image.id);
  if (!system.ok) return system;
  const there = new Set(looked.value.flatMap(({ path, kind }) => (kind === 'file' || kind === 'link' ? [path] : [])));
  const first = (candidates: readonly string[]) => candidates.find((path) => there.has(path)) ?? null;
  const taken = takenVariables.flatMap((name) => {
    const value = Object.hasOwn(image.variables, name) ? image.variables[name] : undefined;
    return value === undefined ? [] : [[name, value] as const];
  });
  return success({
    cargo: first(cargo),
    shell: first(shells),
    library: first(glibcLoaders[architecture]) !== null ? 'glibc' : there.has(musl) ? 'musl' : 'unknown',
    variables: Object.fromEntries(taken),
    system: system.value,
  });
}

/** What the system of an image says that it is. In most images the first is a link to the second. */
async function readImageSystem(store: ImageStore, id: string): Promise<Result<ImageSystem | null>> {
  for (const path of ['/usr/lib/os-release', '/etc/os-release']) {
    const read = await store.read(id, path, mostReleaseBytes);
    if (!read.ok) return read;
    if (read.value !== null) return success(readOsRelease(read.value.toString('utf8')));
  }
  return success(null);
}

const mostReleaseBytes = 64 * 1024;

/** Whether a build can run in it: an image for another machine, without a shell or without Rust is said so before. */
export function judgeImage(
  reference: string,
  image: StoredImage,
  facts: ImageFacts,
  toolchain: ToolchainChoice,
  architecture: 'x86_64' | 'aarch64',
): Result<void> {
  const name = printable(reference, 120);
  const refuse = (what: string, why: string, fix: string) => failure({ code: 'environment', what, why, fix });
  const wanted = architecture === 'x86_64' ? 'amd64' : 'arm64';
  if (image.operatingSystem !== 'linux' || image.architecture !== wanted) {
    const is = printable(`${image.operatingSystem}/${image.architecture}`, 40);
    return refuse(
      `the image ${name} is for another machine`,
      `it is ${is}, and this is linux/${wanted}`,
      'Take one for it.',
    );
  }
  if (facts.shell === null) {
    return refuse(
      `the image ${name} has no shell`,
      'a build needs at least `sh` and a linker',
      'Take an image with a system.',
    );
  }
  if (toolchain === 'image' && facts.cargo === null) {
    const fix = 'Take an image with Rust in it (`rust:1-bookworm`), or set `toolchain: host` to use the host’s.';
    return refuse(`the image ${name} is no Rust image`, 'it has no `cargo`, and `toolchain: image` was asked for', fix);
  }
  if (toolchain === 'host' && facts.library !== 'glibc') {
    const why = `the host’s Rust needs the GNU C library, and this image has ${facts.library === 'musl' ? 'musl' : 'none'}`;
    return refuse(
      `the host’s toolchain cannot run in the image ${name}`,
      why,
      'Take a Debian-like image or `toolchain: image`.',
    );
  }
  return success(undefined);
}
