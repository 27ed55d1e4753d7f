import type { CargoConfigFacts, TomlTable } from '../facts/facts.ts';
import { tableAt } from '../toml/read-table.ts';
import {
  type Allowed,
  isAnything,
  isNumber,
  isSwitch,
  isText,
  isTextOrTexts,
  isTexts,
  pickAllowed,
} from './allowed-keys.ts';

const sources: Allowed = {
  '*': {
    registry: isText,
    'replace-with': isText,
    directory: isText,
    'local-registry': isText,
    git: isText,
    branch: isText,
    tag: isText,
    rev: isText,
  },
};

/** Resolving depends on these, so both files may set them; none of them names a program or a place of the host. */
const resolving = {
  resolver: {
    'incompatible-rust-versions': isText,
    'incompatible-publish-age': isText,
    'feature-unification': isText,
  },
  unstable: { '*': (value: Parameters<typeof isText>[0]) => isSwitch(value) || isTextOrTexts(value) },
} as const;

const fromProject: { readonly [key: string]: Allowed } = {
  source: sources,
  registries: { '*': { index: isText, protocol: isText, 'min-publish-age': isText } },
  registry: { default: isText, 'global-min-publish-age': isText },
  patch: { '*': { '*': isAnything } },
  ...resolving,
};

const fromUser: { readonly [key: string]: Allowed } = {
  ...fromProject,
  // With the command line of git cargo starts the git of our own root.
  net: { retry: isNumber, 'git-fetch-with-cli': isSwitch, ssh: { 'known-hosts': isTexts } },
  http: {
    proxy: isText,
    timeout: isNumber,
    'low-speed-limit': isNumber,
    multiplexing: isSwitch,
    'check-revoke': isSwitch,
    'ssl-version': isAnything,
    'user-agent': isText,
  },
};

export interface FetchConfig {
  /** For the CARGO_HOME of the fetch box. */
  readonly home: TomlTable;
  /** For `.cargo/config.toml` of the skeleton: paths in it are relative to where the project has it. */
  readonly project: TomlTable;
}

/**
 * Cargo's configuration in the fetch box: only keys that say where crates come from and how the network is reached. A
 * program that a configuration names (credential providers, git, rustc) is never on the list.
 */
export function fetchConfig(config: CargoConfigFacts): FetchConfig {
  const user = pickAllowed(config.user, fromUser);
  return {
    home: {
      ...user,
      registry: { ...tableAt(user, 'registry'), 'global-credential-providers': ['cargo:token'] },
      // What is no longer used goes away by our own prune, so that no clock decides what a fetch finds.
      cache: { 'auto-clean-frequency': 'never' },
    },
    project: pickAllowed(config.project, fromProject),
  };
}
