import type { ReadsVariables } from '../../learning/find-downloads.ts';
import type { Session } from '../session.ts';

/** After a command that failed and is not run again: by which variables a build script is told where something is. */
export function sayPlaces({ reporter }: Session, found: readonly ReadsVariables[]): void {
  for (const { crate, variables } of found) {
    reporter.note(
      `The build script of ${crate} reads ${variables.join(', ')}: what it lacks may lie in the project or in a mount, ` +
        `and \`env: {set: {${variables[0]}: PATH}}\` in cargo-boxed.yaml says where.`,
    );
  }
}
