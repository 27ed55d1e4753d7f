import type { Readable } from 'node:stream';
import { extract } from 'tar-stream';

/**
 * The content of a tar that holds one regular file and nothing else; `null` for any other tar, and for a file that is
 * larger than that: no more of it is read then. Rejects when the stream does, or is no tar.
 */
export function readSingleFile(tar: Readable, mostBytes: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const parser = extract();
    const found: Buffer[] = [];
    let entries = 0;
    const give = (content: Buffer | null) => {
      resolve(content);
      parser.destroy();
      tar.destroy();
    };
    parser.on('entry', (header, content, next) => {
      entries++;
      content.on('error', () => {});
      if (entries > 1 || header.type !== 'file' || (header.size ?? 0) > mostBytes) return give(null);
      content.on('data', (piece) => found.push(Buffer.from(piece as Uint8Array)));
      content.on('end', next);
    });
    parser.on('finish', () => give(entries === 1 ? Buffer.concat(found) : null));
    parser.on('error', reject);
    tar.on('error', reject);
    tar.pipe(parser);
  });
}
