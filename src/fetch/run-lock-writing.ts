import { join } from 'node:path';
import { all, type Result, success } from '../base/result.ts';
import { readForeignText } from '../host/read-file.ts';
import { parseToml } from '../toml/parse.ts';
import type { FetchInputs } from './fetch-inputs.ts';
import { type FetchSession, runInSession, withFetchSession } from './fetch-session.ts';

/** What a lock-writing command of cargo did. */
export interface LockWriting {
  /** Cargo's own exit code. */
  readonly status: number;
  readonly output: string;
  /** Changed Cargo.toml files and Cargo.lock, for the caller to bring back into the project. */
  readonly files: readonly ChangedFile[];
}

export interface ChangedFile {
  /** Relative to the project's mounted folder. */
  readonly path: string;
  readonly text: string;
}

/**
 * Runs `cargo update`, `add`, `remove` or `generate-lockfile` on the skeleton: they need the network, and on the project
 * itself they would start the rustc that it names. Only files that were there before come back, and a new Cargo.lock.
 */
export function runLockWriting(inputs: FetchInputs, cargoArguments: readonly string[]): Promise<Result<LockWriting>> {
  return withFetchSession(inputs, async (session) => {
    const end = await runInSession(session, {
      arguments: cargoArguments,
      folder: inputs.facts.project.current,
      shown: 'shown',
    });
    if (!end.ok) return end;
    const changed = changedFiles(session);
    return changed.ok ? success({ status: end.value.status, output: end.value.output, files: changed.value }) : changed;
  });
}

function changedFiles(session: FetchSession): Result<readonly ChangedFile[]> {
  const { project } = session.inputs.facts;
  const lock = project.lockfile.state === 'present' ? project.lockfile.text : null;
  const known = [
    // A folder from outside is not the project's to change.
    ...project.manifests
      .filter(({ folder }) => !folder.startsWith('../'))
      .map(({ folder, text }) => ({ path: join(folder, 'Cargo.toml'), text })),
    { path: join(project.workspace, 'Cargo.lock'), text: lock },
  ];
  const read = all(known.map(({ path, text }) => readChanged(session.skeleton, path, text)));
  return read.ok ? success(read.value.flatMap((file) => (file === null ? [] : [file]))) : read;
}

/** Checked like any foreign file: what cargo wrote is on its way into the project. */
function readChanged(skeleton: string, path: string, before: string | null): Result<ChangedFile | null> {
  const text = readForeignText(join(skeleton, path));
  if (!text.ok) return text;
  if (text.value === null || text.value === before) return success(null);
  const parsed = parseToml(text.value, path, { maximumCharacters: 16 * 1024 * 1024 });
  return parsed.ok ? success({ path, text: text.value }) : parsed;
}
