import { extraFeatures } from '../../fetch/extra-features.ts';
import { wantedTargets } from '../../fetch/wanted-targets.ts';
import type { Request } from '../../plan/plan-inputs.ts';
import { stringsAt, type tableAt, valueAt } from '../../toml/read-table.ts';
import type { Gathered } from './gather.ts';

/** What a command line's own words mean for the fetch phase and for the identity: targets, features beyond the lock, configuration. */
export function fetchWishes(
  gathered: Gathered,
  words: readonly string[],
): Pick<Request, 'targets' | 'beyondLock' | 'userConfiguration'> {
  const { facts, config } = gathered;
  const { cargoConfig, manifests } = facts.project;
  const host = config.toolchain.value === 'image' ? null : hostTriple(facts);
  return {
    // What an image's compiler builds for is not known before it runs: all.
    targets: host === null ? [] : wantedTargets(host, words, facts.host.variables, cargoConfig),
    beyondLock: {
      features: extraFeatures(words, manifests),
      standardLibrary:
        takesUnstable(gathered) &&
        (buildsStandardLibrary(words) || stringsAt(cargoConfig.project, 'unstable', 'build-std').length > 0),
    },
    userConfiguration: changingConfiguration(facts.project.cargoConfig.user),
  };
}

/** What is built for where nothing says another target; `null`: it is not known. */
function hostTriple({ toolchain, nixToolchain, host }: Gathered['facts']): string | null {
  return nixToolchain === null ? (toolchain?.host ?? null) : `${host.architecture}-unknown-linux-gnu`;
}

/**
 * Whether cargo heeds `-Z` and `[unstable]`: a stable one refuses the option and passes over the table, and its library needs no
 * sources then. Of what an image or Nix brings the version is not known here.
 */
function takesUnstable({ facts, config }: Gathered): boolean {
  const { toolchain, host } = facts;
  if (config.toolchain.value !== 'host' || toolchain === null) return true;
  const switched = config.env.set.value.RUSTC_BOOTSTRAP ?? host.variables.RUSTC_BOOTSTRAP;
  return switched === '1' || !/^\d+\.\d+\.\d+(?:-beta.*)?$/.test(toolchain.version);
}

function buildsStandardLibrary(words: readonly string[]): boolean {
  return words.some((word, index) => /^-Z ?build-std(=|$)/.test(word === '-Z' ? `-Z ${words[index + 1] ?? ''}` : word));
}

/** The tables of the user's own configuration that hold inside the box and change what comes out. */
function changingConfiguration(user: Parameters<typeof tableAt>[0]): string {
  const tables = ['profile', 'build', 'target'].flatMap((name) => {
    const held = valueAt(user, name);
    return held === undefined ? [] : [[name, held] as const];
  });
  if (tables.length === 0) return '';
  return JSON.stringify(tables, (_key, value) => (typeof value === 'bigint' ? String(value) : value));
}
