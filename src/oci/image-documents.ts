import { canonicalJson } from '../base/canonical-json.ts';
import type { ImageLayer } from './layer-of-image.ts';

/** What an image is, beside its layers: from the lock alone, so that equal locks give equal bytes. */
export interface ImageMeaning {
  /** As Debian and the registries call it: `amd64`. */
  readonly architecture: string;
  /** Seconds since 1970: when the packages of the lock were resolved. */
  readonly epoch: number;
  /** sha256 over all that is in it, by names and sums. */
  readonly identity: string;
  readonly suite: string;
  readonly layers: readonly string[];
  readonly toolchain: string;
  /** Of the crates of Cargo.lock that lie in it, what stands for them; absent when there are none. */
  readonly crates?: string;
  /** Of its compiled dependencies; absent when there are none. */
  readonly dependencies?: MeaningOfDependencies;
}

/** What stands for the compiled dependencies of an image. */
export interface MeaningOfDependencies {
  /** sha256 over all that they are compiled from and with. */
  readonly sum: string;
  readonly profile: 'dev' | 'release';
  /** Variables that the project's configuration sets: they were compiled with these, and hold with these alone. */
  readonly variables: Readonly<Record<string, string>>;
}

/** The labels of an image that has crates, or compiled dependencies, in it: what stands for them. */
export const cratesLabel = 'cargo-boxed.crates';
export const dependenciesLabel = 'cargo-boxed.dependencies';

/** Where an image says what it is, for the tool when it is started in it. */
export const markPath = 'box/image.json';

/** One of the documents, with the name that its content gives it. */
export interface Document {
  readonly text: string;
  readonly mediaType: string;
}

/** Media types (OCI image specification 1.0). */
export const documentTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  configuration: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
} as const;

/** Where things stand in an image: as in every box. */
export const variables = {
  CARGO_HOME: '/box/cargo',
  HOME: '/box/home',
  LC_ALL: 'C.UTF-8',
  PATH: '/box/toolchain/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
} as const;

/** Where cargo has its target in every box, and in an image in which something lies there. */
export const targetVariables = {
  CARGO_BUILD_BUILD_DIR: '/box/target/build',
  CARGO_TARGET_DIR: '/box/target/out',
} as const;

/**
 * The configuration (OCI image specification 1.0). Its digest is the image's id for engines of the classic kind; nothing
 * in it depends on the day, the machine or who made it.
 */
export function imageConfiguration(meaning: ImageMeaning, layers: readonly ImageLayer[]): Document {
  const created = new Date(meaning.epoch * 1000).toISOString().replace('.000Z', 'Z');
  const text = canonicalJson({
    architecture: meaning.architecture,
    os: 'linux',
    created,
    config: {
      User: 'box',
      Env: Object.entries(variablesOf(meaning)).map(([name, value]) => `${name}=${value}`),
      WorkingDir: '/box/project',
      Cmd: ['/bin/sh'],
      Labels: imageLabels(meaning, created),
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ sha256 }) => `sha256:${sha256}`) },
    history: layers.map(({ holds }) => ({ created, created_by: 'cargo-boxed', comment: holds })),
  });
  return { text, mediaType: documentTypes.configuration };
}

/** Sorted by name. What a place is called by is ours, whatever a configuration sets. */
function variablesOf({ dependencies }: ImageMeaning): Readonly<Record<string, string>> {
  const all = dependencies === undefined ? variables : { ...dependencies.variables, ...variables, ...targetVariables };
  return Object.fromEntries(Object.entries(all).sort(([left], [right]) => (left < right ? -1 : 1)));
}

function imageLabels(meaning: ImageMeaning, created: string): Record<string, string> {
  return {
    ...(meaning.crates === undefined ? {} : { [cratesLabel]: meaning.crates }),
    ...(meaning.dependencies === undefined
      ? {}
      : { [dependenciesLabel]: `${meaning.dependencies.profile} ${meaning.dependencies.sum}` }),
    'cargo-boxed.identity': meaning.identity,
    'cargo-boxed.layers': meaning.layers.join(' '),
    // What a devcontainer takes from an image; that it has no network and no rights only its own file can say.
    'devcontainer.metadata': canonicalJson([
      { remoteUser: 'box', updateRemoteUserUID: false, userEnvProbe: 'none', overrideCommand: true },
    ]).trim(),
    'org.opencontainers.image.base.name': `debian:${meaning.suite}`,
    'org.opencontainers.image.created': created,
    'org.opencontainers.image.title': `Rust ${meaning.toolchain} on Debian ${meaning.suite}`,
  };
}

/** The manifest of a configuration and its layers; `sha256` and size of the configuration are those of its bytes. */
export function imageManifest(
  meaning: ImageMeaning,
  configuration: { readonly sha256: string; readonly sizeBytes: number },
  layers: readonly ImageLayer[],
): Document {
  const text = canonicalJson({
    schemaVersion: 2,
    mediaType: documentTypes.manifest,
    config: descriptor(documentTypes.configuration, configuration),
    layers: layers.map((layer) => ({
      ...descriptor(documentTypes.layer, layer),
      annotations: { 'org.opencontainers.image.title': layer.holds },
    })),
    annotations: { 'cargo-boxed.identity': meaning.identity },
  });
  return { text, mediaType: documentTypes.manifest };
}

/** The index of a layout with this one image. */
export function imageIndex(
  name: string,
  meaning: ImageMeaning,
  manifest: { readonly sha256: string; readonly sizeBytes: number },
): string {
  return canonicalJson({
    schemaVersion: 2,
    mediaType: documentTypes.index,
    manifests: [
      {
        ...descriptor(documentTypes.manifest, manifest),
        platform: { architecture: meaning.architecture, os: 'linux' },
        annotations: { 'org.opencontainers.image.ref.name': tagOf(name), 'io.containerd.image.name': name },
      },
    ],
  });
}

/** For `docker load`: the same blobs, by their places (the format of `docker save`, image specification 1.2). */
export function dockerManifest(
  name: string,
  configuration: { readonly sha256: string },
  layers: readonly ImageLayer[],
): string {
  return canonicalJson([
    {
      Config: blobPath(configuration.sha256),
      RepoTags: [name],
      Layers: layers.map(({ sha256 }) => blobPath(sha256)),
    },
  ]);
}

/** Where a layout keeps what has this sum. */
export function blobPath(sha256: string): string {
  return `blobs/sha256/${sha256}`;
}

/** What marks a folder as a layout. */
export const layoutMark = { path: 'oci-layout', text: canonicalJson({ imageLayoutVersion: '1.0.0' }) } as const;

function tagOf(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1);
}

function descriptor(mediaType: string, { sha256, sizeBytes }: { sha256: string; sizeBytes: number }) {
  return { mediaType, digest: `sha256:${sha256}`, size: sizeBytes };
}
