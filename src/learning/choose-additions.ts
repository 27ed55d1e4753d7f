import { describeWanted, isSameWanted, type Missed, type Wanted } from '../layers/wanted.ts';
import { isSameAddition } from '../lock/learned-additions.ts';
import type { Learned } from '../lock/pins.ts';
import type { Evidence } from './find-missed.ts';

/** What has something that a build looked for. */
export interface Provider {
  readonly kind: 'layer' | 'package';
  readonly name: string;
  /** Where below `/usr/include` a header is, if compilers do not look there by themselves. */
  readonly folder?: string;
}

export interface Providers {
  /** Looks which of these the environment has already: they are not what is missing. */
  look(wanted: readonly Wanted[]): Promise<(one: Wanted) => boolean>;
  /** The layer that has it or, where none has, the Debian package. */
  find(wanted: Wanted): Promise<Provider | null>;
}

export interface Choice {
  readonly learned: readonly Learned[];
  /** What was learned that has a header where compilers do not look by themselves. */
  readonly below: readonly { readonly name: string; readonly folder: string }[];
  /** What nothing has, of packages for which nothing was found. */
  readonly unknown: readonly Missed[];
}

/** No build wants more at once; the words come from inside of the box. */
const mostAdditions = 30;

/** Of each package's evidence the first rank that leads anywhere new: a wrong guess is worse than none. */
export async function chooseAdditions(
  evidence: readonly Evidence[],
  known: readonly Learned[],
  providers: Providers,
): Promise<Choice> {
  const learned: Learned[] = [];
  const unknown: Missed[] = [];
  const below: Choice['below'][number][] = [];
  const isThere = await providers.look(evidence.flatMap(({ ranks }) => ranks.flat().map(({ wanted }) => wanted)));
  for (const { ranks } of evidence) {
    const missing: Missed[] = [];
    let found: readonly Learned[] = [];
    for (const rank of ranks) {
      const lookedUp = await lookUp(
        rank.filter(({ wanted }) => !isThere(wanted)),
        providers,
      );
      missing.push(...lookedUp.missing);
      below.push(...lookedUp.below);
      found = lookedUp.found.filter((one) => !known.some((other) => isSameAddition(one, other)));
      if (found.length > 0) break;
    }
    learned.push(...found.filter((one) => !learned.some((other) => isSameAddition(one, other))));
    if (found.length === 0)
      unknown.push(...missing.filter(({ wanted: { kind } }) => kind !== 'debian-package' && kind !== 'crate'));
  }
  return {
    learned: learned.slice(0, mostAdditions),
    below,
    unknown: unknown.filter((one, at) => unknown.findIndex((other) => isSameWanted(one.wanted, other.wanted)) === at),
  };
}

async function lookUp(rank: readonly Missed[], providers: Providers) {
  const found: Learned[] = [];
  const missing: Missed[] = [];
  const below: Choice['below'][number][] = [];
  for (const missed of rank) {
    const { crate, wanted, isGuess } = missed;
    const provider = await providers.find(wanted);
    if (provider === null) {
      missing.push(...(isGuess ? [] : [missed]));
      continue;
    }
    const { kind, name, folder } = provider;
    if (folder !== undefined) below.push({ name, folder });
    if (!found.some((one) => isSameAddition(one, provider)))
      found.push({ kind, name, crate, wanted: describeWanted(wanted) });
  }
  return { found, missing, below };
}
