import { canonicalJson } from '../base/canonical-json.ts';
import { failure, type Result, success } from '../base/result.ts';
import type { ExtraCrate } from '../lock/pins.ts';
import { type Problem, printable } from '../problem/problem.ts';
import type { BeyondLock } from './fetch-inputs.ts';

/** A recorded version never changes its bytes; with `--pinned` nothing is used that is not recorded. */
export function checkRecorded(extra: readonly ExtraCrate[], beyond: BeyondLock): Result<readonly ExtraCrate[]> {
  const key = ({ name, version, source }: ExtraCrate) => canonicalJson([name, version, source]);
  const recorded = new Map(beyond.recorded.map((crate) => [key(crate), crate.checksum]));
  const changed = extra.filter((crate) => (recorded.get(key(crate)) ?? crate.checksum) !== crate.checksum);
  if (changed.length > 0) return failure(...changed.map(changedSum));
  const missing = extra.filter((crate) => !recorded.has(key(crate)));
  if (missing.length === 0 || !beyond.pinned) return success(extra);
  return failure({
    code: 'lock-outdated',
    what: `${beyond.features.map(({ text }) => printable(text, 60)).join(', ')} brings crates that no lock names`,
    why: missing.map(({ name, version }) => printable(`${name} ${version}`, 80)).join(', '),
    fix: 'Run the command once without --pinned to record them, or list the feature among the features of a member.',
  });
}

function changedSum({ name, version }: ExtraCrate): Problem {
  return {
    code: 'checksum-mismatch',
    what: `${printable(`${name} ${version}`, 80)} is not the crate that cargo-boxed.lock records`,
    where: { file: 'cargo-boxed.lock' },
    why: 'its sha256 differs',
    fix: 'Find out why the registry gives other bytes for a version that was published before.',
  };
}
