import { join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { readForeignText } from '../host/read-file.ts';
import { inside } from '../plan/box-plan.ts';
import { explainFailure } from './explain-failure.ts';
import { type FetchSession, runInSession } from './fetch-session.ts';
import { type LockedCrate, lockPackages } from './lock-packages.ts';
import { seedCrates } from './settle-lock.ts';

const librarySources = 'lib/rustlib/src/rust/library';

/** With `build-std` cargo builds the standard library from its sources, which have a lock of their own. */
export async function fetchStandardLibrary(session: FetchSession): Promise<Result<readonly LockedCrate[]>> {
  const { toolchain } = session.inputs.facts;
  if (toolchain === null) throw new Error('build-std without a toolchain of the host');
  const text = readForeignText(join(toolchain.path, librarySources, 'Cargo.lock'));
  if (!text.ok) return text;
  if (text.value === null) {
    return failure({
      code: 'toolchain',
      what: `build-std needs the sources of the standard library, which ${toolchain.name} lacks`,
      fix: `Run \`rustup component add rust-src --toolchain ${toolchain.name}\`.`,
    });
  }
  const packages = lockPackages(text.value);
  if (!packages.ok) return packages;
  await seedCrates(session, packages.value.crates);
  const end = await runInSession(session, {
    arguments: ['fetch', '--locked', '--manifest-path', `${inside.toolchain}/${librarySources}/Cargo.toml`],
    folder: '',
    shown: 'shown',
  });
  if (!end.ok) return end;
  if (end.value.status === 0) return success(packages.value.crates);
  return failure(explainFailure(end.value.said, 'the crates of the standard library', session.withheldTokens));
}
