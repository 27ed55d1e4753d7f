import {
  type Candidate,
  cargoOptionWords,
  commandCandidates,
  leadingOptionCandidates,
  type OptionCandidate,
  ownCandidates,
} from './completion-words.ts';

/** Completion for zsh. Its function has the name that cargo's own completion calls for `cargo boxed`. */
export function zshCompletion(): string {
  const own = ownCandidates().map(({ name, words, options }) => {
    const specs = [...options.flatMap(specsOf), ...words.slice(0, 1).map(() => `'1: :(${words.join(' ')})'`)];
    return `      ${name}) _arguments ${[...specs, "'*::argument:_files'"].join(' ')} ;;`;
  });
  const planning = ownCandidates()
    .filter(({ name }) => name === 'plan')
    .flatMap(({ options }) => options.filter((option) => !option.names.includes('--json')).flatMap(specsOf));
  return `#compdef cargo-boxed
# Completion of cargo-boxed for zsh: save it as _cargo-boxed in a folder of $fpath.
_cargo-boxed() {
  local curcontext="$curcontext" state line
  typeset -A opt_args
  local -a options
  options=(
${leadingOptionCandidates()
  .flatMap(specsOf)
  .map((spec) => `    ${spec}`)
  .join('\n')}
  )
  if [[ $words[1] == plan ]]; then
    options+=(${planning.join(' ')})
  fi
  _arguments -C -S -A '-*' $options \\
    '1: :->command' \\
    '*:: :->arguments'
  case $state in
    command)
      local -a commands
      commands=(
${commandCandidates()
  .map((candidate) => `        ${described(candidate)}`)
  .join('\n')}
      )
      _describe -t commands 'command' commands
      ;;
    arguments)
      case $words[1] in
      plan|cargo|boxed) _cargo-boxed ;;
${own.filter((line) => !line.trimStart().startsWith('plan)')).join('\n')}
      *)
        if [[ $words[CURRENT] == -* ]]; then
          compadd -- ${cargoOptionWords.join(' ')}
        else
          _files
        fi
        ;;
      esac
      ;;
  esac
}
if [[ $funcstack[1] == _cargo-boxed ]]; then
  _cargo-boxed "$@"
else
  compdef _cargo-boxed cargo-boxed
fi
`;
}

function specsOf(option: OptionCandidate): readonly string[] {
  const others = option.repeatable ? '*' : option.names.length > 1 ? `(${option.names.join(' ')})` : '';
  return option.names.map((name) => {
    const takes = option.value !== 'none';
    const written = takes ? `${name}${name.startsWith('--') ? '=' : '+'}` : name;
    return quoted(`${others}${written}[${escaped(option.summary)}]${takes ? `:value:${action(option.value)}` : ''}`);
  });
}

function action(value: OptionCandidate['value']): string {
  if (value === 'file') return '_files';
  if (value === 'folder') return '_files -/';
  return typeof value === 'string' ? ' ' : `(${value.join(' ')})`;
}

function described({ word, summary }: Candidate): string {
  return quoted(`${word}:${escaped(summary)}`);
}

function escaped(text: string): string {
  return text.replace(/[\\[\]:]/g, (character) => `\\${character}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
