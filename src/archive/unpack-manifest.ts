import { constants, gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { hasStrayContent } from './unpack-archive.ts';

/** `cargo package` sorts by name, so a manifest stands near the front. */
const lookedAtBytes = [32 * 1024, 512 * 1024];
const maximumManifestBytes = 2 * 1024 * 1024;

/** The text of a crate's manifest from the beginning of its archive. `null`: not found there. */
export async function readArchivedManifest(archive: Buffer, prefix: string): Promise<string | null> {
  for (const bytes of lookedAtBytes) {
    const found = await searchManifest(beginning(archive, bytes), `${prefix}/Cargo.toml`);
    if (found !== null) return found;
    if (archive.length <= bytes) break;
  }
  return null;
}

function beginning(archive: Buffer, bytes: number): Buffer {
  try {
    return gunzipSync(archive.subarray(0, bytes), {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: bytes * 64,
      chunkSize: 256 * 1024,
    });
  } catch {
    return Buffer.alloc(0);
  }
}

function searchManifest(tar: Buffer, name: string): Promise<string | null> {
  const parser = extract();
  return new Promise((resolve) => {
    parser.on('entry', (header, content, next) => {
      if (hasStrayContent(header)) {
        parser.destroy();
        return resolve(null);
      }
      const pieces: Buffer[] = [];
      const wanted = header.name === name && header.type === 'file' && (header.size ?? 0) <= maximumManifestBytes;
      content.on('data', (piece) => {
        if (wanted) pieces.push(piece as Buffer);
      });
      content.on('error', () => {});
      content.on('end', () => {
        if (!wanted) return next();
        resolve(Buffer.concat(pieces).toString('utf8'));
        parser.destroy();
      });
    });
    // A part of an archive ends in the middle of an entry: that is no error here.
    parser.on('error', () => resolve(null));
    parser.on('close', () => resolve(null));
    parser.end(tar);
  });
}
