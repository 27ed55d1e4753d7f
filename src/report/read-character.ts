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
    const [low, high] = index === 1 ? secondByte(first) : [0x80, 0xbf];
    if (next < low || next > high) return 0;
  }
  return length;
}

/** Shuts out overlong forms, surrogates and what lies beyond Unicode. */
function secondByte(first: number): readonly [number, number] {
  if (first === 0xe0) return [0xa0, 0xbf];
  if (first === 0xed) return [0x80, 0x9f];
  if (first === 0xf0) return [0x90, 0xbf];
  if (first === 0xf4) return [0x80, 0x8f];
  return [0x80, 0xbf];
}

/** The number of a whole character of two to four bytes. */
export function codePoint(bytes: Uint8Array, start: number, length: number): number {
  const byte = (index: number) => (bytes[start + index] as number) & 0x3f;
  const first = bytes[start] as number;
  if (length === 2) return ((first & 0x1f) << 6) | byte(1);
  if (length === 3) return ((first & 0x0f) << 12) | (byte(1) << 6) | byte(2);
  return ((first & 0x07) << 18) | (byte(1) << 12) | (byte(2) << 6) | byte(3);
}

/** Control characters beyond ASCII, and characters that turn the direction of what follows. */
export function isHarmful(point: number): boolean {
  if (point < 0xa0) return true;
  if (point === 0x61c || point === 0x200e || point === 0x200f) return true;
  return (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}
