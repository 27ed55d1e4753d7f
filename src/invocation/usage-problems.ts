import { nearest } from '../base/nearest.ts';
import { type Problem, printable } from '../problem/problem.ts';
import { cargoValueOptions, commonCargoOptions } from './cargo-options.ts';
import type { OptionSet } from './option-set.ts';
import { optionName } from './options.ts';

/** A wrong use of the command line: exit 64. */
export function usage(what: string, fix: string, why?: string): Problem {
  return { code: 'usage', what, fix, ...(why === undefined ? {} : { why }) };
}

/** An option that nobody knows at this place, with the one that was probably meant. */
export function unknownOption(word: string, set: OptionSet): Problem {
  const name = word.startsWith('--') ? (word.split('=')[0] ?? word) : word;
  const shown = printable(name, 60);
  const known = [...set.box, ...set.cargo];
  if (known.some((option) => option.long === name)) {
    return usage(`\`${shown}\` takes no value`, `Write \`${shown}\` alone.`);
  }
  const what = `\`${shown}\` is not an option of cargo-boxed`;
  const ours = [...known.map(optionName), ...set.own.map((option) => option.long), '--help', '--version'];
  const cargos = set.cargo.length > 0 ? [...commonCargoOptions, ...cargoValueOptions] : [];
  // Of two letters every one is near to every other: only a long name can be guessed.
  const meant = name.startsWith('--') ? nearest(name, [...ours, ...cargos]) : cargos.find((option) => option === name);
  if (meant === undefined || meant === null) return usage(what, 'Run `cargo-boxed --help` to see all options.');
  if (ours.includes(meant)) return usage(what, `Did you mean \`${meant}\`?`);
  return usage(what, `Options of a cargo command stand after it: \`cargo-boxed build ${meant}\`.`);
}

/** The message is commander's, about an option of ours: `error: option '--engine <ENGINE>' argument missing`. */
export function missingValue(message: string): Problem {
  const flags = /option '([^']+)'/.exec(message)?.[1] ?? 'the option';
  const written = flags.split(', ').at(-1) ?? flags;
  return usage(`\`${written.split(' ')[0]}\` needs a value`, `Write \`${written.replace(/[<>]/g, '')}\`.`);
}

/** What is wrong with an option's value, as far as the command line alone can tell. */
export function valueProblem(name: string, value: string, allowed: readonly string[]): readonly Problem[] {
  const shown = printable(value, 60);
  if (allowed.length > 0 && !allowed.includes(value)) {
    const meant = nearest(value, allowed);
    const choices = `The values are ${allowed.join(', ')}.`;
    return [
      usage(
        `\`${name}\` cannot be \`${shown}\``,
        meant === null ? choices : `Did you mean \`${name} ${meant}\`? ${choices}`,
      ),
    ];
  }
  if (value === '') return [usage(`The value of \`${name}\` is empty`, `Give \`${name}\` a value, or leave it out.`)];
  if (name === '--limit' && !/^[a-z-]+=./.test(value)) {
    return [usage(`\`--limit ${shown}\` is not of the form NAME=VALUE`, 'Write it like `--limit memory=4GiB`.')];
  }
  if (name === '--config' && /^[\w.'"-]+\s*=/.test(value) && !/\.(ya?ml|json)$/.test(value)) {
    return [
      usage(
        `\`--config ${shown}\` before the command is no configuration file of cargo-boxed`,
        `Cargo's own \`--config\` stands after its command: \`cargo-boxed build --config ${shown}\`.`,
      ),
    ];
  }
  return [];
}
