import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  futimesSync,
  lchownSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { type ArchiveEntry, readEntries } from '../archive/read-entries.ts';
import { failure, type Result, success } from '../base/result.ts';
import { type Problem, printable } from '../problem/problem.ts';
import { mostNoteBytes, noteName, readCacheNote } from './cache-note.ts';
import { type CachePlace, cachePlace } from './cache-places.ts';

/** What may come in, and where to. */
export interface CacheImport {
  readonly file: string;
  readonly descriptor: number;
  readonly identity: string;
  /** A folder that is there, new and empty, for the target, and the place that it gets; `null`: there is one already. */
  readonly target: { readonly draft: string; readonly place: string } | null;
  /** To whom the target belongs; `null`: to us. */
  readonly owner: { readonly uid: number; readonly gid: number } | null;
  readonly packageFolder: string;
  /** `registry/cache` of the fetch box. */
  readonly crateFolder: string;
  /** sha256 of what the locks name: of packages, and of crates by file name. */
  readonly packages: ReadonlySet<string>;
  readonly crates: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface ImportedCache {
  readonly packages: number;
  readonly crates: number;
  readonly target: 'imported' | 'another environment' | 'there already' | 'none';
  /** What no lock names any more. */
  readonly passedOver: number;
}

/** What only the names in the archive can lead to, since it writes where nobody else does. */
const ofTheArchive: ReadonlySet<string> = new Set(['EEXIST', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG', 'ELOOP']);

const mostEntries = 2_000_000;

/**
 * Takes over what an archive has, as far as the locks name it: packages and crates by their sums, a target only for the
 * same environment and as hostile as any. An archive that is none of ours is refused: its target is not used then, and
 * what had come in before is what the locks name.
 */
export async function importCache(wanted: CacheImport): Promise<Result<ImportedCache>> {
  try {
    const read = await readAll(wanted);
    if (typeof read === 'string') return failure(notTaken(wanted.file, read));
    return success({ ...read.counts, target: placeTarget(wanted, read.identity) });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) return failure(notTaken(wanted.file, message));
    if (ofTheArchive.has(code)) return failure(notTaken(wanted.file, `two entries are in each other's way (${code})`));
    throw error;
  }
}

interface Read {
  readonly identity: string | null;
  readonly counts: Record<'packages' | 'crates' | 'passedOver', number>;
}

/** A text: why it is refused. */
async function readAll(wanted: CacheImport): Promise<Read | string> {
  const counts = { packages: 0, crates: 0, passedOver: 0 };
  const entries = readEntries(wanted.descriptor);
  try {
    const first = await entries.next();
    const note = first.done === true ? null : await noteOf(first.value);
    if (note === null) return 'it was not written by `cargo-boxed cache export`, or by another release';
    const { identity } = note;
    const isWanted = wanted.target !== null && identity === wanted.identity;
    const target = isWanted ? targetWriter(wanted.target.draft, wanted.owner) : null;
    for (let at = 1; ; at++) {
      const next = await entries.next();
      if (next.done === true) return { identity, counts };
      if (at > mostEntries) return `it has more than ${mostEntries} entries`;
      const { name } = next.value;
      const place = cachePlace(name);
      if (place === null) return `it has an entry ${printable(name, 120)}`;
      const end = await takeEntry(wanted, place, next.value, target);
      if (end.why !== null) return `${printable(name, 160)}: ${end.why}`;
      if (end.counts !== null) counts[end.counts] += 1;
    }
  } finally {
    await entries.return(undefined);
  }
}

function placeTarget({ target, identity: own }: CacheImport, identity: string | null): ImportedCache['target'] {
  if (identity === null) return 'none';
  if (identity !== own) return 'another environment';
  if (target === null || existsSync(target.place)) return 'there already';
  mkdirSync(dirname(target.place), { recursive: true, mode: 0o700 });
  renameSync(target.draft, target.place);
  return 'imported';
}

async function noteOf(entry: ArchiveEntry): Promise<ReturnType<typeof readCacheNote>> {
  if (entry.name !== noteName || entry.kind !== 'file' || entry.sizeBytes > mostNoteBytes) return null;
  const pieces: Buffer[] = [];
  for await (const piece of entry.content) pieces.push(piece as Buffer);
  return readCacheNote(Buffer.concat(pieces).toString('utf8'));
}

interface Taken {
  /** Why not; `null`: it is fine. */
  readonly why: string | null;
  readonly counts: 'packages' | 'crates' | 'passedOver' | null;
}

const passedOver: Taken = { why: null, counts: 'passedOver' };
const taken: Taken = { why: null, counts: null };
const refused = (why: string): Taken => ({ why, counts: null });

async function takeEntry(
  wanted: CacheImport,
  place: CachePlace,
  entry: ArchiveEntry,
  target: TargetWriter | null,
): Promise<Taken> {
  if (place.kind === 'target') {
    if (target !== null) return target(place.path, entry);
    entry.content.resume();
    return taken;
  }
  if (entry.kind !== 'file') return refused('it is no file');
  const isPackage = place.kind === 'package';
  const sums = isPackage ? new Set([place.sha256]) : wanted.crates.get(place.file);
  const isNamed = isPackage ? wanted.packages.has(place.sha256) : sums !== undefined;
  const folder = isPackage ? wanted.packageFolder : join(wanted.crateFolder, place.folder);
  const path = join(folder, isPackage ? `${place.sha256}.deb` : place.file);
  if (!isNamed || existsSync(path)) {
    entry.content.resume();
    return isNamed ? taken : passedOver;
  }
  const sum = await writeNew(folder, path, entry.content, sums ?? new Set());
  if (!sum) return refused('it is not what the lock names: its sum is another one');
  return { why: null, counts: isPackage ? 'packages' : 'crates' };
}

/** Whether the content has one of the sums: only then does it get its name. */
async function writeNew(folder: string, path: string, content: Readable, sums: ReadonlySet<string>): Promise<boolean> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = `${path}.new-${process.pid}`;
  const sum = createHash('sha256');
  const file = openSync(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o644);
  try {
    for await (const piece of content) {
      sum.update(piece as Buffer);
      writeWhole(file, piece as Buffer);
    }
    const isNamed = sums.has(sum.digest('hex'));
    if (isNamed) renameSync(draft, path);
    return isNamed;
  } finally {
    closeSync(file);
    rmSync(draft, { force: true });
  }
}

type TargetWriter = (path: string, entry: ArchiveEntry) => Promise<Taken>;

/** Writes below a folder that is ours alone. Every folder on the way was made here, so nothing leads out through a link. */
function targetWriter(draft: string, owner: CacheImport['owner']): TargetWriter {
  const folders = new Set<string>(['.']);
  const files = new Set<string>();
  const own = (path: string) => {
    if (owner !== null) lchownSync(path, owner.uid, owner.gid);
  };
  return async (path, entry) => {
    if (!folders.has(dirname(path))) return refused('its folder is not in the archive');
    const place = join(draft, path);
    switch (entry.kind) {
      case 'folder':
        mkdirSync(place, 0o755);
        folders.add(path);
        break;
      case 'link':
        symlinkSync(entry.target, place);
        break;
      case 'hard-link': {
        const first = cachePlace(entry.target);
        if (first?.kind !== 'target' || !files.has(first.path))
          return refused('it links to what is not in the archive');
        linkSync(join(draft, first.path), place);
        return taken;
      }
      case 'file':
        await writeTargetFile(place, entry);
        files.add(path);
        break;
      default:
        return refused('it is a special file');
    }
    own(place);
    return taken;
  };
}

async function writeTargetFile(place: string, { content, mode, modified }: ArchiveEntry): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const file = openSync(place, flags, 0o600 | (mode & 0o777));
  try {
    for await (const piece of content) writeWhole(file, piece as Buffer);
    futimesSync(file, modified, modified);
  } finally {
    closeSync(file);
  }
}

function writeWhole(file: number, piece: Buffer): void {
  for (let done = 0; done < piece.length; ) done += writeSync(file, piece, done);
}

function notTaken(file: string, why: string): Problem {
  return {
    code: 'archive-refused',
    what: 'the cache is not taken over',
    where: { file },
    why,
    fix: 'Delete it, and export it anew: nothing of it is needed for a build.',
  };
}
