import { createHash } from 'node:crypto';
import { createWriteStream, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { canonicalJson } from '../base/canonical-json.ts';
import { packFiles } from './pack-files.ts';

/** An image that is one more layer on top of layers that the engine has. */
export interface OneMoreLayer {
  /** Sums of the layers below, as the engine has them: `sha256:…`, the lowest first. */
  readonly below: readonly string[];
  /** The tar of the layer, and its sum. */
  readonly file: string;
  readonly sha256: string;
  readonly architecture: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `repository:tag`. */
  readonly name: string;
}

/** Writes a stream to a file; gives the sha256 of its bytes. */
export async function writeSummed(stream: Readable, file: string): Promise<string> {
  const sum = createHash('sha256');
  stream.on('data', (piece: Buffer) => sum.update(piece));
  await pipeline(stream, createWriteStream(file, { mode: 0o600 }));
  return sum.digest('hex');
}

/**
 * The archive that `docker load` takes (the format of `docker save`, image specification 1.2), with the one layer in it.
 * An engine that has the layers below does not look at the files that are named for them; another one refuses. Equal
 * layers and labels give an equal image.
 */
export function packImage(image: OneMoreLayer): Readable {
  const { below, file, sha256, architecture, labels, name } = image;
  const layers = [...below, `sha256:${sha256}`];
  const configuration = canonicalJson({
    architecture,
    os: 'linux',
    created: '1970-01-01T00:00:00Z',
    config: { Labels: labels },
    rootfs: { type: 'layers', diff_ids: layers },
    history: layers.map(() => ({ created: '1970-01-01T00:00:00Z', created_by: 'cargo-boxed' })),
  });
  const id = createHash('sha256').update(configuration).digest('hex');
  const fileOf = (layer: string) => `${layer.slice('sha256:'.length)}/layer.tar`;
  const manifest = canonicalJson([{ Config: `${id}.json`, RepoTags: [name], Layers: layers.map(fileOf) }]);
  return packFiles([
    { kind: 'text', path: `${id}.json`, mode: 0o644, text: configuration },
    { kind: 'text', path: 'manifest.json', mode: 0o644, text: manifest },
    { kind: 'file', path: fileOf(layers.at(-1) ?? ''), mode: 0o644, source: file, sizeBytes: statSync(file).size },
  ]);
}
