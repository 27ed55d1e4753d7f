import {
  cargoOptionWords,
  commandCandidates,
  leadingOptionCandidates,
  type OptionCandidate,
  ownCandidates,
} from './completion-words.ts';

/** Completion for fish. */
export function fishCompletion(): string {
  const options = leadingOptionCandidates();
  const valued = options.filter((option) => option.value !== 'none').flatMap((option) => option.names);
  const own = ownCandidates();
  const ownNames = own.map(({ name }) => name).join(' ');
  return `# Completion of cargo-boxed for fish: save it as ~/.config/fish/completions/cargo-boxed.fish

# Prints the command that is being written, if there is one yet.
function __cargo_boxed_command
    set -l words (commandline -opc)
    set -e words[1]
    test "$words[1]" = boxed; and set -e words[1]
    while set -q words[1]
        switch $words[1]
            case ${valued.join(' ')}
                set -e words[1]
            case '-*' '+*' cargo plan
            case '*'
                echo $words[1]
                return
        end
        set -e words[1]
    end
    return 1
end

function __cargo_boxed_leading
    not __cargo_boxed_command >/dev/null
end

function __cargo_boxed_is
    contains -- $argv[1] (__cargo_boxed_command)
end

function __cargo_boxed_is_of_cargo
    set -l command (__cargo_boxed_command)
    and not contains -- $command ${ownNames}
end

complete -c cargo-boxed -n __cargo_boxed_leading -f
${commandCandidates()
  .map(({ word, summary }) => `complete -c cargo-boxed -n __cargo_boxed_leading -a ${word} -d ${quoted(summary)}`)
  .join('\n')}
${options.map((option) => line('__cargo_boxed_leading', option)).join('\n')}
${own
  .flatMap(({ name, words, options: ownOptions }) => {
    // After `plan` comes a command, so that "the command" is never `plan` itself.
    const condition = quoted(name === 'plan' ? '__fish_seen_subcommand_from plan' : `__cargo_boxed_is ${name}`);
    const operands =
      words.length > 0 ? [`complete -c cargo-boxed -n ${condition} -f -a ${quoted(words.join(' '))}`] : [];
    return [...operands, ...ownOptions.map((option) => line(condition, option))];
  })
  .join('\n')}
${cargoOptionWords.map((word) => `complete -c cargo-boxed -n __cargo_boxed_is_of_cargo -l ${word.slice(2)}`).join('\n')}
`;
}

function line(condition: string, option: OptionCandidate): string {
  const names = option.names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  return `complete -c cargo-boxed -n ${condition} ${names.join(' ')} ${takes(option.value)}-d ${quoted(option.summary)}`;
}

function takes(value: OptionCandidate['value']): string {
  if (value === 'none') return '';
  if (value === 'file') return '-rF ';
  if (value === 'folder') return "-x -a '(__fish_complete_directories)' ";
  return typeof value === 'string' ? '-x ' : `-x -a ${quoted(value.join(' '))} `;
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, (character) => `\\${character}`)}'`;
}
