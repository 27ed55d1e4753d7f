import { failure, type Result, success } from '../base/result.ts';
import { pathDependencyKey, type Wish } from '../grants/ask.ts';
import type { OrganisationGrant } from '../grants/organisation.ts';
import { type Problem, printable } from '../problem/problem.ts';
import { keyNames, keys } from './definition.ts';
import type { DocumentNode, Location, MapNode } from './document.ts';
import { itemText } from './find-asks.ts';
import { askedText } from './format-value.ts';
import { readNode } from './read-node.ts';
import { readYaml } from './read-yaml.ts';

/** Keys of which a project may ask for more. */
export const grantableKeys: readonly string[] = [
  ...keyNames.filter((name) => keys[name].widening.kind !== 'never'),
  pathDependencyKey,
];

const maximumGrants = 1000;

/**
 * An organisation's file of grants: a list of `{project: PATTERN, key: NAME, value: …}`, where a value is written as the
 * project would write it. All faults come back at once.
 */
export function readOrganisationGrants(text: string, file: string): Result<readonly OrganisationGrant[]> {
  const document = readYaml(text, file);
  if (!document.ok) return document;
  const list = document.value;
  if (list?.kind !== 'list') {
    return failure(wrong({ file, line: 1, column: 1 }, 'it is not a list of `{project: …, key: …, value: …}`'));
  }
  if (list.items.length > maximumGrants) return failure(wrong(list.place, `it has more than ${maximumGrants} entries`));
  const read = list.items.map(readEntry);
  const problems = read.flatMap((entry) => (entry.ok ? [] : entry.problems));
  return problems.length > 0 ? failure(...problems) : success(read.flatMap((entry) => (entry.ok ? entry.value : [])));
}

function readEntry(node: DocumentNode): Result<readonly OrganisationGrant[]> {
  if (node.kind !== 'map') return failure(wrong(node.place, 'an entry is a map with `project`, `key` and `value`'));
  const stranger = node.entries.find(({ key }) => !['project', 'key', 'value'].includes(key));
  if (stranger !== undefined) {
    return failure(wrong(stranger.place, `an entry has no \`${printable(stranger.key, 60)}\``));
  }
  const project = textOf(node, 'project');
  const key = textOf(node, 'key');
  const value = node.entries.find((entry) => entry.key === 'value')?.value;
  if (project === null || key === null || value === undefined) {
    return failure(wrong(node.place, 'an entry has `project` and `key`, both texts, and `value`'));
  }
  if (!project.startsWith('/') && !project.startsWith('**/')) {
    const why = '`project` is a pattern of the absolute path of a project: it starts with `/` or `**/`';
    return failure(wrong(node.place, why));
  }
  const wishes = readWishes(key, value);
  return wishes.ok ? success(wishes.value.map((wish) => ({ project, ...wish }))) : wishes;
}

function readWishes(key: string, node: DocumentNode): Result<readonly Wish[]> {
  if (key === pathDependencyKey) {
    const text = node.kind === 'scalar' && node.type === 'text' ? node.text : null;
    return text === null ? failure(wrong(node.place, 'a folder is a text')) : success([{ key, value: text }]);
  }
  const name = keyNames.find((known) => known === key && grantableKeys.includes(known));
  if (name === undefined) {
    return failure(wrong(node.place, `\`${printable(key, 60)}\` cannot be granted; ${grantableKeys.join(', ')} can`));
  }
  const { type } = keys[name];
  const isList = type.kind === 'list' || type.kind === 'mounts';
  // One entry may stand without the brackets of a list.
  const written: DocumentNode =
    isList && node.kind !== 'list' ? { kind: 'list', place: node.place, items: [node] } : node;
  const reading = readNode(type, written);
  if (!reading.ok) return failure(wrong(reading.place, reading.why));
  if (isList) return success((reading.value as readonly unknown[]).map((item) => ({ key, value: itemText(item) })));
  return success([{ key, value: askedText(type, reading.value) }]);
}

function textOf(map: MapNode, key: string): string | null {
  const value = map.entries.find((entry) => entry.key === key)?.value;
  return value?.kind === 'scalar' && value.type === 'text' ? value.text : null;
}

function wrong(where: Location, why: string): Problem {
  return { code: 'config', what: 'this is no file of grants', where, why };
}
