import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { hasStrayContent } from './unpack-archive.ts';

/** One entry of a hostile tar. Its content has to be read before the next one is asked for. */
export interface ArchiveEntry {
  readonly kind: 'file' | 'folder' | 'link' | 'hard-link' | 'other';
  /** As it is written. */
  readonly name: string;
  readonly target: string;
  readonly mode: number;
  readonly sizeBytes: number;
  /** Seconds since 1970, with what is behind the point. */
  readonly modified: number;
  readonly content: Readable;
}

const kinds: Readonly<Record<string, ArchiveEntry['kind']>> = {
  file: 'file',
  'contiguous-file': 'file',
  directory: 'folder',
  symlink: 'link',
  link: 'hard-link',
};

/** The entries of the open file in their order; it stays open. Throws for what is no tar, or ends in the middle. */
export async function* readEntries(descriptor: number): AsyncGenerator<ArchiveEntry> {
  const parser = extract();
  const source = createReadStream(`/proc/self/fd/${descriptor}`);
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser as unknown as NodeJS.WritableStream);
  try {
    for await (const entry of parser) {
      const { header } = entry;
      if (hasStrayContent(header)) throw new Error('an entry that is no file has content');
      yield {
        kind: kinds[header.type ?? ''] ?? 'other',
        name: header.name,
        target: header.linkname ?? '',
        mode: header.mode ?? 0,
        sizeBytes: header.size ?? 0,
        modified: modifiedOf((header.pax as Record<string, string> | null | undefined)?.mtime, header.mtime),
        content: Readable.from(entry as unknown as AsyncIterable<Uint8Array>, { objectMode: false }),
      };
    }
  } finally {
    source.destroy();
    parser.destroy();
  }
}

function modifiedOf(exact: string | undefined, plain: Date | undefined): number {
  const seconds = exact === undefined ? Number.NaN : Number(exact);
  const known = Number.isFinite(seconds) ? seconds : (plain?.getTime() ?? 0) / 1000;
  return Math.min(Math.max(known, 0), 2 ** 33);
}
