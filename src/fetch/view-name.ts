import { createHash } from 'node:crypto';
import { canonicalJson } from '../base/canonical-json.ts';
import type { Facts } from '../facts/facts.ts';
import { type BeyondLock, type FetchInputs, nothingBeyondLock } from './fetch-inputs.ts';
import { fetchToolchain } from './fetch-toolchain.ts';
import { tomlText } from './toml-text.ts';

/** Changes whenever a view of the same inputs would be made differently. */
const viewFormat = 2;

/** Names the view of a project with a given lock: a hash over all that decides what is in it. */
export function viewName(facts: Facts, lockSha256: string, beyond: BeyondLock, targets: readonly string[]): string {
  const hash = createHash('sha256');
  const add = (part: string) => hash.update(`${part.length}:${part}`);
  add(String(viewFormat));
  add(lockSha256);
  add(facts.project.workspace);
  for (const { folder, text } of facts.project.manifests) {
    add(folder);
    add(text);
  }
  add(tomlText(facts.project.cargoConfig.project));
  add(tomlText(facts.project.cargoConfig.user));
  for (const [name, value] of Object.entries(facts.host.variables).sort()) {
    if (/^CARGO_REGISTRIES_\w+_INDEX$/.test(name)) add(`${name}=${value}`);
  }
  add(targets.join(' '));
  add(canonicalJson([beyond.features, beyond.recorded, beyond.standardLibrary ? fetchToolchain(facts).id : '']));
  return hash.digest('hex');
}

/** The view of what Cargo.lock names as it is; `null` without one. */
export function nameWithLock({ facts, beyondLock = nothingBeyondLock, targets = [] }: FetchInputs): string | null {
  const { lockfile } = facts.project;
  return lockfile.state === 'present' ? viewName(facts, lockfile.sha256, beyondLock, targets) : null;
}

/** The view for a command that needs no crates. */
export function nameOfNoCrates({ facts }: FetchInputs): string {
  return viewName(facts, 'not-needed', nothingBeyondLock, []);
}
