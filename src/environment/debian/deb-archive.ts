import { closeSync, openSync, readSync, statSync, writeSync } from 'node:fs';

/** A member of a `.deb`, which is an `ar` archive: where its bytes lie in the file. */
export interface DebMember {
  readonly name: string;
  readonly offset: number;
  readonly sizeBytes: number;
}

const magic = '!<arch>\n';
const headerBytes = 60;

/** The members of a `.deb` in their order, or `null` when it is none. */
export function readDebMembers(file: string): readonly DebMember[] | null {
  const end = statSync(file).size;
  const descriptor = openSync(file, 'r');
  try {
    if (readText(descriptor, 0, magic.length) !== magic) return null;
    const members: DebMember[] = [];
    for (let position = magic.length; position + headerBytes <= end; ) {
      const header = readText(descriptor, position, headerBytes);
      const sizeBytes = Number(header.slice(48, 58));
      const offset = position + headerBytes;
      if (header.slice(58) !== '`\n' || !Number.isSafeInteger(sizeBytes) || sizeBytes < 0) return null;
      if (offset + sizeBytes > end) return null;
      members.push({ name: header.slice(0, 16).trim().replace(/\/$/, ''), offset, sizeBytes });
      position = offset + sizeBytes + (sizeBytes % 2);
    }
    return members;
  } finally {
    closeSync(descriptor);
  }
}

/** The fixed head of an `ar` archive's file. */
export function writeDebMagic(descriptor: number): void {
  writeSync(descriptor, magic);
}

export function writeDebHeader(descriptor: number, name: string, sizeBytes: number, position: number | null): void {
  const fields = [name.padEnd(16), '0'.padEnd(12), '0'.padEnd(6), '0'.padEnd(6), '100644'.padEnd(8)];
  writeSync(descriptor, `${fields.join('')}${String(sizeBytes).padEnd(10)}\`\n`, position);
}

function readText(descriptor: number, position: number, length: number): string {
  const bytes = Buffer.alloc(length);
  const count = readSync(descriptor, bytes, 0, length, position);
  return bytes.toString('latin1', 0, count);
}
