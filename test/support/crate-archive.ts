import { gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';

/** One entry of a hand-made archive; `content` for files. */
export type ArchiveEntry = Partial<Header> & { readonly name: string; readonly content?: string | Uint8Array };

/** A tar with exactly these entries, honest or not. */
export async function tarOf(entries: readonly ArchiveEntry[]): Promise<Buffer> {
  const packer = pack();
  const pieces: Buffer[] = [];
  packer.on('data', (piece: unknown) => pieces.push(piece as Buffer));
  const ended = new Promise<void>((resolve) => packer.on('end', () => resolve()));
  for (const { content, ...header } of entries) {
    // Without a clock, so that the same files are the same archive.
    const dated = { mtime: new Date(0), ...header };
    if (content === undefined) packer.entry(dated);
    else packer.entry(dated, Buffer.from(content as string));
  }
  packer.finalize();
  await ended;
  return Buffer.concat(pieces);
}

export async function crateOf(entries: readonly ArchiveEntry[]): Promise<Buffer> {
  return gzipSync(await tarOf(entries));
}

/** The archive of a crate from its files. */
export function honestCrate(prefix: string, files: Readonly<Record<string, string>>): Promise<Buffer> {
  return crateOf(Object.entries(files).map(([name, content]) => ({ name: `${prefix}/${name}`, content })));
}
