import { join } from 'node:path';
import { canonicalJson } from '../../base/canonical-json.ts';
import { type Result, success } from '../../base/result.ts';
import { writeProjectFile } from '../../customs/write-project-file.ts';
import { withPins } from '../../lock/lock-file.ts';
import { lockFileName } from '../../lock/lock-file-name.ts';
import type { ExtraCrate } from '../../lock/pins.ts';
import { keptPins, readLockFile } from '../../lock/read-pins.ts';
import { lockText, writeOwnPins } from '../../lock/write-pins.ts';
import { printable } from '../../problem/problem.ts';
import type { Session } from '../session.ts';
import type { Planned } from './make-plan.ts';
import { projectPinsFile } from './project-pins.ts';

/** Records the crates that a command line brought in and Cargo.lock does not name, where the project's pins are. */
export function recordExtraCrates(session: Session, planned: Planned, extra: readonly ExtraCrate[]): Result<void> {
  const { settled, facts } = planned;
  const known = new Set((settled.pins.extraCrates ?? []).map((crate) => canonicalJson(crate)));
  const fresh = extra.filter((crate) => !known.has(canonicalJson(crate)));
  if (fresh.length === 0) return success(undefined);
  const extraCrates = sorted([...(settled.pins.extraCrates ?? []), ...fresh]);
  const names = fresh.map(({ name, version }) => printable(`${name} ${version}`, 80)).join(', ');
  session.reporter.note(
    `The command line brings in crates that Cargo.lock does not name, now recorded in ${lockFileName}: ${names}`,
  );
  const { mountRoot, workspace } = facts.project;
  if (settled.kind === 'own') {
    const file = projectPinsFile(session, facts.project);
    return writeOwnPins(file, { ...keptPins(file), extraCrates });
  }
  // All that is for other machines stays.
  const lock = readLockFile(settled.file);
  if (!lock.ok) return lock;
  const content = lockText({ ...(lock.value ?? withPins(null, settled.pins)), extraCrates });
  const written = writeProjectFile({ root: mountRoot, relative: join(workspace, lockFileName), content });
  return written.ok ? success(undefined) : written;
}

function sorted(crates: readonly ExtraCrate[]): readonly ExtraCrate[] {
  return [...crates].sort((left, right) => (canonicalJson(left) < canonicalJson(right) ? -1 : 1));
}
