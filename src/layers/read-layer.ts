import { failure, type Result, success } from '../base/result.ts';
import type { DebianSuite } from '../config/config.ts';
import { type Problem, printable } from '../problem/problem.ts';
import type { Layer, LayerCheck } from './layer.ts';
import { checkKinds, type FieldType, layerFields, layerName, type Word } from './layer-fields.ts';

type Entries = ReadonlyMap<string, unknown>;
/** Says what a field has to be; the path of the field stands before it. */
type Complain = (path: string, what: string) => void;

/** The layer that a parsed file holds, or each of its faults with the file and the field. */
export function readLayer(name: string, value: unknown, file: string): Result<Layer> {
  const problems: Problem[] = [];
  const complain: Complain = (path, what) =>
    problems.push({ code: 'config', what: `${printable(path)} ${what}`, where: { file } });
  if (!matches(layerName, name)) complain('the name of the file', `is not ${layerName.one}`);
  const entries = entriesOf(value);
  if (entries === null) complain('the file', 'is not an object');
  const given = entries ?? new Map<string, unknown>();
  const fields = Object.entries(layerFields);
  for (const key of given.keys()) if (!fields.some(([known]) => known === key)) complain(key, 'is no field of a layer');
  const read = fields.map(([key, { type, isNeeded }]) => {
    if (!given.has(key)) {
      if (isNeeded && entries !== null) complain(key, 'is missing');
      return [key, []];
    }
    const held = given.get(key);
    if (!isNeeded && Array.isArray(held) && held.length === 0) complain(key, 'is empty: leave it out');
    return [key, readField(type, key, held, complain)];
  });
  // Each field was checked against its type, which is that of the interface.
  return problems.length > 0 ? failure(...problems) : success({ name, ...Object.fromEntries(read) } as Layer);
}

function readField(type: FieldType, path: string, value: unknown, complain: Complain): unknown {
  switch (type.kind) {
    case 'text':
      return readWord(type.of, path, value, complain);
    case 'list':
      return readList(type.of, path, value, complain);
    case 'list-by-suite':
      return readBySuite(type.of, path, value, complain);
    case 'check':
      return readCheck(path, value, complain);
  }
}

function readWord(of: Word, path: string, value: unknown, complain: Complain): string {
  if (typeof value === 'string' && matches(of, value)) return value;
  complain(path, `is not ${of.one}`);
  return '';
}

function readList(of: Word, path: string, value: unknown, complain: Complain): readonly string[] {
  const words = readWords(of, path, value, complain);
  if (new Set(words).size < words.length) complain(path, 'names something twice');
  return words;
}

function readWords(of: Word, path: string, value: unknown, complain: Complain): readonly string[] {
  if (Array.isArray(value)) return value.map((item, index) => readWord(of, `${path}[${index}]`, item, complain));
  complain(path, 'is not a list');
  return [];
}

function readBySuite(
  of: Word,
  path: string,
  value: unknown,
  complain: Complain,
): Readonly<Record<DebianSuite, readonly string[]>> {
  const bySuite = entriesOf(value);
  if (bySuite === null) {
    const both = readList(of, path, value, complain);
    if (Array.isArray(value) && both.length === 0) complain(path, 'is empty');
    return { bookworm: both, trixie: both };
  }
  for (const key of bySuite.keys())
    if (key !== 'bookworm' && key !== 'trixie') complain(`${path}.${key}`, 'is no suite');
  const on = (suite: DebianSuite) => readList(of, `${path}.${suite}`, bySuite.get(suite), complain);
  return { bookworm: on('bookworm'), trixie: on('trixie') };
}

function readCheck(path: string, value: unknown, complain: Complain): LayerCheck {
  const entries = entriesOf(value) ?? new Map<string, unknown>();
  const kinds = Object.entries(checkKinds).filter(([key]) => entries.has(key));
  const [key, kind] = kinds[0] ?? [];
  if (key === undefined || kind === undefined || kinds.length > 1) {
    complain(path, `is not one of ${Object.keys(checkKinds).join(', ')}`);
    return { header: '' };
  }
  const read: Record<string, unknown> = {};
  for (const [name, held] of entries) {
    const place = `${path}.${name}`;
    const beside = Object.hasOwn(kind.also, name) ? kind.also[name] : undefined;
    if (name === key) read[name] = (kind.isList ? readWords : readWord)(kind.of, place, held, complain);
    else if (beside !== undefined) read[name] = readWord(beside, place, held, complain);
    else complain(place, `does not stand beside ${key}`);
  }
  if (kind.isList && Array.isArray(entries.get(key)) && (read[key] as readonly string[]).length === 0)
    complain(`${path}.${key}`, 'is empty');
  return read as unknown as LayerCheck;
}

/** What JSON calls an object, without its prototype's keys; `null` for all else. */
function entriesOf(value: unknown): Entries | null {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return null;
  return new Map(Object.entries(value));
}

function matches({ pattern }: Word, value: string): boolean {
  return pattern.test(value);
}
