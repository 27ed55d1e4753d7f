import { Transform } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { escapeMessage } from './escape-message.ts';
import { type FilterOptions, terminalFilter } from './filter-terminal.ts';

/** A folder inside of the box and where it lies on the host. */
export interface PathMapping {
  readonly inside: string;
  readonly host: string;
}

const longestLineBytes = 256 * 1024 * 1024;
/** Lines up to this length are parsed to see that they are JSON; longer ones are judged by their ends. */
const longestParsedBytes = 1024 * 1024;
const lineFeed = 0x0a;

/**
 * Cargo's JSON (`--message-format=json`, `metadata`) names paths of the box; tools on the host need theirs. Lines that
 * are JSON objects get the paths in their strings replaced, and what a terminal or a CI service would act on written as
 * JSON can write it too. Everything else passes the filter of all foreign output: a procedural macro can print what it
 * wants between the messages.
 */
export function rewriteMessages(
  mappings: readonly PathMapping[],
  options: FilterOptions,
  mostLineBytes = longestLineBytes,
): Transform {
  const filter = terminalFilter(options);
  const rewrite = lineRewriter(mappings);
  const insides = mappings.map(({ inside }) => inside);
  const nextCare = (text: string, from: number): number | null => {
    const pattern = options.commands === 'mark' ? careInCi : care;
    pattern.lastIndex = from;
    return pattern.exec(text)?.index ?? null;
  };
  /** Whole lines. Those that need no care, and those that are no messages, are not handled one by one. */
  const passLines = (lines: Buffer): Buffer => {
    const text = lines.toString('latin1');
    const parts: Buffer[] = [];
    let at = 0;
    /** From here to the line at hand nothing is a message. */
    let others = 0;
    const passOthers = (end: number) => {
      if (end > others) parts.push(Buffer.from(filter.push(lines.subarray(others, end))));
    };
    while (at < lines.length) {
      const found = nextCare(text, at);
      const start = found === null ? lines.length : text.lastIndexOf('\n', found) + 1;
      if (start > at) {
        passOthers(at);
        parts.push(rewriteLines(lines.subarray(at, start), insides, rewrite));
        others = start;
      }
      const end = text.indexOf('\n', start) + 1 || lines.length;
      const line = lines.subarray(start, end);
      if (isJsonObject(line)) {
        passOthers(start);
        parts.push(escapeMessage(rewrite(line), options));
        others = end;
      }
      at = end;
    }
    passOthers(at);
    return Buffer.concat(parts);
  };
  let held: Buffer[] = [];
  let heldBytes = 0;
  let isTooLong = false;
  const endLine = (last: Buffer): Buffer => {
    const line = held.length === 0 ? last : Buffer.concat([...held, last]);
    held = [];
    heldBytes = 0;
    return passLines(line);
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const first = chunk.indexOf(lineFeed) + 1;
      const last = chunk.lastIndexOf(lineFeed) + 1;
      if (first > 0) {
        const part = chunk.subarray(0, first);
        this.push(isTooLong ? filter.push(part) : endLine(part));
        isTooLong = false;
      }
      if (last > first) this.push(passLines(chunk.subarray(first, last)));
      const rest = chunk.subarray(last);
      if (isTooLong) this.push(filter.push(rest));
      else if (rest.length > 0) {
        held.push(rest);
        heldBytes += rest.length;
      }
      if (heldBytes > mostLineBytes) {
        for (const part of held) this.push(filter.push(part));
        held = [];
        heldBytes = 0;
        isTooLong = true;
      }
      done();
    },
    flush(done) {
      if (heldBytes > 0) this.push(endLine(Buffer.alloc(0)));
      const kept = filter.end();
      done(null, kept.length > 0 ? kept : undefined);
    },
  });
}

/** Lines without any of these are the same behind the filter. Bytes beyond ASCII may be parts of harmful characters. */
const care = /[^\t\n\r -~]/g;
const careInCi = /[^\t\n\r -~]|::|##|section_/gi;

