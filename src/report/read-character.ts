/**
 * How many bytes of UTF-8 start here: 1 to 4 for a whole character, 0 for a wrong byte, -1 when the bytes end within
 * what may still become a character.
 */
export function characterLength(bytes: Uint8Array, start: number): number {
  const first = bytes[start] as number;
  if (first < 0x80) return 1;
  const length =
    first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
  for (let index = 1; index < length; index += 1) {
    const next = bytes[start + index];
    if (next === undefined) return -1;
    if (next < 0x80 || next > 0xbf || (index === 1 && !maySecond(first, next))) return 0;
  }
  return length;
}

/** Shuts out overlong forms, surrogates and what lies beyond Unicode. */
function maySecond(first: number, second: number): boolean {
  if (first === 0xe0) return second >= 0xa0;
  if (first === 0xed) return second <= 0x9f;
  if (first === 0xf0) return second >= 0x90;
  return first !== 0xf4 || second <= 0x8f;
}

/** The number of a whole character of two to four bytes. */
export function codePoint(bytes: Uint8Array, start: number, length: number): number {
  let point = (bytes[start] as number) & (0xff >> (length + 1));
  for (let index = 1; index < length; index += 1) point = (point << 6) | ((bytes[start + index] as number) & 0x3f);
  return point;
}

/** Control characters beyond ASCII, and characters that turn the direction of what follows. */
export function isHarmful(point: number): boolean {
  if (point < 0xa0) return true;
  if (point === 0x61c || point === 0x200e || point === 0x200f) return true;
  return (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}
