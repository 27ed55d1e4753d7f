/** A piece of a file: where it lies in it, and what it is called there. */
export interface Part {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

/** More sections than any linker writes without being asked. */
const mostSections = 100_000;
const longestName = 200;

const header = { size32: 52, size64: 64 } as const;
const kind = { noBits: 8 } as const;

/**
 * The sections of an ELF file of either width and byte order that take room in it, in the order of the table. The bytes
 * are foreign: `null` when they are no ELF file, or one whose table does not fit.
 */
export function elfSections(bytes: Buffer): readonly Part[] | null {
  const table = sectionTable(bytes);
  if (table === null) return null;
  const headers = Array.from({ length: table.count }, (_, index) => table.read(index));
  const names = headers[table.names];
  return headers.flatMap(({ name, type, offset, size }, index): readonly Part[] => {
    if (index === 0 || type === kind.noBits || size === 0) return [];
    if (!fits(bytes, offset, size)) return [];
    return [{ name: nameAt(bytes, names, name) || `section ${index}`, offset, size }];
  });
}

interface SectionHeader {
  readonly name: number;
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}
interface SectionTable {
  readonly count: number;
  /** Which section holds the names. */
  readonly names: number;
  read(index: number): SectionHeader;
}

/** Numbers of a file as its width and byte order have them. Places must lie in the file. */
interface Numbers {
  readonly is64: boolean;
  half(at: number): number;
  word(at: number): number;
  /** A word, or two where the file has 64 bits. */
  long(at: number): number;
}

function numbersOf(bytes: Buffer): Numbers | null {
  if (bytes.length < header.size32 || bytes.readUInt32BE(0) !== 0x7f454c46) return null;
  const [width, order] = [bytes[4], bytes[5]];
  if ((width !== 1 && width !== 2) || (order !== 1 && order !== 2)) return null;
  const is64 = width === 2;
  if (is64 && bytes.length < header.size64) return null;
  const isLittle = order === 1;
  const word = (at: number) => (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  return {
    is64,
    half: (at) => (isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at)),
    word,
    long: (at) => (is64 ? Number(isLittle ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at)) : word(at)),
  };
}

function sectionTable(bytes: Buffer): SectionTable | null {
  const numbers = numbersOf(bytes);
  if (numbers === null) return null;
  const at = numbers.is64 ? places64 : places32;
  const start = numbers.long(at.table);
  const entrySize = numbers.half(at.entrySize);
  if (start === 0 || entrySize < at.leastEntry || !fits(bytes, start, entrySize)) return null;
  const read = (index: number): SectionHeader => {
    const entry = start + index * entrySize;
    return {
      name: numbers.word(entry),
      type: numbers.word(entry + 4),
      offset: numbers.long(entry + at.offset),
      size: numbers.long(entry + at.size),
      link: numbers.word(entry + at.link),
    };
  };
  // Numbers that are too large for the header stand in the first entry of the table.
  const first = read(0);
  const count = numbers.half(at.count) || first.size;
  const named = numbers.half(at.names);
  if (count > mostSections || !fits(bytes, start, count * entrySize)) return null;
  return { count, names: named === 0xffff ? first.link : named, read };
}

const places32 = { table: 32, entrySize: 46, count: 48, names: 50, leastEntry: 40, offset: 16, size: 20, link: 24 };
const places64 = { table: 40, entrySize: 58, count: 60, names: 62, leastEntry: 64, offset: 24, size: 32, link: 40 };

function nameAt(bytes: Buffer, names: SectionHeader | undefined, at: number): string {
  if (names === undefined || !fits(bytes, names.offset, names.size) || at >= names.size) return '';
  const from = names.offset + at;
  const most = Math.min(from + longestName, names.offset + names.size);
  const end = bytes.subarray(from, most).indexOf(0);
  return bytes.toString('latin1', from, end === -1 ? most : from + end);
}

function fits(bytes: Buffer, offset: number, size: number): boolean {
  return Number.isSafeInteger(offset) && Number.isSafeInteger(size) && offset >= 0 && offset + size <= bytes.length;
}