/** Cuts out only the lines that name a path of the box: millions of short ones cost no more than their bytes. */
function rewriteLines(lines: Buffer, insides: readonly string[], rewriter: (line: Buffer) => Buffer): Buffer {
  const parts: Buffer[] = [];
  const places = insides.map((inside) => ({ inside, next: lines.indexOf(inside) }));
  let done = 0;
  for (;;) {
    for (const place of places) {
      if (place.next !== -1 && place.next < done) place.next = lines.indexOf(place.inside, done);
    }
    const found = Math.min(...places.filter(({ next }) => next !== -1).map(({ next }) => next));
    if (!Number.isFinite(found)) break;
    const start = lines.lastIndexOf(lineFeed, found) + 1;
    const end = lines.indexOf(lineFeed, found) + 1 || lines.length;
    parts.push(lines.subarray(done, start), rewriter(lines.subarray(start, end)));
    done = end;
  }
  return done === 0 ? lines : Buffer.concat([...parts, lines.subarray(done)]);
}

interface Replacement {
  readonly inside: string;
  /** JSON-escaped, as bytes in a latin1 string. */
  readonly path: string;
  /** The same for `file:` URLs. */
  readonly url: string;
}

/** Rewrites one line. Bytes are read as latin1, one character each, so that nothing else in the line can change. */
export function lineRewriter(mappings: readonly PathMapping[]): (line: Buffer) => Buffer {
  const bytes = (text: string) => Buffer.from(JSON.stringify(text).slice(1, -1)).toString('latin1');
  const replacements: Replacement[] = mappings
    .map(({ inside, host }) => ({ inside, path: bytes(host), url: bytes(pathToFileURL(host).pathname) }))
    .sort((left, right) => right.inside.length - left.inside.length);
  return (line) => {
    if (!replacements.some(({ inside }) => line.includes(inside)) || !isJsonObject(line)) return line;
    return Buffer.from(replaceAll(line.toString('latin1'), replacements), 'latin1');
  };
}

function replaceAll(text: string, replacements: readonly Replacement[]): string {
  const parts: string[] = [];
  let done = 0;
  for (let index = text.indexOf('/'); index !== -1; index = text.indexOf('/', index)) {
    const found = replacements.find(({ inside }) => text.startsWith(inside, index));
    const end = index + (found?.inside.length ?? 1);
    const before = found === undefined ? null : pathStart(text, index);
    if (found !== undefined && before !== null && isPathEnd(text, end)) {
      parts.push(text.slice(done, index), before === 'url' ? found.url : found.path);
      done = end;
      index = end;
    } else {
      index += 1;
    }
  }
  return done === 0 ? text : parts.join('') + text.slice(done);
}

/** Whether a path can begin here: not in the middle of a longer one. */
function pathStart(text: string, index: number): 'path' | 'url' | null {
  const before = text.slice(Math.max(0, index - 32), index);
  if (/[a-z]:\/\/$/.test(before)) return 'url';
  if (/(^|[^\w.~+@%/\\\u0080-\u00ff-])$/.test(before)) return 'path';
  // After an escaped character, the end of a colour, or an option such as -L.
  if (/(^|[^\\])(\\\\)*\\[bfnrt]$/.test(before) || /\\u001b\[[0-9;]*[mK]$/.test(before)) return 'path';
  return /(^|["\s])-[LI]$/.test(before) ? 'path' : null;
}

function isPathEnd(text: string, index: number): boolean {
  return !/^(?:[\w~+@%\u0080-\u00ff-]|\.[\w.])/.test(text.slice(index, index + 2));
}

function isJsonObject(line: Buffer): boolean {
  const isBlank = (byte: number | undefined) => byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === lineFeed;
  let start = 0;
  let end = line.length;
  while (start < end && isBlank(line[start])) start += 1;
  while (end > start && isBlank(line[end - 1])) end -= 1;
  if (line[start] !== 0x7b || line[end - 1] !== 0x7d) return false;
  if (line.length > longestParsedBytes) return line[start + 1] === 0x22;
  try {
    JSON.parse(line.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}
