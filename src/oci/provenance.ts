import { canonicalJson } from '../base/canonical-json.ts';
import type { ImageMeaning } from './image-documents.ts';
import type { Material } from './materials.ts';

/** What is said of how an image came to be. */
export interface ProvenanceSubject {
  /** `repository:tag` or `HOST/NAME`. */
  readonly image: string;
  /** `sha256:…` of the manifest. */
  readonly manifest: string;
  readonly meaning: ImageMeaning;
  /** sha256 of `cargo-boxed.lock`, which all else follows from. */
  readonly lockSha256: string;
  /** Of this tool. */
  readonly version: string;
}

/** The end of the name of such a file. */
export const provenanceSuffix = '.provenance.json';

/**
 * Where an image comes from: an in-toto Statement v1 with SLSA provenance v1. Its parameters are complete: the lock, and
 * what stands for the crates and what was compiled of them, where such are in it. No clock and no name of a machine is in
 * it; who signs it vouches for it.
 */
export function provenanceOf(subject: ProvenanceSubject, inImage: readonly Material[]): string {
  const { image, manifest, meaning, lockSha256, version } = subject;
  return canonicalJson(
    {
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: image, digest: { sha256: manifest.replace(/^sha256:/, '') } }],
      predicateType: 'https://slsa.dev/provenance/v1',
      predicate: {
        buildDefinition: {
          buildType: 'urn:cargo-boxed:image-build:1',
          externalParameters: {
            lock: { uri: 'cargo-boxed.lock', digest: { sha256: lockSha256 } },
            environment: 'debian',
            suite: meaning.suite,
            architecture: meaning.architecture,
            layers: meaning.layers,
            toolchain: meaning.toolchain,
            ...(meaning.crates === undefined ? {} : { crates: meaning.crates }),
            ...(meaning.dependencies === undefined ? {} : { dependencies: meaning.dependencies }),
          },
          internalParameters: { identity: meaning.identity },
          resolvedDependencies: inImage.map(({ purl, name, sha256 }) => ({
            uri: purl,
            name,
            ...(sha256 === null ? {} : { digest: { sha256 } }),
          })),
        },
        runDetails: { builder: { id: 'urn:cargo-boxed:image-build', version: { 'cargo-boxed': version } } },
      },
    },
    2,
  );
}
