import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Planned } from './make-plan.ts';
import type { Session } from './session.ts';

/** A failure that a box can cause, known by what programs say of it. */
interface Missed {
  readonly words: readonly string[];
  readonly applies: (planned: Planned) => boolean;
  readonly note: string;
}

const missed: readonly Missed[] = [
  {
    // The C library, Rust's `Debug` and `Display`, node.
    words: ['Read-only file system', 'ReadOnlyFilesystem', 'os error 30', 'EROFS'],
    applies: ({ config }) => config.projectFiles.value !== 'copy',
    note:
      'Something wanted to write where a box may only read, most likely into the project. ' +
      '`project-files: copy` in cargo-boxed.yaml, or CARGO_BOXED_PROJECT_FILES=copy for one run, ' +
      'gives the box a writable copy of the project; the project itself stays as it is.',
  },
  {
    words: ['not a git repository'],
    applies: ({ facts }) =>
      lstatSync(join(facts.project.mountRoot, '.git'), { throwIfNoEntry: false })?.isFile() === true,
    note:
      'This is a worktree or a submodule: its repository lies outside of what the box sees, so git finds none. ' +
      'Build in a clone of its own, or give the build what it asks git for by `env: {set: …}` in cargo-boxed.yaml.',
  },
];

/** What is looked for in the output. */
export const missedWords: readonly string[] = missed.flatMap(({ words }) => words);

/** After a command that failed: what a build finds on the host and not in a box. */
export function sayMissed({ reporter }: Session, planned: Planned, named: ReadonlySet<string>): void {
  for (const { words, applies, note } of missed) {
    if (words.some((word) => named.has(word)) && applies(planned)) reporter.note(note);
  }
}
