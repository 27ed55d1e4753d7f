import type { ReadsVariables } from '../../learning/find-downloads.ts';
import type { Addition } from '../../lock/learned-additions.ts';
import type { Session } from '../session.ts';

/**
 * After a command that failed and is not run again: by which variables a build script is told where something is.
 * `useless`: what has it, and is not found by itself.
 */
export function sayPlaces(
  { host, reporter }: Session,
  found: readonly ReadsVariables[],
  useless: readonly Addition[],
): void {
  const there = useless.filter(({ kind }) => kind !== 'suite').map(({ kind, name }) => `\`${kind}s: [${name}]\``);
  const folders = `/usr/lib/${host.architecture}-linux-gnu and /usr/include`;
  for (const { crate, variables } of found) {
    reporter.note(
      `The build script of ${crate} reads ${variables.join(', ')}: what it lacks may lie in the project or in a mount, ` +
        `and \`env: {set: {${variables[0]}: PATH}}\` in cargo-boxed.yaml says where.` +
        (there.length > 0 ? ` What ${there.join(' or ')} brings is in ${folders}.` : ''),
    );
  }
}
