import { join } from 'node:path';
import { followGitFile, lookUpTracked, type Tracking } from './git-tracking.ts';
import { hasKnownBytes } from './known-bytes.ts';
import type { ListingCache } from './listing-cache.ts';
import { readBytes, statOf } from './read-bytes.ts';
import type { Candidate, Repository } from './walk-project.ts';

const mostChecksumBytes = 8 * 1024 * 1024;
/** How much is read in one run to compare bytes; what is left over is hidden. */
const mostComparedBytes = 512 * 1024 * 1024;

/** Those who can say that others have a file's bytes too. */
export interface Vouchers {
  /** Asks each repository once about all of a batch. The name tells apart what is remembered. */
  ask(batch: string, candidates: readonly Candidate[]): Vouching;
}
export interface Vouching {
  /** Whether a file has bytes that somebody knows. */
  isKnown(candidate: Candidate): boolean;
  /** Whether git tracks something below a folder. */
  holdsTracked(candidate: Candidate): boolean;
}

export function vouchersFor(mountRoot: string, cache: ListingCache): Vouchers {
  const folders = new Map<Repository, string | null>();
  const sums = new Map<string, Readonly<Record<string, unknown>>>();
  let bytesLeft = mostComparedBytes;
  const folderOf = (repository: Repository): string | null => {
    const known = folders.get(repository);
    if (known !== undefined) return known;
    const marker = join(mountRoot, repository.root, '.git');
    const folder = repository.marker === 'folder' ? marker : followGitFile(marker, mountRoot);
    folders.set(repository, folder);
    return folder;
  };
  const track = (batch: string, repository: Repository, asked: readonly Candidate[]): Tracking => {
    const folder = folderOf(repository);
    if (folder === null) return { files: new Map(), folders: new Set() };
    const paths = (kind: Candidate['kind']) =>
      asked.filter((one) => one.kind === kind).map((one) => inside(one, repository.root));
    return lookUpTracked(folder, { batch, files: paths('file'), folders: paths('folder') }, cache);
  };
  const sumOf = ({ crate, path }: Candidate): readonly string[] => {
    const sum = crate === null ? undefined : sumsOf(join(mountRoot, crate), sums)[inside({ path }, crate)];
    return typeof sum === 'string' ? [`sum:${sum}`] : [];
  };
  return {
    ask(batch, candidates) {
      const tracked = new Map<Repository, Tracking>();
      for (const { repository } of candidates) {
        if (repository === null || tracked.has(repository)) continue;
        const own = candidates.filter((one) => one.repository === repository);
        tracked.set(repository, track(batch, repository, own));
      }
      const trackingOf = ({ repository }: Candidate) => (repository === null ? undefined : tracked.get(repository));
      const place = (candidate: Candidate) => inside(candidate, candidate.repository?.root ?? '');
      return {
        holdsTracked: (candidate) => trackingOf(candidate)?.folders.has(place(candidate)) === true,
        isKnown(candidate) {
          const ids = [...(trackingOf(candidate)?.files.get(place(candidate)) ?? []), ...sumOf(candidate)];
          const file = join(mountRoot, candidate.path);
          const stat = ids.length === 0 ? null : statOf(file);
          if (stat === null) return false;
          const look = () => {
            bytesLeft -= stat.size;
            return bytesLeft >= 0 && hasKnownBytes(file, ids) ? 'known' : 'changed';
          };
          return cache.answer(candidate.path, ids.join(' '), stat, look) === 'known';
        },
      };
    },
  };
}

function inside({ path }: Pick<Candidate, 'path'>, folder: string): string {
  return folder === '' ? path : path.slice(folder.length + 1);
}

/** Cargo's list of a vendored crate's files with their sums. */
function sumsOf(
  folder: string,
  known: Map<string, Readonly<Record<string, unknown>>>,
): Readonly<Record<string, unknown>> {
  const before = known.get(folder);
  if (before !== undefined) return before;
  const sums: Record<string, unknown> = Object.create(null);
  const text = readBytes(join(folder, '.cargo-checksum.json'), mostChecksumBytes)?.toString('utf8');
  try {
    const { files } = JSON.parse(text ?? '{}');
    if (typeof files === 'object' && files !== null) Object.assign(sums, files);
  } catch {
    // Not a list: it vouches for nothing.
  }
  known.set(folder, sums);
  return sums;
}
