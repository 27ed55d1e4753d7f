import type { DebianSuite } from '../../config/config.ts';
import { nextSuite } from '../../config/debian-suites.ts';
import { describeWanted, type Missed } from '../../layers/wanted.ts';
import { findTooOld } from '../../learning/find-too-old.ts';
import type { Learned } from '../../lock/pins.ts';
import { findProviders } from '../environments/find-providers.ts';
import { suiteLookedThrough } from '../environments/suite-of.ts';
import { hasOpenSuite } from '../pipeline/survey.ts';
import type { Session } from '../session.ts';
import type { Ended } from './learning-rounds.ts';

export interface NewerSuite {
  /** The suite that may help, with the package that needs it; `null`: there is nothing to hope for. */
  readonly newer: Learned | null;
  /** What no suite has that was looked through. */
  readonly unknown: readonly Missed[];
  readonly looked: readonly DebianSuite[];
  /** One that was not, since a suite is named or its list of files cannot be had. */
  readonly open: DebianSuite | null;
}

/**
 * Whether the next suite may have what packages that failed look for: by its list of files what this one lacks, and by
 * their own words what is too old here.
 */
export async function findNewerSuite(session: Session, { planned, end }: Ended): Promise<NewerSuite> {
  const { config, settled } = planned;
  const suite = suiteLookedThrough(config, settled.pins);
  const next = config.environment.value === 'debian' ? nextSuite(suite) : null;
  if (next === null || !hasOpenSuite(config)) return { newer: null, unknown: end.unknown, looked: [suite], open: next };
  const learned = (crate: string, wanted: string): Learned => ({ kind: 'suite', name: next, crate, wanted });
  const { find, isWhole } = findProviders(session, planned, next);
  const had: Missed[] = [];
  for (const missed of end.unknown) {
    const provider = await find(missed.wanted);
    // A header that compilers would not find is no reason for another suite.
    if (provider !== null && provider.folder === undefined) had.push(missed);
  }
  const [tooOld] = findTooOld(end.text);
  const [first] = had;
  const whole = await isWhole();
  return {
    newer:
      first !== undefined
        ? learned(first.crate, describeWanted(first.wanted))
        : tooOld !== undefined
          ? learned(tooOld.crate, `${tooOld.name} ${tooOld.wanted} or newer`)
          : null,
    unknown: end.unknown.filter((missed) => !had.includes(missed)),
    looked: whole ? [suite, next] : [suite],
    open: whole ? null : next,
  };
}
