import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '../../base/result.ts';
import { findProgram } from '../../host/program.ts';
import type { NixStore } from './find-store.ts';

/** What making a Nix environment needs to know of this machine and this run. */
export interface NixHost {
  readonly programs: NixPrograms;
  readonly store: NixStore;
  /** Folder of ours for prepared roots. */
  readonly roots: string;
  /** Folder of ours for what is made meanwhile; it exists. */
  readonly scratch: string;
  /** The caller's own environment: settings of Nix that are his, and the way to the network. */
  readonly variables: Readonly<Record<string, string>>;
  /** The bundle of certificates that this machine trusts. */
  readonly certificates: string | null;
  readonly offline: boolean;
  /** Of each evaluation. */
  readonly timeMs: number;
  /** What the files of a project's own environment are relative to, for messages. */
  readonly project: string;
  /** Builds of such an environment that may have a network: `NAME:ALGORITHM:SUM`. */
  readonly fetches: readonly string[];
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Absolute, real paths. */
export interface NixPrograms {
  readonly instantiate: string;
  readonly store: string;
  readonly prefetch: string;
  readonly nix: string;
  readonly bwrap: string;
  readonly prlimit: string;
  readonly setpriv: string;
  readonly cp: string;
  readonly find: string;
}

/** Where Nix puts its programs when PATH lacks them. */
const folders = ['/run/current-system/sw/bin', '/nix/var/nix/profiles/default/bin'];

export function findNixPrograms(
  variables: Readonly<Record<string, string | undefined>>,
  forbidden: readonly string[],
): Result<NixPrograms> {
  const profile = variables.HOME === undefined ? [] : [join(variables.HOME, '.nix-profile/bin')];
  const searched = [variables.PATH ?? '', ...folders, ...profile].join(':');
  const find = (name: string) => {
    const found = findProgram(name, searched, forbidden);
    // All of Nix is one program that goes by the name it is called by: of the path only the folder may be resolved.
    return found === null ? null : join(realpathSync(join(found, '..')), name);
  };
  const [instantiate, store, prefetch, nix] = [
    find('nix-instantiate'),
    find('nix-store'),
    find('nix-prefetch-url'),
    find('nix'),
  ];
  if (instantiate === null || store === null || prefetch === null || nix === null) {
    return failure({
      code: 'environment',
      what: 'Nix is not installed, and `environment: nix` needs it',
      why: 'there is no program `nix-instantiate`',
      fix: 'Install it (Debian: `sudo apt-get install nix-bin`), or use `environment: debian`.',
    });
  }
  const others = {
    bwrap: find('bwrap'),
    prlimit: find('prlimit'),
    setpriv: find('setpriv'),
    cp: find('cp'),
    find: find('find'),
  };
  const missing = Object.entries(others).find(([, path]) => path === null);
  if (missing !== undefined) {
    return failure({
      code: 'environment',
      what: `\`${missing[0]}\` is not installed, and a Nix environment is made with it`,
      fix: 'Install bubblewrap, util-linux, coreutils and findutils.',
    });
  }
  return success({ instantiate, store, prefetch, nix, ...others } as NixPrograms);
}
