import { unreachable } from '../base/unreachable.ts';
import { type Problem, printable } from '../problem/problem.ts';
import { keyNames, keys } from './definition.ts';
import { formatText } from './format-value.ts';
import type { Key, KeyName } from './key.ts';
import { placeOf, type Written, type WrittenValue } from './written.ts';

/**
 * A project's file narrows the box freely; what would widen it is an ask. Until there are grants an ask is refused, by
 * name and place. It is measured against what holds without the project, and where the call itself settles the key the
 * project's value does not count and nothing is asked.
 */
export function checkAsks(user: Written, project: Written, call: Written, userFile: string | null): readonly Problem[] {
  const problems: Problem[] = [];
  for (const name of keyNames) {
    const written = project.get(name);
    if (written === undefined || call.has(name)) continue;
    const problem = judge(name, keys[name], written, user.get(name));
    if (problem !== null) problems.push(...problem.map((found) => ask(found, written, userFile)));
  }
  return problems;
}

interface Ask {
  readonly what: string;
  readonly item?: string;
  /** What the user would write to allow it. */
  readonly grant: string;
}

function judge(name: KeyName, key: Key, written: WrittenValue, user: WrittenValue | undefined): readonly Ask[] | null {
  const { widening } = key;
  const held = user === undefined ? key.default : user.value;
  const grant = `${name}: ${formatText(key.type, written.value)}`;
  switch (widening.kind) {
    case 'never':
      return null;
    case 'to':
      if (written.value !== widening.value || held === widening.value) return null;
      return [{ what: `the project asks for \`${grant}\``, grant: nested(grant) }];
    case 'more-names': {
      const more = (written.value as readonly string[]).filter((item) => !(held as readonly string[]).includes(item));
      return more.map((item) => ({
        what: `the project asks for the host's variable \`${item}\``,
        item,
        grant: `env: {pass: [${item}]}`,
      }));
    }
    case 'weaker-limit':
      if (!isWeaker(written.value as number | null, held as number | null, key, user !== undefined)) return null;
      return [{ what: `the project asks for a weaker limit, \`${grant}\``, grant: nested(grant) }];
    default:
      return unreachable(widening);
  }
}

/** No limit is weaker than any; a default that the plan decides by the host is a limit that is not known here. */
function isWeaker(wanted: number | null, held: number | null, key: Key, isSaid: boolean): boolean {
  if (wanted === null) return held !== null || (!isSaid && key.defaultMeans !== undefined);
  return held !== null && wanted > held;
}

/** `limits.memory: 4GiB` as it is written on one line. */
function nested(grant: string): string {
  const [, section, rest] = /^([a-z]+)\.([a-z-]+: .*)$/.exec(grant) ?? [];
  return section === undefined ? grant : `${section}: {${rest}}`;
}

function ask(found: Ask, written: WrittenValue, userFile: string | null): Problem {
  const place = found.item === undefined ? undefined : written.items?.get(found.item);
  const file = userFile === null ? 'your own configuration' : printable(userFile);
  return {
    code: 'refused',
    what: found.what,
    ...(place === undefined ? placeOf(written.origin) : { where: place }),
    why: 'a project can narrow its box; what widens it is for you to allow',
    fix: `If you want it, write \`${found.grant}\` into ${file}.`,
  };
}
