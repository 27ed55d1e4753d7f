import { nearest } from '../base/nearest.ts';
import { failure, type Result, success } from '../base/result.ts';
import { type Problem, printable } from '../problem/problem.ts';
import type { BoxFlags, Invocation, OwnCommand, OwnCommandName } from './invocation.ts';
import { boxOptions, listFields } from './options.ts';
import type { OwnCommandDefinition } from './own-commands.ts';
import { type OptionsRead, readOptions } from './read-options.ts';
import { usage } from './usage-problems.ts';

/** Reads what follows the name of a command of ours. Box options may stand there too. */
export function readOwnCommand(
  own: OwnCommandDefinition,
  argv: readonly string[],
  outer: OptionsRead,
  toolchain: string | null,
): Result<Invocation> {
  const set = { box: boxOptions, cargo: [], own: own.options, commands: [] };
  const read = readOptions(argv, set, own.takes === 'program' ? 'first-word' : 'end');
  if (!read.ok) return read;
  const flags = mergeFlags(outer.flags, read.value.flags);
  if (read.value.asks !== null) return success({ toolchain, flags, command: ownCommand('help', [own.name]) });
  const { words } = read.value;
  const problems = [...misplaced(own, flags, outer.globalArguments), ...wordProblems(own, words)];
  if (problems.length > 0) return failure(...problems);
  return success({ toolchain, flags, command: { ...ownCommand(own.name, words), options: read.value.own } });
}

function misplaced(own: OwnCommandDefinition, flags: BoxFlags, globalArguments: readonly string[]): readonly Problem[] {
  const problems: Problem[] = [];
  if (own.json === 'refused' && flags.json) {
    const why = "the output is the program's own";
    problems.push(usage(`\`${own.name}\` has no \`--json\``, 'Leave `--json` out.', why));
  }
  const [global] = globalArguments;
  if (global !== undefined && own.name !== 'help' && own.name !== 'version') {
    const shown = printable(global, 60);
    const what = `\`${shown}\` is an option of cargo and means nothing to \`${own.name}\``;
    problems.push(usage(what, `Leave \`${shown}\` out.`));
  }
  return problems;
}

function wordProblems(own: OwnCommandDefinition, words: readonly string[]): readonly Problem[] {
  const line = `cargo-boxed ${own.name} ${own.usage}`.trimEnd();
  const [first] = words;
  if (own.takes === 'program') {
    return first === undefined ? [usage('There is no program to run', `Write \`${line}\`.`)] : [];
  }
  if (words.length > own.maximumWords) {
    const surplus = printable(words[own.maximumWords] ?? '', 60);
    return [usage(`\`${own.name}\` does not take \`${surplus}\``, `Write \`${line}\`.`)];
  }
  if (own.words.length === 0) return [];
  if (first === undefined) return [usage(`\`${own.name}\` needs one of ${own.words.join(', ')}`, `Write \`${line}\`.`)];
  if (own.words.includes(first)) return [];
  const meant = nearest(first, own.words);
  const what = `\`${own.name}\` does not know \`${printable(first, 60)}\``;
  return [usage(what, meant === null ? `Write \`${line}\`.` : `Did you mean \`${meant}\`?`)];
}

/** The later option wins; lists add up. */
export function mergeFlags(outer: BoxFlags, inner: BoxFlags): BoxFlags {
  const lists = listFields.map((field) => [field, [...(outer[field] ?? []), ...(inner[field] ?? [])]] as const);
  return { ...outer, ...inner, ...Object.fromEntries(lists.filter(([, words]) => words.length > 0)) };
}

export function ownCommand(name: OwnCommandName, words: readonly string[] = []): OwnCommand {
  return { kind: 'own', name, arguments: words, options: {}, planned: null };
}
