import type { Location } from './document.ts';

/** Where the parts of a TOML text stand, by path: a table or key by its name, an item of an array by its number. */
export type TomlLocations = ReadonlyMap<string, TomlLocation>;
export interface TomlLocation {
  /** Of the key, or of the header that first names it. */
  readonly key: Location;
  readonly value: Location;
}
export type TomlPath = readonly string[];

export function locationKey(path: TomlPath): string {
  return JSON.stringify(path);
}

/**
 * The parser of TOML gives values without places, so this finds the places in a text that is known to be valid: it
 * tells strings, comments and brackets apart and nothing more. On a text that is not valid it ends early. Only paths
 * that are `wanted` are kept: a manifest can be long.
 */
export function locateToml(text: string, file: string, wanted: (path: TomlPath) => boolean): TomlLocations {
  const scan: Scan = { text, position: 0, starts: lineStarts(text), file, wanted, found: new Map() };
  const arrayTables = new Map<string, number>();
  let table: TomlPath = [];
  for (skipBlank(scan); scan.position < text.length; skipBlank(scan)) {
    const start = scan.position;
    if (text[start] === '[') table = readHeader(scan, arrayTables);
    else readKeyValue(scan, table);
    if (scan.position <= start) break;
  }
  return scan.found;
}

interface Scan {
  readonly text: string;
  position: number;
  readonly starts: readonly number[];
  readonly file: string;
  readonly wanted: (path: TomlPath) => boolean;
  readonly found: Map<string, TomlLocation>;
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function place(scan: Scan, offset: number): Location {
  let low = 0;
  let high = scan.starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((scan.starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return { file: scan.file, line: low + 1, column: offset - (scan.starts[low] ?? 0) + 1 };
}

function record(scan: Scan, path: TomlPath, keyOffset: number, valueOffset: number): void {
  if (!scan.wanted(path)) return;
  const name = locationKey(path);
  if (scan.found.has(name)) return;
  scan.found.set(name, { key: place(scan, keyOffset), value: place(scan, valueOffset) });
}

function readHeader(scan: Scan, arrayTables: Map<string, number>): TomlPath {
  const start = scan.position;
  const isArray = scan.text[start + 1] === '[';
  scan.position += isArray ? 2 : 1;
  const path: string[] = [];
  for (const segment of readKey(scan)) {
    path.push(segment.name);
    record(scan, path, segment.offset, start);
    const index = arrayTables.get(locationKey(path));
    if (index !== undefined) path.push(String(index));
  }
  if (isArray) {
    if (/^\d+$/.test(path.at(-1) ?? '') && arrayTables.has(locationKey(path.slice(0, -1)))) path.pop();
    const index = (arrayTables.get(locationKey(path)) ?? -1) + 1;
    arrayTables.set(locationKey(path), index);
    path.push(String(index));
    record(scan, path, start, start);
  }
  scan.position = lineEnd(scan);
  return path;
}

function readKeyValue(scan: Scan, table: TomlPath): void {
  const path = [...table];
  const segments = readKey(scan);
  skipSpace(scan);
  if (segments.length === 0 || scan.text[scan.position] !== '=') {
    scan.position = scan.text.length;
    return;
  }
  scan.position += 1;
  skipSpace(scan);
  for (const [index, segment] of segments.entries()) {
    path.push(segment.name);
    record(scan, path, segment.offset, index === segments.length - 1 ? scan.position : segment.offset);
  }
  readValue(scan, path);
}

function readKey(scan: Scan): readonly { readonly name: string; readonly offset: number }[] {
  const segments: { name: string; offset: number }[] = [];
  for (;;) {
    skipSpace(scan);
    const offset = scan.position;
    const quote = scan.text[offset];
    if (quote === '"' || quote === "'") {
      skipString(scan);
      segments.push({ name: unquoted(scan.text.slice(offset, scan.position)), offset });
    } else {
      const bare = matchHere(scan, /[A-Za-z0-9_-]+/y);
      if (bare === '') return segments;
      segments.push({ name: bare, offset });
    }
    skipSpace(scan);
    if (scan.text[scan.position] !== '.') return segments;
    scan.position += 1;
  }
}

function unquoted(quoted: string): string {
  if (quoted.startsWith("'")) return quoted.slice(1, -1);
  try {
    return String(JSON.parse(quoted));
  } catch {
    // An escape that only TOML knows: the key is then found without a place of its own.
    return quoted.slice(1, -1);
  }
}

function readValue(scan: Scan, path: TomlPath): void {
  const first = scan.text[scan.position];
  if (first === '"' || first === "'") skipString(scan);
  else if (first === '[') readArray(scan, path);
  else if (first === '{') readInlineTable(scan, path);
  else matchHere(scan, /[^,\]}#\n]*/y);
}

function readArray(scan: Scan, path: TomlPath): void {
  scan.position += 1;
  for (let index = 0; scan.position < scan.text.length; index += 1) {
    skipBlank(scan);
    if (scan.text[scan.position] === ']') break;
    const start = scan.position;
    record(scan, [...path, String(index)], start, start);
    readValue(scan, [...path, String(index)]);
    skipBlank(scan);
    if (scan.text[scan.position] === ',') scan.position += 1;
    else if (scan.text[scan.position] !== ']') scan.position = scan.text.length;
  }
  scan.position += 1;
}

function readInlineTable(scan: Scan, path: TomlPath): void {
  scan.position += 1;
  while (scan.position < scan.text.length) {
    skipBlank(scan);
    if (scan.text[scan.position] === '}') break;
    readKeyValue(scan, path);
    skipBlank(scan);
    if (scan.text[scan.position] === ',') scan.position += 1;
    else if (scan.text[scan.position] !== '}') scan.position = scan.text.length;
  }
  scan.position += 1;
}

function skipString(scan: Scan): void {
  const quote = scan.text[scan.position] ?? '"';
  const isBlock = scan.text.startsWith(quote.repeat(3), scan.position);
  const mark = isBlock ? quote.repeat(3) : quote;
  let at = scan.position + mark.length;
  while (at < scan.text.length && !scan.text.startsWith(mark, at))
    at += quote === '"' && scan.text[at] === '\\' ? 2 : 1;
  at += mark.length;
  // A block may end with up to two quotes of its own before the closing three.
  while (isBlock && scan.text[at] === quote) at += 1;
  scan.position = at;
}

function matchHere(scan: Scan, pattern: RegExp): string {
  pattern.lastIndex = scan.position;
  const found = pattern.exec(scan.text)?.[0] ?? '';
  scan.position += found.length;
  return found;
}

function skipSpace(scan: Scan): void {
  matchHere(scan, /[ \t]*/y);
}

/** White space, line ends and comments. */
function skipBlank(scan: Scan): void {
  while (matchHere(scan, /[ \t\r\n]+|#[^\n]*/y) !== '');
}

function lineEnd(scan: Scan): number {
  const end = scan.text.indexOf('\n', scan.position);
  return end < 0 ? scan.text.length : end;
}
