import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where the tool keeps what is its own. All below CARGO_BOXED_HOME when it is set, else in the XDG folders. */
export interface Locations {
  /** The user's configuration file. */
  readonly userConfig: string;
  /** Pins of the user's default environment and of foreign projects. */
  readonly data: string;
  /** Roots, store, views, targets: can be deleted at any time. */
  readonly cache: string;
  /** Locks, owners of running boxes, scratch. */
  readonly state: string;
}

export function locations(variables: Readonly<Record<string, string | undefined>>): Locations {
  const home = variables.CARGO_BOXED_HOME;
  if (home !== undefined && isAbsolute(home)) {
    return {
      userConfig: join(home, 'config.yaml'),
      data: join(home, 'data'),
      cache: join(home, 'cache'),
      state: join(home, 'state'),
    };
  }
  const xdg = (name: string, fallback: string) => {
    const value = variables[name];
    const folder = value !== undefined && isAbsolute(value) ? value : join(homedir(), fallback);
    return join(folder, 'cargo-boxed');
  };
  return {
    userConfig: join(xdg('XDG_CONFIG_HOME', '.config'), 'config.yaml'),
    data: xdg('XDG_DATA_HOME', '.local/share'),
    cache: xdg('XDG_CACHE_HOME', '.cache'),
    state: xdg('XDG_STATE_HOME', '.local/state'),
  };
}

/** The folders below `cache`, one name a kind. */
export const cacheFolders = {
  /** `<rootSha256>/`: a prepared Debian root. */
  roots: 'roots',
  /** `<suite>-<architecture>`: which Debian packages have what a build can look for. */
  contents: 'contents',
  /** What a box that learns notes, while it runs. */
  records: 'records',
  /** `<mirrors>/`: what apt knows of them. */
  apt: 'apt',
  /** `<id>`: an image of ours in a Docker engine, and by its time when it was used. */
  images: 'images',
  /** `<sha256>.deb` */
  debs: 'debs',
  /** Unpacked crates, named by a sum over their archives, in a folder that cannot be listed. */
  store: 'store',
  /** `<sha256>.<whole|stub>`: the name of that crate's folder in the store. */
  storeNames: 'store-names',
  /** `<sha256>.crate` */
  archives: 'archives',
  /** `<view>/`: the crates of one Cargo.lock. */
  views: 'views',
  /** `<view>/`: the crates of one Cargo.lock, as devcontainers mount them. */
  devcontainers: 'devcontainers',
  /** `<key>/`: what makes the walls of build scripts in one root. */
  walls: 'walls',
  /** `<key>/`: what shows a trial another time, order and number of processors in one root. */
  variations: 'variations',
  /** Results of builds that are compared, while they are; one folder a run. */
  trials: 'trials',
  /** `<project>/<identity>/` */
  targets: 'targets',
  /** `store`: a store of Nix for who has no other; `scratch`: what is made meanwhile. */
  nix: 'nix',
  /** CARGO_HOME of the fetch box: registry indexes and git databases. */
  fetchHome: 'fetch-home',
} as const;
