import { createReadStream } from 'node:fs';
import { Readable, type Writable } from 'node:stream';
import { type Pack, pack } from 'tar-stream';

/** One entry of a tar: where it stands inside, and what it is. */
export type PackedFile =
  | { readonly kind: 'folder'; readonly path: string; readonly mode: number }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | { readonly kind: 'text'; readonly path: string; readonly mode: number; readonly text: string }
  /** `source`: where it lies on this machine; it must not change meanwhile. */
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly mode: number;
      readonly source: string;
      readonly sizeBytes: number;
    };

/** The clock of every file: equal files give equal archives. */
const fixedTime = new Date(0);

/** These files in this order as a tar stream, all of them root's and with one clock. Set-id bits are not taken over. */
export function packFiles(files: readonly PackedFile[]): Readable {
  const archive = pack();
  const write = async () => {
    for (const file of files) await addEntry(archive, file);
    archive.finalize();
  };
  write().catch((error) => archive.destroy(error as Error));
  return Readable.from(archive as unknown as AsyncIterable<Uint8Array>, { objectMode: false });
}

function addEntry(archive: Pack, file: PackedFile): Promise<void> {
  const common = { name: file.path, uid: 0, gid: 0, mtime: fixedTime };
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null) => (error ? reject(error) : resolve());
    switch (file.kind) {
      case 'folder':
        archive.entry({ ...common, type: 'directory', mode: file.mode & 0o1777 }, '', done);
        break;
      case 'link':
        archive.entry({ ...common, type: 'symlink', mode: 0o777, linkname: file.target }, '', done);
        break;
      case 'text':
        archive.entry({ ...common, mode: file.mode & 0o777 }, file.text, done);
        break;
      default: {
        const entry = archive.entry({ ...common, mode: file.mode & 0o777, size: file.sizeBytes }, done);
        createReadStream(file.source)
          .on('error', reject)
          .pipe(entry as unknown as Writable);
      }
    }
  });
}
