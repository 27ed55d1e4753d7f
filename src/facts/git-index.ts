/** What a reader of an index gets for each entry. `name` is only valid during the call. */
export type VisitEntry = (name: Buffer, mode: number, id: Buffer) => void;

export type IndexReading =
  /** `sharedIndex`: the name of the file that holds the rest of a split index. */
  { readonly kind: 'read'; readonly sharedIndex: string | null } | { readonly kind: 'damaged' };

const damaged = { kind: 'damaged' } as const;
const headerBytes = 12;
const statBytes = 40;
const modeOffset = 24;
/** The longest path that Linux opens. */
const mostNameBytes = 4096;

/**
 * Reads `.git/index` (versions 2, 3 and 4) as hostile data: no offset leaves the bytes, and the time is proportional to
 * them. What a damaged one gave before the damage must not be used. The checksum at the end is not looked at: it
 * protects against accidents, and what is believed of an index is checked against the files themselves.
 */
export function readGitIndex(bytes: Buffer, idBytes: 20 | 32, visit: VisitEntry): IndexReading {
  if (bytes.length < headerBytes + idBytes || bytes.toString('latin1', 0, 4) !== 'DIRC') return damaged;
  const version = bytes.readUInt32BE(4);
  if (version < 2 || version > 4) return damaged;
  const count = bytes.readUInt32BE(8);
  const end = bytes.length - idBytes;
  const names: Names = { buffer: Buffer.alloc(mostNameBytes), length: 0 };
  let at = headerBytes;
  for (let entry = 0; entry < count; entry += 1) {
    const idAt = at + statBytes;
    let nameAt = idAt + idBytes + 2;
    if (nameAt >= end) return damaged;
    const flags = bytes.readUInt16BE(idAt + idBytes);
    if ((flags & 0x4000) !== 0) nameAt += version > 2 ? 2 : end;
    const next = version === 4 ? readPacked(bytes, nameAt, end, names) : readPadded(bytes, at, nameAt, end, names);
    if (next === null) return damaged;
    visit(
      names.buffer.subarray(0, names.length),
      bytes.readUInt32BE(at + modeOffset),
      bytes.subarray(idAt, idAt + idBytes),
    );
    at = next;
  }
  return readExtensions(bytes, at, end, idBytes);
}

/** The name that is being read; version 4 writes each one as a change of the one before. */
interface Names {
  readonly buffer: Buffer;
  length: number;
}

function readPadded(bytes: Buffer, entryAt: number, nameAt: number, end: number, names: Names): number | null {
  const nul = bytes.indexOf(0, nameAt);
  if (nul < 0 || nul >= end || nul - nameAt > mostNameBytes) return null;
  names.length = bytes.copy(names.buffer, 0, nameAt, nul);
  const next = entryAt + ((nul - entryAt + 8) & ~7);
  return next <= end ? next : null;
}

function readPacked(bytes: Buffer, start: number, end: number, names: Names): number | null {
  let at = start;
  let dropped = 0;
  for (let more = true, first = true; more; first = false) {
    const byte = bytes[at];
    if (byte === undefined || at >= end || at - start > 3) return null;
    dropped = (first ? 0 : (dropped + 1) << 7) + (byte & 0x7f);
    more = (byte & 0x80) !== 0;
    at += 1;
  }
  const nul = bytes.indexOf(0, at);
  const kept = names.length - dropped;
  if (nul < 0 || nul >= end || kept < 0 || kept + nul - at > mostNameBytes) return null;
  names.length = kept + bytes.copy(names.buffer, kept, at, nul);
  return nul + 1;
}

function readExtensions(bytes: Buffer, start: number, end: number, idBytes: number): IndexReading {
  let sharedIndex: string | null = null;
  let at = start;
  while (at < end) {
    if (at + 8 > end) return damaged;
    const length = bytes.readUInt32BE(at + 4);
    if (at + 8 + length > end) return damaged;
    if (bytes.toString('latin1', at, at + 4) === 'link' && length >= idBytes) {
      sharedIndex = bytes.toString('hex', at + 8, at + 8 + idBytes);
    }
    at += 8 + length;
  }
  return { kind: 'read', sharedIndex };
}
