import { editDistance, nearest } from '../base/nearest.ts';
import type { BoxFlags } from '../invocation/invocation.ts';
import { type Problem, printable } from '../problem/problem.ts';
import type { Origin } from './config.ts';
import { keyNames, keys } from './definition.ts';
import { type Door, flagDoors, knownVariables, limitDoors, variableDoors } from './doors.ts';
import type { KeyName } from './key.ts';
import { type Complaint, complaint, didYouMean, type Reading, readList, readText } from './read-value.ts';
import type { Source, WrittenValue } from './written.ts';

/** What one call says: by variables, or by flags. The same doors, with another sign above them. */
interface Call {
  readonly code: 'config' | 'usage';
  readonly origin: (name: string) => Origin;
  readonly written: Map<KeyName, WrittenValue>;
  readonly problems: Problem[];
}

const prefix = 'CARGO_BOXED_';

/** Reads our variables of the host's environment. An empty one counts as not there, as people unset them in CI. */
export function readVariables(variables: Readonly<Record<string, string | undefined>>): Source {
  const origin = (variable: string): Origin => ({ kind: 'environment', variable });
  const call: Call = { code: 'config', origin, written: new Map(), problems: [] };
  for (const door of variableDoors) {
    const text = variables[door.name];
    if (text === undefined || text === '' || door.key.startsWith('limits')) continue;
    const reading = door.sets === undefined ? readAnswer(door, text) : readSwitch(door, text);
    if (reading !== null) take(call, door.name, door.key, reading, text);
  }
  const limits = variables[limitDoors.variable] ?? '';
  for (const item of limits.split(/[,\s]+/)) if (item !== '') readLimit(call, limitDoors.variable, item);
  for (const name of Object.keys(variables)) {
    if (!name.startsWith(prefix) || knownVariables.includes(name)) continue;
    // A name that we do not know can be somebody else's; one that is a slip of ours would be ignored in silence.
    const meant = knownVariables.find((known) => editDistance(known, name.slice(0, 64)) <= (known.length > 18 ? 2 : 1));
    if (meant === undefined) continue;
    const fix = `Did you mean \`${meant}\`? Else unset it.`;
    call.problems.push({ code: 'config', what: `there is no variable \`${printable(name, 60)}\``, fix });
  }
  return call;
}

/** Reads the flags of the box. */
export function readFlags(flags: BoxFlags): Source {
  const origin = (flag: string): Origin => ({ kind: 'flag', flag });
  const call: Call = { code: 'usage', origin, written: new Map(), problems: [] };
  for (const door of flagDoors) {
    const given = flags[door.field];
    if (given === undefined) continue;
    take(call, door.name, door.key, readFlag(door, given), String(given));
  }
  for (const item of flags.limits) readLimit(call, limitDoors.flag, item);
  return call;
}

function readFlag(door: Door, given: string | true | readonly string[]): Reading {
  const { type } = keys[door.key];
  if (given === true) return { ok: true, value: door.sets };
  if (typeof given === 'string') return readText(type, given);
  // An option that is repeated takes each value as it is: a path may hold a blank or a comma.
  return type.kind === 'list' ? readList(type.form, given) : readText(type, given.join(','));
}

function readAnswer(door: Door, text: string): Reading {
  const { type } = keys[door.key];
  return readText(type, type.kind === 'boolean' ? (text === '1' ? 'true' : text === '0' ? 'false' : text) : text);
}

/** `1` and `true` switch on; `0` and `false` say nothing, so that they undo no other source. */
function readSwitch(door: Door, text: string): Reading | null {
  if (text === '1' || text === 'true') return { ok: true, value: door.sets };
  return text === '0' || text === 'false' ? null : complaint('it takes 1 or true, 0 or false');
}

/** `memory=4GiB`; of one limit the last one counts, as with every option that is written twice. */
function readLimit(call: Call, name: string, item: string): void {
  const equals = item.indexOf('=');
  const limit = equals < 0 ? item : item.slice(0, equals);
  const key = keyNames.find((known) => known === `limits.${limit}`);
  const text = equals < 0 ? '' : item.slice(equals + 1);
  if (key !== undefined && equals >= 0) {
    call.written.delete(key);
    take(call, name, key, readText(keys[key].type, text), item);
    return;
  }
  const names = keyNames.filter((known) => known.startsWith('limits.')).map((known) => known.slice('limits.'.length));
  const why = `it takes NAME=VALUE, where NAME is one of ${names.join(', ')}`;
  addComplaint(call, name, item, complaint(why, key === undefined ? didYouMean(nearest(limit, names)) : undefined));
}

function take(call: Call, name: string, key: KeyName, reading: Reading, text: string): void {
  if (!reading.ok) {
    addComplaint(call, name, text, reading);
    return;
  }
  const before = call.written.get(key);
  if (before !== undefined && before.value !== reading.value) {
    const { origin } = before;
    const other = origin.kind === 'flag' ? origin.flag : origin.kind === 'environment' ? origin.variable : '';
    call.problems.push({
      code: call.code,
      what: `\`${other}\` and \`${name}\` contradict each other`,
      fix: 'Keep one.',
    });
    return;
  }
  if (before === undefined) call.written.set(key, { value: reading.value, origin: call.origin(name) });
}

function addComplaint(call: Call, name: string, text: string, found: Complaint): void {
  const what = `\`${name}\` cannot be \`${printable(text, 60)}\``;
  call.problems.push({ code: call.code, what, why: found.why, ...(found.fix === undefined ? {} : { fix: found.fix }) });
}
