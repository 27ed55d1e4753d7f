import { parseArgs } from 'node:util';
import { type Cell, type EngineName, everyPair, type Identity, type Suite, suites } from './suites.ts';

/** What of the whole a developer wants to run; everything when nothing is said. */
export interface Choice {
  readonly only: readonly string[];
  /** All when nothing is named. */
  readonly engines: readonly EngineName[];
  readonly identities: readonly Identity[];
  /** Run what takes an engine on each of them as each identity. */
  readonly everyPair: boolean;
  /** Part of a test file's path. */
  readonly files: string;
}

export function readChoice(programArguments: readonly string[]): Choice {
  const { values } = parseArgs({
    args: [...programArguments],
    options: {
      only: { type: 'string', multiple: true, default: [] },
      engine: { type: 'string', multiple: true, default: [] },
      as: { type: 'string', multiple: true, default: [] },
      'every-pair': { type: 'boolean', default: false },
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
    everyPair: values['every-pair'],
    files: values.files,
  };
}

export function wants(choice: Choice, name: string): boolean {
  return choice.only.length === 0 || choice.only.includes(name);
}

/** A suite as often as it runs. Who names an engine or an identity means it, also where the suite would leave it out. */
export function cellsOf(suite: Suite, choice: Choice): readonly Cell[] {
  const { engines, identities } = choice;
  const named = engines.length > 0 || identities.length > 0;
  const takesEngine = suite.cells.length > 1 && suite.cells.every(({ engine }) => engine !== null);
  const cells = takesEngine && (named || choice.everyPair) ? everyPair : suite.cells;
  return cells.filter(
    ({ identity, engine }) =>
      (identities.length === 0 || identities.includes(identity)) &&
      (engine === null || engines.length === 0 || engines.includes(engine)),
  );
}
