import { cargoOptionWords, commandCandidates, leadingOptionCandidates, ownCandidates } from './completion-words.ts';

/** Completion for bash, with nothing but bash itself (no bash-completion package needed). */
export function bashCompletion(): string {
  const options = leadingOptionCandidates();
  const valued = options.filter((option) => option.value !== 'none').flatMap((option) => option.names);
  const words = (list: readonly string[]) => list.join(' ');
  const planning = ownCandidates().find(({ name }) => name === 'plan')?.options ?? [];
  const values = [...options, ...planning.filter((option) => option.value !== 'none')]
    .map((option) => {
      const pattern = option.names.join('|');
      if (option.value === 'none') return null;
      if (option.value === 'file')
        return `    ${pattern}) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;`;
      if (option.value === 'folder')
        return `    ${pattern}) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;`;
      if (option.value === 'text') return `    ${pattern}) return ;;`;
      return `    ${pattern}) COMPREPLY=($(compgen -W "${words(option.value)}" -- "$cur")); return ;;`;
    })
    .filter((line) => line !== null);
  const own = ownCandidates().map(({ name, words: operands, options: ownOptions }) => {
    const offered = words([...operands, ...ownOptions.flatMap((option) => option.names)]);
    return `    ${name}) COMPREPLY=($(compgen -W "${offered}" -- "$cur")) ;;`;
  });
  return `# Completion of cargo-boxed for bash: source it, or save it as
# \${XDG_DATA_HOME:-~/.local/share}/bash-completion/completions/cargo-boxed
_cargo_boxed() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command= word i
  COMPREPLY=()
  # Bash splits --name=value at the sign.
  if [[ $cur == '=' ]]; then cur=; fi
  if [[ $prev == '=' ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case $word in
      ${valued.join('|')}) if [[ \${COMP_WORDS[i+1]-} == '=' ]]; then i=$((i + 2)); else i=$((i + 1)); fi ;;
      -*|+*|cargo) ;;
      boxed|plan) if ((i > 1)) || [[ $word == plan ]]; then command=$word; fi ;;
      *) command=$word; break ;;
    esac
  done
  if [[ -z $command || $command == plan ]]; then
    case $prev in
${values.join('\n')}
    esac
    if [[ $command == plan && $cur == -* ]]; then
      COMPREPLY=($(compgen -W "${words([...options, ...planning].flatMap((option) => option.names))}" -- "$cur"))
    elif [[ $cur == -* ]]; then
      COMPREPLY=($(compgen -W "${words(options.flatMap((option) => option.names))}" -- "$cur"))
    else
      COMPREPLY=($(compgen -W "${words(commandCandidates().map(({ word }) => word))}" -- "$cur"))
    fi
    return
  fi
  case $command in
${own.join('\n')}
    *) if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W "${words(cargoOptionWords)}" -- "$cur")); fi ;;
  esac
}
complete -o bashdefault -o default -F _cargo_boxed cargo-boxed
`;
}
