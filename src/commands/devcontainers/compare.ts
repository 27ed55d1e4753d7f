import { type Result, success } from '../../base/result.ts';
import type { Merged } from '../../devcontainer/merge-file.ts';
import type { JsoncDocument } from '../../devcontainer/read-jsonc.ts';
import type { Problem } from '../../problem/problem.ts';
import type { Session } from '../session.ts';
import { devcontainerFile, linkBelow, newFile } from './file.ts';
import { type Devcontainer, leftOut } from './wish.ts';

/** A devcontainer.json beside what is wanted of it. */
export interface ComparedDevcontainer {
  /** What stands there, or what a new file begins as. */
  readonly document: JsoncDocument;
  readonly merged: Merged;
  /** What a person has written against it: nothing is written with one of these. */
  readonly problems: readonly Problem[];
  /** What is said and stops nothing. */
  readonly notes: readonly string[];
}

export async function compareDevcontainer(session: Session, made: Devcontainer): Promise<Result<ComparedDevcontainer>> {
  const { wish, locked } = made;
  const room = await import('../../devcontainer/devcontainer.ts');
  const file = devcontainerFile(locked.gathered.facts.project.mountRoot);
  const begun = made.document === null ? room.readJsonc(newFile, file) : success(made.document);
  if (!begun.ok) return begun;
  const document = begun.value;
  const merged = room.mergeFile(document, room.wantedOf(wish), (text) => asHere(text, session.host.variables));
  const hazards = room.saidHazards(document, linkBelow(locked.gathered.facts.project.mountRoot));
  const shown = (offset: number) => `line ${room.placeAt(document, offset).line}`;
  const undoing = hazards.filter(room.undoesWalls).map(
    (one): Problem => ({
      code: 'config',
      what: room.describeHazard(one),
      where: room.placeAt(document, one.offset),
      why: 'a devcontainer with it does not hold what this file is for, and nothing was changed',
      fix: 'Remove it, and run it again.',
    }),
  );
  const beside = hazards.filter((one) => !room.undoesWalls(one) && one.kind !== 'unpinned-image');
  const missing = leftOut(locked.gathered);
  return success({
    document,
    merged,
    problems: [...merged.conflicts.map((one) => room.conflictProblem(document, one)), ...undoing],
    notes: [
      ...beside.map((one) => `Left as it is: ${room.describeHazard(one)} (${shown(one.offset)})`),
      ...(missing.length === 0 ? [] : [`What boxes have and a devcontainer has not: ${missing.join(', ')}`]),
    ],
  });
}

/** A text of the file with this machine's variables in it: two that mean the same here are no conflict. */
function asHere(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$\{localEnv:(HOME|XDG_CACHE_HOME|CARGO_BOXED_HOME)\}/g,
    (whole, name) => variables[name] ?? whole,
  );
}
