import type { ClassifiedCommand } from './classify-command.ts';
import type { CargoCommand } from './invocation.ts';
import { ownArguments } from './scan-arguments.ts';

/** Which command builds what another one builds, and runs nothing of it: as much as can be built, whatever fails. */
const builders: Readonly<Record<string, readonly [name: string, ...more: string[]]>> = {
  bench: ['bench', '--no-run'],
  build: ['build', '--keep-going'],
  check: ['check', '--keep-going'],
  clippy: ['check', '--keep-going'],
  doc: ['doc', '--keep-going'],
  run: ['build', '--keep-going'],
  rustc: ['rustc', '--keep-going'],
  test: ['test', '--no-run'],
};

/**
 * The command that shows what a build looks for: the same packages, features, profile and targets. `null`: a command that
 * does not build, or of somebody else's. Messages are for people to read, and not the caller's to have.
 */
export function learningCommand(
  { expanded, globalArguments }: ClassifiedCommand,
  written: Pick<CargoCommand, 'globalArguments'>,
): CargoCommand | null {
  const [name = '', ...rest] = expanded;
  const builder = Object.hasOwn(builders, name) ? builders[name] : undefined;
  if (builder === undefined) return null;
  const [builds, ...more] = builder;
  const own = withoutMessageFormat(ownArguments(name, rest));
  const compiler = name === 'rustc' ? rest.slice(ownArguments(name, rest).length) : [];
  const added = more.filter((word) => !own.includes(word));
  return {
    kind: 'cargo',
    name: builds,
    arguments: [...own, ...added, ...compiler],
    globalArguments: [...written.globalArguments, ...globalArguments],
  };
}

function withoutMessageFormat(words: readonly string[]): readonly string[] {
  return words.filter((word, index) => {
    const isOption = word === '--message-format' || word.startsWith('--message-format=');
    return !isOption && words[index - 1] !== '--message-format';
  });
}
