import type { BoxFlags } from '../invocation/invocation.ts';
import { boxOptions, homeVariable, optionName } from '../invocation/options.ts';
import { keyNames, keys } from './definition.ts';
import type { KeyName } from './key.ts';

/** A variable or a flag through which one call writes a key. */
export interface Door {
  readonly key: KeyName;
  /** `CARGO_BOXED_ENGINE` or `--engine`. */
  readonly name: string;
  /** A switch: when it is on, the key gets this value. Without it, the door takes the value itself. */
  readonly sets?: boolean | string;
}
export interface FlagDoor extends Door {
  readonly field: keyof BoxFlags;
}

/** `--limit NAME=VALUE` and its variable write all keys below `limits`. */
export const limitDoors = { flag: '--limit', variable: 'CARGO_BOXED_LIMIT' } as const;
export const configVariable = 'CARGO_BOXED_CONFIG';

const isKey = (name: string | null): name is KeyName => name !== null && Object.hasOwn(keys, name);

const optionDoors = boxOptions.flatMap((option) => {
  // How to report is no key of any file, yet `status` shows it and where it was said like every other value.
  const key = option.field === 'json' ? 'output' : option.configKey;
  const sets = option.field === 'json' ? 'json' : option.configValue;
  if (!isKey(key)) return [];
  return [{ key, field: option.field, flag: optionName(option), variable: option.variable, sets }];
});
const withSets = (sets: boolean | string | undefined) => (sets === undefined ? {} : { sets });

export const flagDoors: readonly FlagDoor[] = optionDoors.map(({ key, field, flag, sets }) => ({
  key,
  field,
  name: flag,
  ...withSets(sets),
}));

/** A switch whose value is the key's own, like `CARGO_BOXED_PINNED`, takes both answers: it sets what it says. */
export const variableDoors: readonly Door[] = [
  ...optionDoors.map(({ key, variable, sets }) => ({
    key,
    name: variable,
    ...withSets(sets === true ? undefined : sets),
  })),
  ...keyNames.flatMap((key) => {
    const { variable } = keys[key];
    return variable === undefined ? [] : [{ key, name: variable }];
  }),
];

/** Every variable with a meaning for us, so that a misspelt one can be told from somebody else's. */
export const knownVariables: readonly string[] = [
  ...new Set([homeVariable, ...boxOptions.map((option) => option.variable), ...variableDoors.map((door) => door.name)]),
].sort();
