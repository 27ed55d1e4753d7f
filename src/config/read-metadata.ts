import { type Failure, failure, type Result, success } from '../base/result.ts';
import type { TomlTable, TomlValue } from '../facts/facts.ts';
import { parseToml } from '../toml/parse.ts';
import { isTable, valueAt } from '../toml/read-table.ts';
import { type DocumentNode, type Location, type MapNode, maximumDepth } from './document.ts';
import { locateToml, locationKey, type TomlLocations, type TomlPath } from './locate-toml.ts';

/** The Cargo.toml of the workspace's root. */
export interface Manifest {
  readonly file: string;
  readonly text: string;
  /** The parsed text, where somebody has it already. */
  readonly content?: TomlTable;
}

/** More values than these are no configuration; it bounds the time that a hostile table can take. */
const maximumValues = 5000;

const tables: readonly TomlPath[] = [
  ['workspace', 'metadata', 'boxed'],
  ['package', 'metadata', 'boxed'],
];

/** The configuration in a manifest, with the place of everything in it; `null` when there is none. */
export function readMetadata(manifest: Manifest): Result<DocumentNode | null> {
  // Nearly no manifest has such a table: without the word in it there is nothing to parse.
  if (!/boxed|\\[uUx]/.test(manifest.text)) return success(null);
  const parsed = manifest.content === undefined ? parseToml(manifest.text, manifest.file) : success(manifest.content);
  if (!parsed.ok) return parsed;
  const present = tables.filter((path) => valueAt(parsed.value, ...path) !== undefined);
  const [path, second] = present;
  if (path === undefined) return success(null);
  const value = valueAt(parsed.value, ...path) ?? '';
  const isRefused = second !== undefined || countValues(value, maximumValues) <= 0;
  // Of a table that is refused as a whole, only the table itself has to be found.
  const isOurs = (candidate: TomlPath) =>
    (!isRefused || candidate.length <= path.length) && leadsTo(present, candidate);
  const locations = locateToml(manifest.text, manifest.file, isOurs);
  if (isRefused) return refuseTable(manifest.file, locations, path, second);
  const tree: Tree = { locations, tooDeep: null };
  const start = locations.get(locationKey(path))?.key ?? { file: manifest.file, line: 1, column: 1 };
  const node = toNode(value, path, start, tree);
  if (tree.tooDeep === null) return success(node);
  return failure({ code: 'config', what: `it is nested deeper than ${maximumDepth} levels`, where: tree.tooDeep });
}

function leadsTo(present: readonly TomlPath[], candidate: TomlPath): boolean {
  return present.some((table) => table.every((name, index) => index >= candidate.length || candidate[index] === name));
}

function refuseTable(file: string, locations: TomlLocations, path: TomlPath, second: TomlPath | undefined): Failure {
  const where = locations.get(locationKey(second ?? path))?.value ?? { file, line: 1, column: 1 };
  const name = `\`[${path.join('.')}]\``;
  if (second === undefined) {
    const why = `it has more than ${maximumValues} values`;
    return failure({ code: 'config', what: `${name} is too large for a configuration`, where, why });
  }
  return failure({
    code: 'config',
    what: `${name} and \`[${second.join('.')}]\` are there at once`,
    where,
    why: 'one project has one configuration',
    fix: `Keep ${name}.`,
  });
}

/** What is left of `budget` after every value in here has taken one; zero or less: there are more. */
function countValues(value: TomlValue, budget: number): number {
  let left = budget - 1;
  if (typeof value !== 'object' || value instanceof Date) return left;
  for (const held of Object.values(value)) {
    if (left <= 0) return left;
    left = countValues(held, left);
  }
  return left;
}

interface Tree {
  readonly locations: TomlLocations;
  tooDeep: Location | null;
}

function keyPlace(tree: Tree, path: TomlPath, otherwise: Location): Location {
  return tree.locations.get(locationKey(path))?.key ?? otherwise;
}

/** `above` is the place of what holds the value: shown where the value's own place was not found. */
function toNode(value: TomlValue, path: TomlPath, above: Location, tree: Tree): DocumentNode {
  const place = tree.locations.get(locationKey(path))?.value ?? above;
  if (path.length > maximumDepth) {
    tree.tooDeep ??= place;
    return { kind: 'scalar', place, type: 'nothing', text: '' };
  }
  if (Array.isArray(value)) {
    const items = value as readonly TomlValue[];
    return {
      kind: 'list',
      place,
      items: items.map((item, index) => toNode(item, [...path, String(index)], place, tree)),
    };
  }
  if (isTable(value)) return toMap(value, path, place, tree);
  if (typeof value === 'object') return { kind: 'scalar', place, type: 'date', text: '' };
  const type = typeof value === 'string' ? 'text' : typeof value === 'boolean' ? 'boolean' : 'number';
  return { kind: 'scalar', place, type, text: String(value) };
}

function toMap(table: TomlTable, path: TomlPath, place: Location, tree: Tree): MapNode {
  const entries = Object.keys(table).map((key) => {
    const below = [...path, key];
    const own = keyPlace(tree, below, place);
    return { key, place: own, value: toNode(table[key] ?? '', below, own, tree) };
  });
  return { kind: 'map', place, entries };
}
