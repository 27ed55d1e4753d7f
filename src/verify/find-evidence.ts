import { type Variation, varied } from '../plan/variations.ts';
import type { DifferingPart } from './differing-parts.ts';

/** When a build ran, by the clock that its box had, in milliseconds since 1970. */
export interface Clock {
  readonly fromMs: number;
  readonly toMs: number;
}

/** One of two builds, as far as its result can tell of it. */
export interface Side {
  readonly clock: Clock;
  readonly project: string;
  readonly target: string;
  readonly home: string;
  readonly hostName: string;
  readonly userName: string;
  /** Empty where a box does not say another one. */
  readonly userId: string;
  readonly locale: string;
  readonly timeZone: string;
}

/** What was found in the bytes of both sides that only one thing can have put there. */
export interface Evidence {
  readonly cause: Variation;
  /** What stands in the one and in the other, as text. */
  readonly found: readonly [string, string];
}

/** What the bytes of a difference say themselves. The text is found on both sides, each with what its own box had. */
export function findEvidence(part: DifferingPart, left: Side, right: Side): readonly Evidence[] {
  const texts = part.sides.map((side) => side.toString('latin1')) as [string, string];
  const words = wordsOf(left).flatMap(([cause, word], index): readonly Evidence[] => {
    const other = wordsOf(right)[index]?.[1] ?? '';
    // Words of the other box are such that nothing else writes them; the usual one may have none.
    if (word === other || other === '') return [];
    return texts[0].includes(word) && texts[1].includes(other) ? [{ cause, found: [word, other] }] : [];
  });
  const times = [timeIn(texts[0], left.clock), timeIn(texts[1], right.clock)] as const;
  const [one, other] = times;
  const time: readonly Evidence[] =
    one !== null && other !== null && one !== other ? [{ cause: 'clock', found: [one, other] }] : [];
  return [...words, ...time];
}

function wordsOf(side: Side): readonly (readonly [Variation, string])[] {
  return [
    ['project-path', side.project],
    ['target-path', side.target],
    ['home', side.home],
    ['host-name', side.hostName],
    ['user', side.userName],
    ['user', side.userId],
    ['locale', side.locale],
    ['time-zone', side.timeZone],
  ];
}

/** A time of this clock that stands in a text: seconds or finer since 1970, or a date as people write it; `null`: none. */
export function timeIn(text: string, clock: Clock): string | null {
  for (const [digits] of text.matchAll(/(?<!\d)\d{10,19}(?!\d)/g)) {
    const perSecond = { 10: 1, 13: 1e3, 16: 1e6, 19: 1e9 }[digits.length];
    if (perSecond === undefined) continue;
    const ms = (Number(digits) / perSecond) * 1000;
    // Whole seconds may have begun before it did.
    if (ms >= clock.fromMs - 1000 && ms <= clock.toMs) return digits;
  }
  return datesOf(clock).find((date) => text.includes(date)) ?? numberIn(text, clock);
}

const dayMs = 86_400_000;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** The days of a build in all time zones, as they are mostly written. */
function datesOf({ fromMs, toMs }: Clock): readonly string[] {
  const days = new Set(
    [fromMs - dayMs, fromMs, toMs, toMs + dayMs].map((ms) => new Date(ms).toISOString().slice(0, 10)),
  );
  return [...days].flatMap((day) => {
    const [year = '', month = '', date = ''] = day.split('-');
    const name = months[Number(month) - 1] ?? '';
    const short = String(Number(date));
    return [
      day,
      `${year}${month}${date}`,
      `${year}/${month}/${date}`,
      `${name} ${short.padStart(2)} ${year}`,
      `${name} ${date} ${year}`,
      `${date} ${name} ${year}`,
      `${short} ${name} ${year}`,
    ];
  });
}

/** More would hold any four bytes by chance. */
const mostForNumbers = 64 * 1024;

/** Seconds since 1970 as eight bytes, little end first, as programs for these machines write them. */
function numberIn(text: string, { fromMs, toMs }: Clock): string | null {
  if (text.length > mostForNumbers) return null;
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at + 8 <= bytes.length; at += 1) {
    const seconds = bytes.readUInt32LE(at);
    if (bytes.readUInt32LE(at + 4) === 0 && seconds * 1000 >= fromMs - 1000 && seconds * 1000 <= toMs) {
      return `${seconds} as a number`;
    }
  }
  return null;
}

/** The clock of a box that has run from then to then, by that of this machine. */
export function clockOf(varies: readonly Variation[], fromMs: number, toMs: number): Clock {
  const shiftMs = varies.includes('clock') ? varied.clockShiftSeconds * 1000 : 0;
  return { fromMs: fromMs + shiftMs, toMs: toMs + shiftMs };
}
