import { quoteShell } from '../base/quote-shell.ts';
import { type Ask, type Grant, isSame, longestValue } from '../grants/ask.ts';
import { type OpenAsk, type Place, type Problem, printable } from '../problem/problem.ts';

/** An ask with its answer. */
export interface JudgedAsk extends Ask {
  /** `null`: not granted. */
  readonly grant: Grant | null;
  /** What was granted of the same key before and is asked no more: the old values of a change. */
  readonly before: readonly string[];
}

/** Answers each ask: granted is exactly what was granted, by key and by value. Nothing near it, nothing more. */
export function judgeAsks(asks: readonly Ask[], grants: readonly Grant[]): readonly JudgedAsk[] {
  return asks.map((ask) => {
    const grant = grants.find((candidate) => isSame(candidate, ask)) ?? null;
    return { ...ask, grant, before: grant === null ? formerValues(ask, asks, grants) : [] };
  });
}

function formerValues({ key }: Ask, asks: readonly Ask[], grants: readonly Grant[]): readonly string[] {
  const former = grants.filter(
    (grant) => grant.from.kind === 'own' && grant.key === key && !asks.some((ask) => isSame(ask, grant)),
  );
  return former.map(({ value }) => value);
}

/** One screen with all that is not granted; `null` when nothing is missing. */
export function refusal(judged: readonly JudgedAsk[]): Problem | null {
  const missing = judged.filter(({ grant }) => grant === null);
  const [first] = missing;
  if (first === undefined) return null;
  const lines = missing.slice(0, mostShown).flatMap(askLines);
  const more = missing.length > mostShown ? [`… and ${missing.length - mostShown} more`] : [];
  const keys = [...new Set(missing.map(({ key }) => key))];
  const { file, line, column } = first.where;
  return {
    code: 'refused',
    what: 'the project asks for more than a box gives, and you have not granted it',
    where: { file, ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) },
    why: ['it asks for', ...lines, ...more].join('\n'),
    fix: `If you want all of it, run \`cargo-boxed grant ${keys.map(quoteShell).join(' ')}\`; nothing was run.`,
    asks: missing.map(openAsk),
  };
}

function openAsk({ key, value, where, before }: JudgedAsk): OpenAsk {
  return { key, value, where, before, grant: ['cargo-boxed', 'grant', `${key}=${value}`] };
}

const mostShown = 50;

function askLines({ key, value, title, where, before }: JudgedAsk): readonly string[] {
  return [
    `  ${printable(title, 4 * longestValue)}`,
    `    by ${placeText(where)}`,
    ...before.map((old) => `    - ${printable(key)}: ${printable(old, longestValue)}   (granted before)`),
    ...(before.length > 0 ? [`    + ${printable(key)}: ${printable(value, longestValue)}   (asked now)`] : []),
  ];
}

export function placeText({ file, line, column }: Place): string {
  return [printable(file), line, column].filter((part) => part !== undefined).join(':');
}
