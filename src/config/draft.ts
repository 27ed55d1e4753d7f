import { type Problem, printable } from '../problem/problem.ts';
import type { DocumentNode, Location } from './document.ts';
import type { KeyName } from './key.ts';
import type { Complaint } from './read-value.ts';
import type { WrittenValue } from './written.ts';

/** A source that is being read. `file` names whose it is: a project may write less than the user. */
export interface Draft {
  readonly tier: 'user' | 'project';
  readonly written: Map<KeyName, WrittenValue>;
  readonly problems: Problem[];
}

/** A hostile file can hold as many faults as it likes; nobody reads more than these. */
const maximumProblems = 50;

/** Nothing more is taken: what is left need not be looked at. */
export function isFull(draft: Draft): boolean {
  return draft.problems.length >= maximumProblems;
}

export function addProblem(draft: Draft, problem: Omit<Problem, 'code'> & { readonly code?: Problem['code'] }): void {
  if (!isFull(draft)) draft.problems.push({ code: 'config', ...problem });
}

/** `where` is where the complaint is about, which may be one item of the value. */
export function addComplaint(draft: Draft, name: string, node: DocumentNode, where: Location, found: Complaint): void {
  const hasText = node.kind === 'scalar' && (node.type === 'text' || node.type === 'number' || node.type === 'boolean');
  const what = hasText ? `\`${name}\` cannot be \`${printable(node.text, 60)}\`` : `the value of \`${name}\` is wrong`;
  addProblem(draft, { what, where, why: found.why, ...(found.fix === undefined ? {} : { fix: found.fix }) });
}

export function write(
  draft: Draft,
  name: KeyName,
  value: unknown,
  place: Location,
  items?: ReadonlyMap<string, Location>,
): void {
  draft.written.set(name, { value, origin: { kind: draft.tier, ...place }, ...(items === undefined ? {} : { items }) });
}
