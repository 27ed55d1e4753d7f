import { parseArgs } from 'node:util';
import type { EngineName, Identity, Suite } from './suites.ts';
import { suites } from './suites.ts';

/** What of the whole a developer wants to run; everything when nothing is said. */
export interface Choice {
  readonly only: readonly string[];
  readonly engines: readonly EngineName[];
  readonly identities: readonly Identity[];
  /** Part of a test file's path. */
  readonly files: string;
}

export function readChoice(programArguments: readonly string[]): Choice {
  const { values } = parseArgs({
    args: [...programArguments],
    options: {
      only: { type: 'string', multiple: true, default: [] },
      engine: { type: 'string', multiple: true, default: ['bwrap', 'docker'] },
      as: { type: 'string', multiple: true, default: ['root', 'user'] },
      files: { type: 'string', default: '' },
    },
  });
  const known = ['check', ...suites.map(({ name }) => name)];
  for (const name of values.only) {
    if (!known.includes(name)) throw new Error(`no suite ${name}; there are: ${known.join(', ')}`);
  }
  return {
    only: values.only,
    engines: values.engine as EngineName[],
    identities: values.as as Identity[],
    files: values.files,
  };
}

export function wants(choice: Choice, name: string): boolean {
  return choice.only.length === 0 || choice.only.includes(name);
}

/** A suite as often as it runs: for each identity and, where it says so, for each engine. */
export function runsOf(suite: Suite, choice: Choice): readonly { identity: Identity; engine: EngineName | null }[] {
  const { engines: named } = suite;
  const engines = named === 'own' ? [null] : choice.engines.filter((engine) => named === 'each' || engine === named);
  return suite.identities
    .filter((identity) => choice.identities.includes(identity) || suite.name === 'unit')
    .flatMap((identity) => engines.map((engine) => ({ identity, engine })));
}
