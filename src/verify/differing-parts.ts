import { archiveMembers } from './read-archive.ts';
import { elfSections, type Part } from './read-elf.ts';

/** A part of two files in which they differ. */
export interface DifferingPart {
  /** `.rodata`, `lib.rmeta`, `one.o: .text`; `the file` when it has no parts that are known. */
  readonly name: string;
  /** Where in the part the first byte differs. */
  readonly at: number;
  readonly sizes: readonly [number, number];
  /** What differs, with a little of what is around it, of the one and of the other. */
  readonly sides: readonly [Buffer, Buffer];
}

/** Bytes before and after a difference that are looked at with it: a path has its beginning there. */
const around = 128;
/** Differences nearer to each other than this are one. */
const apart = 64;
/** Of one part, and of one side: what is beyond says nothing new. */
const mostBytes = 32 * 1024 * 1024;
/** Parts of two files that are told. */
export const mostParts = 200;

/** In which parts two files differ, in the order of the one. Nothing when they are equal. */
export function differingParts(left: Buffer, right: Buffer): readonly DifferingPart[] {
  if (left.equals(right)) return [];
  const [before, after] = [partsOf(left), partsOf(right)];
  const others = new Map(after.map((part) => [part.name, part]));
  const found: DifferingPart[] = [];
  for (const part of before) {
    const other = others.get(part.name);
    others.delete(part.name);
    const difference = compare(part.name, slice(left, part), other === undefined ? nothing : slice(right, other));
    if (difference !== null) found.push(difference);
  }
  for (const part of others.values()) {
    const difference = compare(part.name, nothing, slice(right, part));
    if (difference !== null) found.push(difference);
  }
  const all = found.length > 0 ? found : [compare('the file', left, right)];
  return all.flatMap((one) => one ?? []).slice(0, mostParts);
}

const nothing = Buffer.alloc(0);

function slice(bytes: Buffer, { offset, size }: Part): Buffer {
  return bytes.subarray(offset, offset + size);
}

/** Sections of an ELF file, members of an archive with their sections, or the file as a whole. Names are unique. */
function partsOf(bytes: Buffer): readonly Part[] {
  const members = archiveMembers(bytes);
  if (members === null) return unique(elfSections(bytes) ?? [whole(bytes)]);
  const parts = members.flatMap((member) => {
    const sections = elfSections(slice(bytes, member));
    if (sections === null || sections.length === 0) return [member];
    return sections.map(({ name, offset, size }) => ({
      name: `${member.name}: ${name}`,
      offset: member.offset + offset,
      size,
    }));
  });
  return unique(parts);
}

function whole(bytes: Buffer): Part {
  return { name: 'the file', offset: 0, size: bytes.length };
}

/** A name that comes again gets a number: the second `.text` of one file is that of the other. */
function unique(parts: readonly Part[]): readonly Part[] {
  const counts = new Map<string, number>();
  return parts.map((part) => {
    const count = (counts.get(part.name) ?? 0) + 1;
    counts.set(part.name, count);
    return count === 1 ? part : { ...part, name: `${part.name} (${count})` };
  });
}

function compare(name: string, left: Buffer, right: Buffer): DifferingPart | null {
  if (left.equals(right)) return null;
  const at = firstDifference(left, right);
  const sides = left.length === right.length ? differing(left, right, at) : between(left, right, at);
  return { name, at, sizes: [left.length, right.length], sides };
}

function firstDifference(left: Buffer, right: Buffer): number {
  const shorter = Math.min(left.length, right.length);
  const step = 4096;
  let at = 0;
  while (
    at < shorter &&
    left.compare(right, at, Math.min(at + step, shorter), at, Math.min(at + step, shorter)) === 0
  ) {
    at += step;
  }
  while (at < shorter && left[at] === right[at]) at += 1;
  return Math.min(at, shorter);
}

/** Of two parts of one size: the pieces that differ. */
function differing(left: Buffer, right: Buffer, first: number): readonly [Buffer, Buffer] {
  const pieces: (readonly [number, number])[] = [];
  let bytes = 0;
  for (let at = first; at < left.length && bytes < mostBytes; ) {
    let end = at + 1;
    for (let same = 0; end < left.length && same < apart; end += 1) same = left[end] === right[end] ? same + 1 : 0;
    const piece = [Math.max(0, at - around), Math.min(left.length, end + around)] as const;
    pieces.push(piece);
    bytes += piece[1] - piece[0];
    at = end;
    while (at < left.length && left[at] === right[at]) at += 1;
  }
  const cut = (side: Buffer) => Buffer.concat(pieces.flatMap(([from, to]) => [side.subarray(from, to), gap]));
  return [cut(left), cut(right)];
}

/** What stands between two pieces, so that no text goes on from one into the next. */
const gap = Buffer.alloc(1);

/** Of two parts of different sizes: all between what they begin and what they end with alike. */
function between(left: Buffer, right: Buffer, first: number): readonly [Buffer, Buffer] {
  let tail = 0;
  const most = Math.min(left.length, right.length) - first;
  while (tail < most && left[left.length - 1 - tail] === right[right.length - 1 - tail]) tail += 1;
  const cut = (side: Buffer) => {
    const from = Math.max(0, first - around);
    return side.subarray(from, Math.min(side.length, side.length - tail + around, from + mostBytes));
  };
  return [cut(left), cut(right)];
}
