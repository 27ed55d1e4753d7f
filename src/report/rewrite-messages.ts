import { posix } from 'node:path';
import { Transform } from 'node:stream';
import { moveFragment } from '../base/package-id.ts';
import { escapeMessage } from './escape-message.ts';
import { type FilterOptions, terminalFilter } from './filter-terminal.ts';
import { type Notation, type PathMapping, pathReplacer } from './path-mapping.ts';

/**
 * Written by numbers a character can become six, and no text has more than 512 Mi of them: a longer one would end us. No
 * message of cargo comes near it.
 */
const longestLineBytes = 64 * 1024 * 1024;
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

/** Strings in JSON: a path may follow an escaped character, the end of a colour, or an option such as -L. */
const json: Notation = {
  beginsAfter: (before) =>
    /(^|[^\\])(\\\\)*\\[bfnrt]$/.test(before) || /\\u001b\[[0-9;]*[mK]$/.test(before) || /(^|["\s])-[LI]$/.test(before),
  write: (path) => JSON.stringify(path).slice(1, -1),
};

/** Rewrites one line. */
export function lineRewriter(mappings: readonly PathMapping[]): (line: Buffer) => Buffer {
  const replace = pathReplacer(mappings, json);
  const nameAsHere = idsAsHere(mappings);
  return (line) => {
    if (!mappings.some(({ inside }) => line.includes(inside)) || !isJsonObject(line)) return line;
    return Buffer.from(replace(nameAsHere(line.toString('latin1'))), 'latin1');
  };
}

const packageId = /path\+file:\/\/(\/[^"#\s]{1,256})(#[\w@.+-]{1,300})(?=")/g;

/** The ID of a package whose folder has another name here, as the host's cargo has it: tools compare them. */
function idsAsHere(mappings: readonly PathMapping[]): (text: string) => string {
  const names = new Map(mappings.map(({ inside, host }) => [inside, posix.basename(host)]));
  return (text) =>
    text.replace(packageId, (id, folder: string, fragment: string) => {
      const name = names.get(folder);
      if (name === undefined) return id;
      return `path+file://${folder}${moveFragment(fragment, posix.basename(folder), name)}`;
    });
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
