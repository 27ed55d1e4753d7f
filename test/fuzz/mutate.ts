import fc from 'fast-check';

/** What changes the bytes of a seed. Places are fractions of its length, so that an edit fits whatever came before it. */
interface Edit {
  readonly kind: (typeof kinds)[number];
  readonly at: number;
  readonly length: number;
  readonly value: number;
  readonly token: number;
}

const kinds = [
  'flip',
  'set',
  'delete',
  'copy',
  'splice',
  'truncate',
  'token',
  'replace-by-token',
  'number',
  'nest',
  'repeat',
  'byte-order-mark',
  'carriage-returns',
  'wrong-utf-8',
  'random',
] as const;

/** Words that parsers of any format may stumble over. */
const commonTokens: readonly (string | Uint8Array)[] = [
  ...['__proto__', 'constructor', 'prototype', 'toString', '../', '..\\', '/etc/passwd', '\0', '\u202e', '\u2028'],
  ...['\ufeff', '\r\n', '\n', '\t', '"', "'", '`', '\\', '\\u0000', '\\ud800', '%2e%2e%2f', '{', '}', '[', ']', '='],
  ...['0', '-1', '-0', '1e999', '99999999999999999999', '4294967295', '4294967296', '9007199254740993', '0x7fffffff'],
  ...['null', 'true', 'NaN', 'Infinity', '1979-05-27', ':', '::', '://', '@', '#', ';', ',', '.', '*', '**', '?', '$'],
  new Uint8Array([0xff]),
  new Uint8Array([0x80]),
  new Uint8Array([0xed, 0xa0, 0x80]),
  new Uint8Array([0xf4, 0x90, 0x80, 0x80]),
  new Uint8Array([0x00, 0x00, 0x00, 0x00]),
  new Uint8Array([0xff, 0xff, 0xff, 0xff]),
];

/** Never in a message: a file that is no configuration may be somebody's secret. */
export const canary = 'hush9c1e';

const hugeNumbers = ['99999999999999999999999', '-99999999999999999999999', '1e400', '0'.repeat(400), '4294967296'];
const brackets = [
  ['[', ']'],
  ['{', '}'],
  ['(', ')'],
  ['{"a":', '}'],
  ['[[', ']]'],
  ['all(', ')'],
] as const;

/** One input: a seed with edits. Kept as data, so that a failure can shrink. */
export interface Sample {
  readonly seed: number;
  readonly edits: readonly Edit[];
  /** Sizes of the pieces in which a stream gets it, one after the other and again. */
  readonly cuts: readonly number[];
}

export const samples: fc.Arbitrary<Sample> = fc.record({
  seed: fc.nat(),
  edits: fc.array(
    fc.record({
      kind: fc.constantFrom(...kinds),
      at: fc.nat(9999),
      length: fc.nat(40),
      value: fc.nat(255),
      token: fc.nat(9999),
    }),
    { maxLength: 7 },
  ),
  cuts: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }),
});

/** The bytes of a sample. */
export function bytesOf(
  { seed, edits }: Sample,
  seeds: readonly Uint8Array[],
  words: readonly (string | Uint8Array)[],
): Buffer {
  const tokens = [...words, ...words, ...commonTokens, canary];
  const other = (number: number) => seeds[number % seeds.length] ?? new Uint8Array();
  let bytes = Buffer.from(other(seed));
  for (const edit of edits) bytes = apply(bytes, edit, tokens, other(edit.value));
  return bytes.length > mostBytes ? bytes.subarray(0, mostBytes) : bytes;
}

const mostBytes = 64 * 1024;

function apply(
  bytes: Buffer,
  edit: Edit,
  tokens: readonly (string | Uint8Array)[],
  other: Uint8Array,
): Buffer<ArrayBuffer> {
  const at = Math.floor((edit.at / 10_000) * (bytes.length + 1));
  const end = Math.min(bytes.length, at + edit.length);
  const [before, slice, after] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
  const token = Buffer.from((tokens[edit.token % tokens.length] ?? '') as string);
  const join = (...parts: readonly Uint8Array[]) => Buffer.concat([before, ...parts]);
  switch (edit.kind) {
    case 'flip':
    case 'set': {
      const changed = Buffer.from(bytes);
      if (at < changed.length)
        changed[at] = edit.kind === 'set' ? edit.value : (changed[at] ?? 0) ^ (1 << (edit.value % 8));
      return changed;
    }
    case 'delete':
      return join(after);
    case 'copy':
      return join(slice, slice, after);
    case 'splice':
      return join(other.subarray(Math.floor((edit.token / 10_000) * other.length)), after);
    case 'truncate':
      return join();
    case 'token':
      return join(token, bytes.subarray(at));
    case 'replace-by-token':
      return join(token, after);
    case 'number':
      return replaceNumber(bytes, at, hugeNumbers[edit.value % hugeNumbers.length] ?? '');
    case 'nest': {
      const [open, close] = brackets[edit.value % brackets.length] ?? ['', ''];
      const depth = 1 + edit.length * edit.length * 2;
      return join(Buffer.from(open.repeat(depth)), slice, Buffer.from(close.repeat(depth)), after);
    }
    case 'repeat':
      return join(
        ...Array.from({ length: Math.min(edit.value, Math.floor(mostBytes / (slice.length + 1))) }, () => slice),
        bytes.subarray(at),
      );
    case 'byte-order-mark':
      return Buffer.concat([Buffer.from('\ufeff'), bytes]);
    case 'carriage-returns':
      return Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
    case 'wrong-utf-8':
      return join(Buffer.from([0xc0 | (edit.value & 0x3f)]), bytes.subarray(at));
    case 'random':
      return join(
        Buffer.from(
          Array.from({ length: edit.length }, (_, index) => (edit.value * 31 + edit.token * index * 17) & 0xff),
        ),
        after,
      );
  }
}

function replaceNumber(bytes: Buffer, from: number, by: string): Buffer<ArrayBuffer> {
  const text = bytes.toString('latin1');
  const found = /\d+/.exec(text.slice(from));
  if (found === null) return Buffer.from(bytes);
  const at = from + found.index;
  return Buffer.from(text.slice(0, at) + by + text.slice(at + found[0].length), 'latin1');
}

/** Inputs as large as a file may be: what takes time that is more than proportional to its input shows here. */
export function* largeInputs(
  seeds: readonly Uint8Array[],
  words: readonly (string | Uint8Array)[],
  bytes: number,
): Generator<Buffer> {
  const fill = (unit: Uint8Array) => Buffer.alloc(bytes, unit);
  for (const word of [...words, ...commonTokens]) {
    const unit = Buffer.from(word as string);
    if (unit.length === 0) continue;
    yield fill(unit);
    // In the middle of what is right, where a parser comes to it.
    for (const seed of seeds.slice(0, 3)) {
      const middle = Math.floor(seed.length / 2);
      yield Buffer.concat([seed.subarray(0, middle), fill(unit), seed.subarray(middle)]);
    }
  }
  for (const seed of seeds) if (seed.length > 0) yield fill(seed);
}
