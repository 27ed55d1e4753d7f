import { canonicalJson } from '../base/canonical-json.ts';
import { nearest } from '../base/nearest.ts';
import { printable } from '../problem/problem.ts';
import type { HostMount } from './config.ts';
import type { DocumentNode, Location, MapEntry } from './document.ts';
import type { NodeReading } from './node-reading.ts';
import { complaint, didYouMean, readForm } from './read-value.ts';
import { expectation, mountSource, mountTarget, type TextForm } from './value-type.ts';

const maximumMounts = 100;
const fields: Readonly<Record<string, TextForm | null>> = { source: mountSource, target: mountTarget, access: null };

/** `mounts`: a list of maps; sorted by target. Each item is known by its canonical JSON. */
export function readMounts(node: DocumentNode): NodeReading {
  if (node.kind !== 'list') {
    return { ...complaint(`it takes ${expectation({ kind: 'mounts' })}`), place: node.place };
  }
  if (node.items.length > maximumMounts) {
    return { ...complaint(`there are more than ${maximumMounts} entries`), place: node.place };
  }
  const mounts: HostMount[] = [];
  const items = new Map<string, Location>();
  for (const item of node.items) {
    const mount = readMount(item);
    if (!('source' in mount)) return mount;
    const text = canonicalJson(mount);
    if (!items.has(text)) mounts.push(mount);
    items.set(text, items.get(text) ?? item.place);
  }
  mounts.sort((left, right) => (left.target < right.target ? -1 : left.target > right.target ? 1 : 0));
  return { ok: true, value: mounts, items };
}

type WrongMount = Extract<NodeReading, { ok: false }>;

function readMount(node: DocumentNode): HostMount | WrongMount {
  if (node.kind !== 'map') {
    return {
      ...complaint('each entry is a map with `source`, `target` and, if you like, `access`'),
      place: node.place,
    };
  }
  const found = new Map<string, string>();
  for (const entry of node.entries) {
    const wrong = wrongField(entry);
    if (wrong !== null) return wrong;
    if (entry.value.kind === 'scalar') found.set(entry.key, entry.value.text);
  }
  const source = found.get('source');
  const target = found.get('target');
  if (source === undefined || target === undefined) {
    return { ...complaint(`it has no \`${source === undefined ? 'source' : 'target'}\``), place: node.place };
  }
  return { source, target, access: found.get('access') === 'read-write' ? 'read-write' : 'read-only' };
}

function wrongField({ key, place, value }: MapEntry): WrongMount | null {
  if (!Object.hasOwn(fields, key)) {
    const meant = didYouMean(nearest(key, Object.keys(fields)));
    return { ...complaint(`a mount has no \`${printable(key, 60)}\``, meant), place };
  }
  const form = fields[key] ?? null;
  const text = value.kind === 'scalar' && value.type === 'text' ? value.text : null;
  if (form === null) {
    if (text === 'read-only' || text === 'read-write') return null;
    const meant = didYouMean(nearest(text ?? '', ['read-only', 'read-write']));
    return { ...complaint('`access` is read-only or read-write', meant), place: value.place };
  }
  if (text !== null && readForm(form, text).ok) return null;
  return { ...complaint(`\`${key}\` takes ${form.one}, such as ${form.example}`), place: value.place };
}
