import { failure, type Result, success } from '../base/result.ts';
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
  const isOurs = (candidate: TomlPath) =>
    present.some((table) => table.every((name, index) => index >= candidate.length || candidate[index] === name));
  const tree: Tree = {
    file: manifest.file,
    locations: locateToml(manifest.text, manifest.file, isOurs),
    tooDeep: null,
  };
  if (second !== undefined) {
    return failure({
      code: 'config',
      what: `\`[${path.join('.')}]\` and \`[${second.join('.')}]\` are there at once`,
      where: tree.locations.get(locationKey(second))?.value ?? { file: manifest.file, line: 1, column: 1 },
      why: 'one project has one configuration',
      fix: `Keep \`[${path.join('.')}]\`.`,
    });
  }
  const start = keyPlace(tree, path, { file: manifest.file, line: 1, column: 1 });
  const node = toNode(valueAt(parsed.value, ...path) ?? '', path, start, tree);
  if (tree.tooDeep === null) return success(node);
  return failure({ code: 'config', what: `it is nested deeper than ${maximumDepth} levels`, where: tree.tooDeep });
}

interface Tree {
  readonly file: string;
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
