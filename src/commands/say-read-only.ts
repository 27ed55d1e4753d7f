import type { Planned } from './make-plan.ts';
import type { Session } from './session.ts';

/** How programs say that they could not write: the C library, Rust's `Debug` and `Display`, node. */
export const readOnlyWords: readonly string[] = ['Read-only file system', 'ReadOnlyFilesystem', 'os error 30', 'EROFS'];

/**
 * After a command that failed: a build script or a test that writes beside its sources finds them read-only here, and
 * not on the host.
 */
export function sayReadOnly({ reporter }: Session, { config }: Planned, named: ReadonlySet<string>): void {
  if (config.projectFiles.value === 'copy' || !readOnlyWords.some((word) => named.has(word))) return;
  reporter.note(
    'Something wanted to write where a box may only read, most likely into the project. ' +
      '`project-files: copy` in cargo-boxed.yaml, or CARGO_BOXED_PROJECT_FILES=copy for one run, ' +
      'gives the box a writable copy of the project; the project itself stays as it is.',
  );
}
