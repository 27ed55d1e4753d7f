import { join } from 'node:path';
import { canonicalJson } from '../../base/canonical-json.ts';
import { recall, remember } from '../../host/memory.ts';
import { sha256 } from '../../host/project-key.ts';
import type { CargoCommand } from '../../invocation/invocation.ts';
import { type Addition, isSameAddition } from '../../lock/learned-additions.ts';
import type { Learned } from '../../lock/pins.ts';
import type { Planned } from '../pipeline/make-plan.ts';
import type { Session } from '../session.ts';
import { learningMemory } from './learning-memory.ts';

/** What is found out of it is kept, so that an unchanged project starts no process to find it again. */
export interface InferenceNote {
  readonly file: string;
  readonly name: string;
  /** Over all that the answer depends on: the lock and manifests, the configuration, what is built. */
  readonly key: string;
}

/** `tree`: the command that lists what is compiled. */
export function inferenceNote(
  { locations }: Pick<Session, 'locations'>,
  { facts, config, settled }: Pick<Planned, 'facts' | 'config' | 'settled'>,
  tree: CargoCommand,
): InferenceNote {
  const { current, fetchInputs } = facts.project;
  const words = [current, ...tree.globalArguments, ...tree.arguments];
  const { environment, suite, layers, packages, nix, env } = config;
  const named = [layers.value, packages.value, nix.packages.value];
  const { image, nix: closure } = settled.pins;
  // What others have put there: not what was added to it, which is what is looked for.
  const there = [image?.digest ?? '', closure?.nixpkgs.narHash ?? '', closure?.own?.sha256 ?? ''];
  const settings = [environment.value, suite.value, ...named, ...there, Object.keys(env.set.value)];
  return {
    file: join(locations.state, learningMemory(facts.project)),
    // A few hundred at most, however many ways there are to build a project.
    name: `certain-${sha256(canonicalJson(words)).slice(0, 2)}`,
    key: sha256(canonicalJson({ fetchInputs, words, settings, manifest: facts.toolchain?.manifestSha256 ?? '' })),
  };
}

/** Whether it was found out, and what came of it is still among the pins. */
export function isInferred({ file, name, key }: InferenceNote, { settled, config }: Planned): boolean {
  const found = recall<readonly Addition[]>(file, name, key);
  if (!Array.isArray(found)) return false;
  const { layers, packages, suite } = config;
  const named: Readonly<Record<Addition['kind'], readonly string[]>> = {
    layer: layers.value,
    package: packages.value,
    suite: [suite.value],
  };
  const has = (one: Addition) =>
    named[one.kind].includes(one.name) || (settled.pins.learned ?? []).some((other) => isSameAddition(one, other));
  return found.every(has);
}

export function noteInference({ file, name, key }: InferenceNote, found: readonly Learned[]): void {
  const kept = found.map(({ kind, name: layer }): Addition => ({ kind, name: layer }));
  remember(file, name, key, kept);
}
