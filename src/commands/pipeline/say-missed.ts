import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { freeBytes } from '../../host/free-bytes.ts';
import { type MissedDownload, noNetworkWords } from '../../learning/find-downloads.ts';
import { printable } from '../../problem/problem.ts';
import type { Session } from '../session.ts';
import type { Planned } from './make-plan.ts';

/** A failure that a box can cause, known by what programs say of it. */
interface Missed {
  readonly words: readonly string[];
  /** `null`: here it has another reason, and nothing is said. */
  readonly note: (planned: Planned, target: string, downloads: readonly MissedDownload[]) => string | null;
}

/** Less than what the linker wants for one program: compilers delete what they could not finish, so some is free again. */
const nearlyFullBytes = 256 * 1024 * 1024;

const missed: readonly Missed[] = [
  {
    // The C library, Rust's `Debug` and `Display`, node.
    words: ['Read-only file system', 'ReadOnlyFilesystem', 'os error 30', 'EROFS'],
    note: ({ config }) =>
      config.projectFiles.value === 'copy'
        ? null
        : 'Something wanted to write where a box may only read, most likely into the project. ' +
          '`project-files: copy` in cargo-boxed.yaml, or CARGO_BOXED_PROJECT_FILES=copy for one run, ' +
          'gives the box a writable copy of the project; the project itself stays as it is.',
  },
  {
    words: noNetworkWords,
    note: (_planned, _target, downloads) =>
      // Of a build script more is known.
      downloads.length > 0
        ? null
        : 'Something wanted the network, and a box has none. What a build needs has to be there before: a vendored copy, a ' +
          'system library (`cargo-boxed layers search WORD`), or, for one address, a door: `network:` in cargo-boxed.yaml.',
  },
  {
    words: ['no matching package named'],
    note: ({ request }) =>
      request.options.includes('package')
        ? 'For the Cargo.lock of an archive cargo asks the registry for the members of the workspace that it names, and a ' +
          'box has none. `--no-verify --exclude-lockfile` makes the archive without it.'
        : null,
  },
  {
    words: ['not a git repository'],
    note: ({ facts }) =>
      lstatSync(join(facts.project.mountRoot, '.git'), { throwIfNoEntry: false })?.isFile() === true
        ? 'This is a worktree or a submodule: its repository lies outside of what the box sees, so git finds none. ' +
          'Build in a clone of its own, or give the build what it asks git for by `env: {set: …}` in cargo-boxed.yaml.'
        : null,
  },
  {
    // A linker that maps its output is killed by a bus error instead.
    words: ['No space left on device', 'os error 28', 'ENOSPC', 'StorageFull', 'Bus error'],
    note: (_, target) => {
      const left = freeBytes(target);
      if (left === null || left > nearlyFullBytes) return null;
      const freeMiB = Math.floor(left / (1024 * 1024));
      return (
        `The disk is full: ${freeMiB} MiB are free where results are kept (${printable(target)}). ` +
        'Free some space (`cargo-boxed prune` helps), or set CARGO_BOXED_HOME to a folder on a larger disk.'
      );
    },
  },
];

/** What is looked for in the output. */
export const missedWords: readonly string[] = missed.flatMap(({ words }) => words);

/** After a command that failed: what a build finds on the host and not in a box. */
export function sayMissed(
  { reporter }: Session,
  planned: Planned,
  target: string,
  { named, downloads }: { readonly named: ReadonlySet<string>; readonly downloads: readonly MissedDownload[] },
): void {
  for (const { words, note } of missed) {
    const text = words.some((word) => named.has(word)) ? note(planned, target, downloads) : null;
    if (text !== null) reporter.note(text);
  }
}
