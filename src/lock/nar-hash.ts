/** The alphabet of Nix: no letters that make words. */
const alphabet = '0123456789abcdfghijklmnpqrsvwxyz';
const sumBytes = 32;

/** `sha256-…` of a sum as Nix prints it in base 32, last digit first; `null` when it is none. */
export function narHashOf(base32: string): string | null {
  if (!/^[0-9a-df-np-sv-z]{52}$/.test(base32)) return null;
  const bytes = new Uint8Array(sumBytes);
  for (let index = 0; index < base32.length; index += 1) {
    const digit = alphabet.indexOf(base32[base32.length - 1 - index] ?? '');
    const bit = index * 5;
    const at = bit >> 3;
    const shift = bit & 7;
    bytes[at] = (bytes[at] ?? 0) | ((digit << shift) & 0xff);
    const carry = digit >> (8 - shift);
    // The first digit has one bit of the sum: the rest of it is zero, or this is no sum.
    if (at + 1 < sumBytes) bytes[at + 1] = (bytes[at + 1] ?? 0) | carry;
    else if (carry !== 0) return null;
  }
  return `sha256-${Buffer.from(bytes).toString('base64')}`;
}

/** `sha256-…` of a sum in any of the ways that people write one for Nix: SRI, base 32, hexadecimal; `null`: it is none. */
export function readNarHash(text: string): string | null {
  if (/^sha256-[A-Za-z0-9+/]{43}=$/.test(text)) return text;
  const bare = text.startsWith('sha256:') ? text.slice('sha256:'.length) : text;
  if (/^[0-9a-f]{64}$/.test(bare)) return `sha256-${Buffer.from(bare, 'hex').toString('base64')}`;
  return narHashOf(bare);
}
