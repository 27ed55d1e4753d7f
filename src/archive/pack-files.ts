import { closeSync, createReadStream } from 'node:fs';
import { Readable, type Writable } from 'node:stream';
import { type Pack, pack } from 'tar-stream';

/** One entry of a tar: where it stands inside, and what it is. */
export type PackedFile =
  | { readonly kind: 'folder'; readonly path: string; readonly mode: number }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | { readonly kind: 'text'; readonly path: string; readonly mode: number; readonly text: string }
  /** An open file, which is closed here. `modifiedNs`: its clock, in nanoseconds since 1970; `null`: that of the others. */
  | {
      readonly kind: 'open-file';
      readonly path: string;
      readonly mode: number;
      readonly descriptor: number;
      readonly sizeBytes: number;
      readonly modifiedNs: bigint | null;
    }
  /** A second name of a file of this archive. */
  | { readonly kind: 'hard-link'; readonly path: string; readonly target: string }
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

/**
 * These files in this order as a tar stream, all of them root's and, but for open ones, with one clock. Set-id bits are
 * not taken over. The next file is asked for when the one before is written.
 */
export function packFiles(files: Iterable<PackedFile>): Readable {
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
      case 'hard-link':
        archive.entry({ ...common, type: 'link', mode: 0o644, linkname: file.target }, '', done);
        break;
      case 'open-file': {
        const { descriptor: fd, sizeBytes: size, modifiedNs } = file;
        const clock = modifiedNs === null ? {} : { pax: paxTime(modifiedNs) };
        const entry = archive.entry({ ...common, mode: file.mode & 0o777, size, ...clock }, done);
        // Never more than was said before, whoever still writes it.
        const content = size === 0 ? emptyOf(fd) : createReadStream('', { fd, start: 0, end: size - 1 });
        content.on('error', reject).pipe(entry as unknown as Writable);
        break;
      }
      default: {
        const entry = archive.entry({ ...common, mode: file.mode & 0o777, size: file.sizeBytes }, done);
        createReadStream(file.source)
          .on('error', reject)
          .pipe(entry as unknown as Writable);
      }
    }
  });
}

/** To the nanosecond, which the plain field cannot hold (POSIX.1-2001, pax). */
function paxTime(nanoseconds: bigint): Record<string, string> {
  const [seconds, rest] = [nanoseconds / 1_000_000_000n, nanoseconds % 1_000_000_000n];
  return { mtime: `${seconds}.${String(rest).padStart(9, '0')}` };
}

function emptyOf(descriptor: number): Readable {
  closeSync(descriptor);
  return Readable.from([]);
}
