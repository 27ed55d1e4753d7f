import { nearest } from '../base/nearest.ts';
import { printable } from '../problem/problem.ts';
import type { DocumentNode, ListNode, Location, MapEntry, MapNode } from './document.ts';
import { addComplaint, addProblem, type Draft, write } from './draft.ts';
import { describeNode, readNode } from './read-node.ts';
import { complaint, didYouMean, type Reading, readForm } from './read-value.ts';
import { reservedVariables } from './reserved-variables.ts';
import { variableName } from './value-type.ts';

/** No system takes a much longer one: a program would not start with it. */
const maximumValueLength = 65_536;

/** What both forms of `env` come to. */
interface Variables {
  readonly pass: Map<string, Location>;
  readonly set: Map<string, { readonly value: string; readonly place: Location }>;
}

/**
 * `env` in each form that people know: `[NAME, NAME=value]`, `{NAME: value}`, and `{pass: [NAME], set: {NAME: value}}`.
 * In a map, `pass` and `set` always mean these two: a variable of such a name is written below `set`.
 */
export function checkEnv(draft: Draft, node: DocumentNode): void {
  const found: Variables = { pass: new Map(), set: new Map() };
  const wrote = { pass: null as Location | null, set: null as Location | null };
  if (node.kind === 'list') readEnvList(draft, node, found);
  else if (node.kind === 'map') readEnvMap(draft, node, found, wrote);
  else {
    const why = `it takes a list such as [RUST_LOG, PROFILE=fast] or a map with \`pass\` and \`set\`, but this is ${describeNode(node)}`;
    addProblem(draft, { what: 'the value of `env` is wrong', where: node.place, why });
  }
  const pass = wrote.pass ?? first(found.pass.values());
  if (pass !== null) write(draft, 'env.pass', [...found.pass.keys()].sort(), pass, found.pass);
  const set = wrote.set ?? first([...found.set.values()].map((variable) => variable.place).values());
  if (set === null) return;
  const values = [...found.set]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, { value }]) => [name, value]);
  write(draft, 'env.set', Object.fromEntries(values), set);
}

function first(places: Iterator<Location>): Location | null {
  const next = places.next();
  return next.done === true ? null : next.value;
}

function readEnvList(draft: Draft, list: ListNode, found: Variables): void {
  for (const item of list.items) {
    if (item.kind !== 'scalar' || item.type !== 'text') {
      const why = `each entry is NAME or NAME=value, but this is ${describeNode(item)}`;
      addProblem(draft, { what: 'the value of `env` is wrong', where: item.place, why });
      continue;
    }
    const equals = item.text.indexOf('=');
    const name = equals < 0 ? item.text : item.text.slice(0, equals);
    if (!nameIsUsable(draft, name, item.place, found)) continue;
    if (equals < 0) found.pass.set(name, item.place);
    else setVariable(draft, name, item.text.slice(equals + 1), item.place, found);
  }
}

function readEnvMap(
  draft: Draft,
  map: MapNode,
  found: Variables,
  wrote: { pass: Location | null; set: Location | null },
): void {
  for (const entry of map.entries) {
    if (entry.key === 'pass') wrote.pass = readPass(draft, entry, found);
    else if (entry.key === 'set') wrote.set = readSet(draft, entry, found);
    else readVariable(draft, entry, found);
  }
}

function readPass(draft: Draft, entry: MapEntry, found: Variables): Location | null {
  const reading = readNode({ kind: 'list', form: variableName }, entry.value);
  if (!reading.ok) {
    addComplaint(draft, 'env.pass', entry.value, reading.place, reading);
    return null;
  }
  for (const [name, place] of reading.items ?? []) {
    if (nameIsUsable(draft, name, place, found)) found.pass.set(name, place);
  }
  return entry.value.place;
}

function readSet(draft: Draft, entry: MapEntry, found: Variables): Location | null {
  if (entry.value.kind !== 'map') {
    const why = `it takes a map such as {RUST_LOG: debug}, but this is ${describeNode(entry.value)}`;
    addComplaint(draft, 'env.set', entry.value, entry.value.place, complaint(why));
    return null;
  }
  for (const variable of entry.value.entries) readVariable(draft, variable, found);
  return entry.value.place;
}

function readVariable(draft: Draft, { key: name, place, value }: MapEntry, found: Variables): void {
  const text = readVariableText(name, value);
  if (!text.ok) addComplaint(draft, `env.set.${printable(name, 60)}`, value, value.place, text);
  else if (nameIsUsable(draft, name, place, found)) setVariable(draft, name, text.value, value.place, found);
}

function readVariableText(name: string, value: DocumentNode): Reading<string> {
  if (value.kind !== 'scalar' || value.type === 'date') {
    const hint = value.kind === 'scalar' ? undefined : didYouMean(nearest(name, ['pass', 'set']));
    return complaint(`a variable has a text as its value, but this is ${describeNode(value)}`, hint);
  }
  if (value.type !== 'nothing') return { ok: true, value: value.text };
  const shown = printable(name, 60);
  return complaint(
    'it has no value',
    `Write \`${shown}: ""\` for an empty one, or \`pass: [${shown}]\` for the host's.`,
  );
}

function setVariable(draft: Draft, name: string, value: string, place: Location, found: Variables): void {
  const isLong = value.length > maximumValueLength;
  if (isLong || value.includes('\0')) {
    const why = isLong ? `it has more than ${maximumValueLength} characters` : 'it contains a NUL character';
    addProblem(draft, { what: `the value of \`env.set.${name}\` is wrong`, where: place, why });
    return;
  }
  found.set.set(name, { value, place });
}

function nameIsUsable(draft: Draft, name: string, place: Location, found: Variables): boolean {
  const shown = printable(name, 60);
  // `__proto__` would be one by its letters; no object of ours shall have to bear it.
  if (!readForm(variableName, name).ok || name === '__proto__') {
    const why = 'a name has letters, digits and underscores and does not start with a digit';
    addProblem(draft, { what: `\`${shown}\` is no name of a variable`, where: place, why });
    return false;
  }
  if (reservedVariables.includes(name)) {
    const why = `the box makes these itself: ${reservedVariables.join(', ')}`;
    addProblem(draft, { what: `\`${name}\` cannot be changed by \`env\``, where: place, why, fix: 'Remove it.' });
    return false;
  }
  const isThere = found.pass.has(name) || found.set.has(name);
  if (isThere) addProblem(draft, { what: `\`${name}\` is in \`env\` twice`, where: place, fix: 'Remove one of them.' });
  return !isThere;
}
