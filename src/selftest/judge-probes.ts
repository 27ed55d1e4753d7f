import table from '../../images/selftest/probes.json' with { type: 'json' };

/** One attack of the crate in images/selftest, and what a box owes. */
export interface Probe {
  readonly name: string;
  /** Entries of the catalogue that it tries. */
  readonly attacks: readonly (number | string)[];
  readonly promise: PromiseName;
  /** `root`: outside of a box only root gets through. */
  readonly open?: string;
  /** What the machine must have for it to get through outside of a box. */
  readonly openWhere?: string;
  /** A build script tries it behind a wall of its own, which the others have not. */
  readonly walled?: boolean;
  /** Why no box holds it, and why that does no harm. */
  readonly notHeld?: string;
  /** The same for one engine, and perhaps one kind of caller only. */
  readonly notHeldOn?: readonly { readonly engine: string; readonly as?: string; readonly why: string }[];
}

/** Who attacks: on what, and started by whom. */
export interface Setting {
  readonly engine: string;
  readonly identity: 'root' | 'user';
}

/** The package whose build script has no wall in the self-test: it tries what any code of a build can. */
export const unwalledProbes = 'boxed-probes';

export type PromiseName = keyof typeof table.promises;

export const probes: readonly Probe[] = table.probes as readonly Probe[];
export const promises: Readonly<Record<PromiseName, string>> = table.promises;

const phases = ['build', 'run', 'walled'] as const;
type Phase = (typeof phases)[number];

/** What one run of a probe came to. */
export interface Observation {
  readonly phase: Phase;
  readonly probe: string;
  readonly reached: boolean;
  readonly detail: string;
}

/** Reads what the probes printed; other lines are cargo's or somebody's. */
export function readObservations(output: string): readonly Observation[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{"phase":'))
    .flatMap((line) => readObservation(line) ?? []);
}

/** A line that is cut off or forged says nothing: a probe without a word counts as one that got through. */
function readObservation(line: string): Observation | null {
  try {
    const { phase, probe, reached, detail } = JSON.parse(line) as Partial<Observation>;
    const isWhole = typeof probe === 'string' && typeof reached === 'boolean' && typeof detail === 'string';
    const known = phases.find((name) => name === phase);
    return isWhole && known !== undefined ? { phase: known, probe, reached, detail } : null;
  } catch {
    return null;
  }
}

/** The probe that names the variables that nobody has declared. */
const variableNames = 'variable-names';

/** The same observations, where a Nix environment sets variables of its own: they are no word about this machine. */
export function withDeclared(
  observations: readonly Observation[],
  declared: Readonly<Record<string, string>>,
): readonly Observation[] {
  return observations.map((observation) => {
    if (observation.probe !== variableNames || !observation.reached) return observation;
    const odd = observation.detail.split(' ').filter((name) => !Object.hasOwn(declared, name));
    return odd.length > 0 ? { ...observation, detail: odd.join(' ') } : { ...observation, reached: false };
  });
}

export interface PromiseVerdict {
  readonly promise: PromiseName;
  readonly what: string;
  readonly tried: number;
  /** Attacks that got through and are none of those that are known to. */
  readonly broken: readonly Observation[];
}

/** Why a probe gets through here and does no harm; `null` where it must not. */
export function whyNotHeld(probe: Probe, { engine, identity }: Setting): string | null {
  const here = probe.notHeldOn?.find((gap) => gap.engine === engine && (gap.as ?? identity) === identity);
  return probe.notHeld ?? here?.why ?? null;
}

/** Each promise with the attacks that broke it; a probe that was not tried breaks it too. */
export function judgeProbes(observations: readonly Observation[], setting: Setting): readonly PromiseVerdict[] {
  return (Object.keys(promises) as PromiseName[]).map((promise) => {
    const own = probes.filter((probe) => probe.promise === promise);
    const broken = own.flatMap((probe) => {
      const seen = observations.filter((observation) => observation.probe === probe.name);
      if (seen.length === 0) return [missing(probe.name)];
      return whyNotHeld(probe, setting) === null ? seen.filter((observation) => observation.reached) : [];
    });
    return { promise, what: promises[promise], tried: own.length, broken };
  });
}

function missing(probe: string): Observation {
  return { phase: 'build', probe, reached: true, detail: 'it did not run' };
}
