/** A number that was read, or why not, with what was probably meant. */
export type Quantity =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly why: string; readonly meant: readonly string[] };

const wrong = (why: string, ...meant: readonly string[]): Quantity => ({ ok: false, why, meant });
const maximumLength = 64;

const sizeUnits: ReadonlyMap<string, number> = new Map([
  ['B', 1],
  ['kB', 1e3],
  ['KB', 1e3],
  ['MB', 1e6],
  ['GB', 1e9],
  ['TB', 1e12],
  ['KiB', 2 ** 10],
  ['MiB', 2 ** 20],
  ['GiB', 2 ** 30],
  ['TiB', 2 ** 40],
]);

/** `4GiB`, `512MiB`, `2GB`, `1.5GiB` in bytes. A unit is needed and its case counts: 4Gb is not 4GB. */
export function parseSize(text: string): Quantity {
  const match = text.length <= maximumLength ? /^([0-9]+(?:\.[0-9]+)?)([ \t]*)([A-Za-z]*)$/.exec(text) : null;
  if (match === null) return wrong('it is not a number with a unit');
  const [, number = '', space = '', unit = ''] = match;
  if (unit === '') return wrong('it has no unit', `${number}MiB`, `${number}GiB`);
  const factor = sizeUnits.get(unit);
  if (factor === undefined) {
    const meant = sizeUnitsLike(unit).map((known) => number + known);
    return wrong(`\`${unit}\` is no unit of size; known are ${[...sizeUnits.keys()].join(', ')}`, ...meant);
  }
  if (space !== '') return wrong('there is a space before the unit', number + unit);
  const bytes = Math.round(Number(number) * factor);
  if (bytes < 1) return wrong('it is nothing');
  if (!Number.isSafeInteger(bytes)) return wrong('it is too large');
  return { ok: true, value: bytes };
}

function sizeUnitsLike(unit: string): readonly string[] {
  const match = /^([kmgt])(i?)(b|bytes?)?$/i.exec(unit);
  if (match === null) return /^bytes?$/i.test(unit) || unit === 'b' ? ['B'] : [];
  const prefix = (match[1] ?? '').toUpperCase();
  if (match[2] !== '' || match[3] === undefined) return [`${prefix}iB`];
  return [`${prefix}B`, `${prefix}iB`];
}

const second = 1000;
const timeUnits: ReadonlyMap<string, number> = new Map([
  ['d', 86_400 * second],
  ['h', 3600 * second],
  ['m', 60 * second],
  ['s', second],
  ['ms', 1],
]);
/** A timer of Node counts milliseconds in 31 bits: a longer time would end at once. */
const maximumDays = 24;

const longTimeUnits: readonly (readonly [RegExp, string])[] = [
  [/^(d|days?)$/i, 'd'],
  [/^(h|hrs?|hours?)$/i, 'h'],
  [/^(m|mins?|minutes?)$/i, 'm'],
  [/^(s|secs?|seconds?)$/i, 's'],
  [/^(ms|msecs?|millis|milliseconds?)$/i, 'ms'],
];

/** `90s`, `30m`, `1h30m` in milliseconds. A unit is needed; several go from the largest to the smallest. */
export function parseDuration(text: string): Quantity {
  const compact = text.replace(/[ \t]+/g, '');
  if (text.length > maximumLength || !/^(?:[0-9]+(?:\.[0-9]+)?[A-Za-z]+)*[0-9]+(?:\.[0-9]+)?[A-Za-z]*$/.test(compact)) {
    return wrong('it is not a number with a unit');
  }
  const parts = [...compact.matchAll(/([0-9]+(?:\.[0-9]+)?)([A-Za-z]*)/g)].map(([, number = '', unit = '']) => ({
    number,
    unit,
  }));
  const unknown = parts.find((part) => !timeUnits.has(part.unit));
  if (unknown !== undefined) {
    const meant = parts.map((part) => part.number + (timeUnitLike(part.unit) ?? '?')).join('');
    const known = [...timeUnits.keys()].reverse().join(', ');
    if (unknown.unit === '')
      return wrong(
        `\`${unknown.number}\` has no unit`,
        ...(parts.length === 1 ? [`${unknown.number}s`, `${unknown.number}m`] : []),
      );
    return wrong(`\`${unknown.unit}\` is no unit of time; known are ${known}`, ...(meant.includes('?') ? [] : [meant]));
  }
  if (compact !== text) return wrong('there is a space in it', compact);
  const order = parts.map((part) => [...timeUnits.keys()].indexOf(part.unit));
  if (order.some((rank, index) => index > 0 && rank <= (order[index - 1] ?? -1))) {
    return wrong('its units do not go from the largest to the smallest, each once');
  }
  const sum = parts.reduce((total, part) => total + Number(part.number) * (timeUnits.get(part.unit) ?? 0), 0);
  const milliseconds = Math.round(sum);
  if (milliseconds < 1) return wrong('it is nothing');
  if (milliseconds > maximumDays * 86_400 * second) return wrong(`it is more than ${maximumDays} days`);
  return { ok: true, value: milliseconds };
}

function timeUnitLike(unit: string): string | null {
  return longTimeUnits.find(([pattern]) => pattern.test(unit))?.[1] ?? null;
}

/** The shortest text that `parseSize` reads as the same number. */
export function formatSize(bytes: number): string {
  for (const unit of ['TiB', 'GiB', 'MiB', 'KiB', 'TB', 'GB', 'MB', 'kB']) {
    const count = bytes / (sizeUnits.get(unit) ?? 1);
    if (count >= 1 && Number.isInteger(count)) return `${count}${unit}`;
  }
  return `${bytes}B`;
}

/** The text that `parseDuration` reads as the same number. */
export function formatDuration(milliseconds: number): string {
  let rest = milliseconds;
  let text = '';
  for (const [unit, factor] of timeUnits) {
    const count = Math.floor(rest / factor);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * factor;
  }
  return text === '' ? '0s' : text;
}
