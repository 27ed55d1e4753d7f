/** What is known of a target: for each key the values it has. A key that is not in it may have any value. */
export type TargetKnowledge = ReadonlyMap<string, ReadonlySet<string>>;

/** `unknown` whenever a name or a form is not understood: such a dependency is kept. */
export type Verdict = 'yes' | 'no' | 'unknown';

const maximumDepth = 64;

/**
 * The knowledge of a Linux target that its name gives for sure. `null` for every other target: nothing is then decided.
 */
export function linuxKnowledge(triple: string): TargetKnowledge | null {
  const [cpu = '', , system, environment = ''] = triple.split('-');
  if (system !== 'linux') return null;
  const architecture = architectures[cpu];
  return new Map<string, ReadonlySet<string>>([
    ['unix', new Set([''])],
    ['windows', new Set()],
    ['target_os', new Set(['linux'])],
    ['target_family', new Set(['unix'])],
    ...(architecture === undefined ? [] : ([['target_arch', new Set([architecture])]] as const)),
    ...(/^(gnu|musl)$/.test(environment) ? ([['target_env', new Set([environment])]] as const) : []),
  ]);
}

const architectures: Readonly<Record<string, string>> = { x86_64: 'x86_64', aarch64: 'aarch64', i686: 'x86' };

/** Whether a key of `[target]` in a manifest (`cfg(…)` or a triple) holds for a target. */
export function targetMatches(key: string, triple: string): Verdict {
  const inner = /^\s*cfg\s*\((.*)\)\s*$/s.exec(key)?.[1];
  if (inner === undefined) return !/^[\w.-]+$/.test(key) ? 'unknown' : key === triple ? 'yes' : 'no';
  const knowledge = linuxKnowledge(triple);
  const words = inner.match(/"[^"]*"|[A-Za-z_][A-Za-z0-9_]*|[(),=]|\S/g) ?? [];
  if (knowledge === null) return 'unknown';
  const reader = { words, at: 0, knowledge };
  const verdict = readExpression(reader, 0);
  return reader.at === words.length ? verdict : 'unknown';
}

interface Reader {
  readonly words: readonly string[];
  at: number;
  readonly knowledge: TargetKnowledge;
}

function readExpression(reader: Reader, depth: number): Verdict {
  const name = reader.words[reader.at] ?? '';
  if (depth > maximumDepth || !/^[A-Za-z_]/.test(name)) return 'unknown';
  reader.at++;
  if (reader.words[reader.at] === '(') return readGroup(reader, name, depth);
  if (reader.words[reader.at] !== '=') return known(reader, name, '');
  const value = reader.words[reader.at + 1] ?? '';
  reader.at += 2;
  return value.startsWith('"') ? known(reader, name, value.slice(1, -1)) : 'unknown';
}

function readGroup(reader: Reader, name: string, depth: number): Verdict {
  const verdicts: Verdict[] = [];
  reader.at++;
  while (reader.at < reader.words.length && reader.words[reader.at] !== ')') {
    const before = reader.at;
    verdicts.push(readExpression(reader, depth + 1));
    if (reader.words[reader.at] === ',') reader.at++;
    if (reader.at === before) return 'unknown';
  }
  reader.at++;
  const [first] = verdicts;
  if (name === 'not') return verdicts.length !== 1 ? 'unknown' : opposite(first ?? 'unknown');
  if (name === 'all') return combine(verdicts, 'no', 'yes');
  if (name === 'any') return combine(verdicts, 'yes', 'no');
  return 'unknown';
}

function combine(verdicts: readonly Verdict[], deciding: Verdict, otherwise: Verdict): Verdict {
  if (verdicts.includes(deciding)) return deciding;
  return verdicts.includes('unknown') ? 'unknown' : otherwise;
}

function opposite(verdict: Verdict): Verdict {
  return verdict === 'unknown' ? verdict : verdict === 'yes' ? 'no' : 'yes';
}

function known(reader: Reader, name: string, value: string): Verdict {
  const values = reader.knowledge.get(name);
  if (values === undefined) return 'unknown';
  return values.has(value) ? 'yes' : 'no';
}
