import type { CargoCommand } from './invocation.ts';
import { type Piece, scanArguments } from './scan-arguments.ts';

/** What chooses packages and features, by what `cargo tree` calls it. */
const choosing: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['--workspace', '--package', '-p', '--exclude', '--features', '-F', '--all-features', '--no-default-features'].map(
      (name) => [name, name],
    ),
  ),
  '--all': '--workspace',
  '--config': '--config',
  '-Z': '-Z',
};

/** With one of these, what only tests and examples depend on is compiled too. */
const forTests = /^--(?:all-targets|tests?|examples?|bench(?:es)?)(?:=|$)/;

/**
 * The `cargo tree` that lists what a command compiles on this machine: the same packages and features, one line for each
 * place in the tree. `null`: it cannot be said with these words.
 */
export function treeCommand(
  { name, arguments: words, globalArguments }: CargoCommand,
  format: string,
): CargoCommand | null {
  const chosen: string[] = [];
  let withTests = name === 'test' || name === 'bench';
  for (const piece of scanArguments(name, words)) {
    if (piece.kind === 'operand') return null;
    const [first = ''] = wordsOf(piece);
    if (first === '--') break;
    if (isUnclear(first)) return null;
    withTests ||= forTests.test(first);
    chosen.push(...(piece.kind === 'path' ? chosenPath(piece) : chosenWords(first, piece.words.slice(1))));
  }
  const edges = withTests ? 'normal,build,dev' : 'normal,build';
  return {
    kind: 'cargo',
    name: 'tree',
    arguments: [...chosen, '--edges', edges, '--prefix', 'depth', '--format', format, '--color', 'never'],
    globalArguments,
  };
}

/** `-vp NAME`: a cluster of switches that ends in an option which chooses. */
function isUnclear(word: string): boolean {
  return /^-[a-zA-Z]{2}/.test(word) && !/^-[pFZ]/.test(word) && /[pFZ]/.test(word);
}

/** As far as they tell what the piece is: none of an option whose value is surely a path. */
function wordsOf(piece: Exclude<Piece, { kind: 'operand' }>): readonly string[] {
  if (piece.kind === 'words') return piece.words;
  return piece.option.meaning === 'package' ? piece.write(piece.value) : [];
}

const handedOn: ReadonlySet<string> = new Set(['manifest', 'config', 'package']);

function chosenPath({ option, write, value }: Extract<Piece, { kind: 'path' }>): readonly string[] {
  return handedOn.has(option.meaning) ? write(value) : [];
}

function chosenWords(first: string, rest: readonly string[]): readonly string[] {
  const option = /^(?:--[a-z-]+|-[A-Za-z])/.exec(first)?.[0] ?? '';
  const known = Object.hasOwn(choosing, option) ? choosing[option] : undefined;
  return known === undefined ? [] : [`${known}${first.slice(option.length)}`, ...rest];
}
