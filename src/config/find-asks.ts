import { canonicalJson } from '../base/canonical-json.ts';
import { unreachable } from '../base/unreachable.ts';
import { type Ask, longestValue } from '../grants/ask.ts';
import { printable, printableName } from '../problem/problem.ts';
import type { HostMount } from './config.ts';
import { keyNames, keys } from './definition.ts';
import { askedText } from './format-value.ts';
import type { Key, KeyName } from './key.ts';
import { matchesImage } from './match-image.ts';
import { placeOf, type Written, type WrittenValue } from './written.ts';

/**
 * A project's file narrows the box freely; what would widen it is an ask: data for `judgeAsks`, by value and place. It
 * is measured against what holds without the project, and where the call itself settles the key the project's value
 * does not count and nothing is asked.
 */
export function findAsks(user: Written, project: Written, call: Written): readonly Ask[] {
  return keyNames.flatMap((name) => {
    const written = project.get(name);
    if (written === undefined || call.has(name)) return [];
    return asksOf(name, keys[name], written, user);
  });
}

function asksOf(name: KeyName, key: Key, written: WrittenValue, user: Written): readonly Ask[] {
  const { widening } = key;
  const own = user.get(name);
  const held = own === undefined ? key.default : own.value;
  const whole = () => [ask(name, askedText(key.type, written.value), written)];
  switch (widening.kind) {
    case 'never':
      return [];
    case 'to':
      return written.value === widening.value && held !== widening.value ? whole() : [];
    case 'more-names': {
      const known = new Set((held as readonly unknown[]).map(itemText));
      const more = (written.value as readonly unknown[]).filter((item) => !known.has(itemText(item)));
      return more.map((item) => ask(name, itemText(item), written, item));
    }
    case 'another':
      return written.value === held ? [] : whole();
    case 'weaker-limit':
      return isWeaker(written.value as number | null, held as number | null, key, own !== undefined) ? whole() : [];
    case 'outside-of': {
      const patterns = user.get(widening.patterns)?.value ?? keys[widening.patterns].default;
      const value = String(written.value);
      const isFree = value === held || matchesImage(value, patterns as readonly string[]);
      return isFree ? [] : [ask(name, value, written)];
    }
    default:
      return unreachable(widening);
  }
}

/** No limit is weaker than any; a default that the plan decides by the host is a limit that is not known here. */
function isWeaker(wanted: number | null, held: number | null, key: Key, isSaid: boolean): boolean {
  if (wanted === null) return held !== null || (!isSaid && key.defaultMeans !== undefined);
  return held !== null && wanted > held;
}

/** An entry of a list as one text: as it is, or its canonical JSON where it is more than a text. */
export function itemText(item: unknown): string {
  return typeof item === 'string' ? item : canonicalJson(item);
}

function ask(name: KeyName, value: string, written: WrittenValue, item?: unknown): Ask {
  const place = written.items?.get(value) ?? placeOf(written.origin).where ?? { file: '' };
  return { key: name, value, title: titleOf(name, value, item), where: place };
}

function titleOf(name: KeyName, value: string, item: unknown): string {
  const shown = printable(value, longestValue);
  if (name === 'env.pass') return `the host's variable \`${shown}\``;
  if (name === 'network') return `a door out of the box to \`${shown}\`, and to nothing else`;
  if (name === 'ports') return `that programs of this machine reach a server of the box at 127.0.0.1:${shown}`;
  if (name === 'devices') return `the device \`${shown}\` of this machine`;
  if (name === 'mounts') return mountTitle(item as HostMount);
  if (name === 'show') return `that the box sees \`${shown}\`, which may hold your secrets`;
  if (name === 'unwalled-build-scripts') return unwalledTitle(printableName(value));
  if (name === 'nix.nixpkgs') return `that \`${shown}\` is evaluated and built on this machine as its nixpkgs`;
  if (name === 'nix.rust-overlay')
    return `that \`${shown}\` is evaluated and built on this machine as its rust-overlay`;
  if (name === 'nix.fetches') return `that \`${shown}\` of its Nix environment is built on this machine with a network`;
  if (name === 'image') return `the image \`${shown}\`, which is not among your \`allowed-images\``;
  if (name.startsWith('limits.')) return `a weaker limit, \`${name}: ${shown}\``;
  return `\`${name}: ${shown}\``;
}

function unwalledTitle(shown: string): string {
  const whose = shown === '*' ? 'all build scripts' : `the build script of \`${shown}\``;
  return `that ${whose} may write over what others have built`;
}

function mountTitle({ source, target, access }: HostMount): string {
  const how = access === 'read-write' ? ', WRITABLE' : ', read-only';
  return `\`${printable(source, longestValue)}\` of this machine, at \`${printable(target, longestValue)}\`${how}`;
}
