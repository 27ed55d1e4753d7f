import type { Part } from './read-elf.ts';

const magic = '!<arch>\n';
const headerSize = 60;
const mostMembers = 100_000;

/**
 * The members of a Unix archive (`ar`, so `.a` and `.rlib`) in their order, with long names as GNU and BSD write them.
 * The bytes are foreign: `null` when they are no such archive; what comes after a header that is wrong is left out.
 */
export function archiveMembers(bytes: Buffer): readonly Part[] | null {
  if (bytes.length < magic.length || bytes.toString('latin1', 0, magic.length) !== magic) return null;
  const members: Part[] = [];
  let longNames = '';
  for (let at = magic.length; at + headerSize <= bytes.length && members.length < mostMembers; ) {
    const field = (from: number, to: number) => bytes.toString('latin1', at + from, at + to).trimEnd();
    const size = field(48, 58);
    const offset = at + headerSize;
    if (field(58, 60) !== '`' || !/^\d{1,10}$/.test(size) || offset + Number(size) > bytes.length) break;
    const whole: Part = { name: field(0, 16), offset, size: Number(size) };
    if (whole.name === '//') longNames = bytes.toString('latin1', offset, offset + whole.size);
    members.push(named(bytes, whole, longNames));
    at = offset + whole.size + (whole.size % 2);
  }
  return members;
}

function named(bytes: Buffer, member: Part, longNames: string): Part {
  const { name, offset, size } = member;
  if (name === '/' || name === '/SYM64/') return { ...member, name: 'symbols' };
  if (name === '//') return { ...member, name: 'names' };
  const gnu = /^\/(\d{1,10})$/.exec(name)?.[1];
  if (gnu !== undefined)
    return { ...member, name: /^[^/\n]{0,200}/.exec(longNames.slice(Number(gnu), Number(gnu) + 200))?.[0] ?? '' };
  const bsd = /^#1\/(\d{1,10})$/.exec(name)?.[1];
  if (bsd !== undefined && Number(bsd) <= size) {
    const length = Number(bsd);
    const text = bytes.toString('latin1', offset, offset + Math.min(length, 200)).replace(/\0.*$/s, '');
    return { name: text, offset: offset + length, size: size - length };
  }
  return { ...member, name: name.replace(/\/$/, '') };
}
