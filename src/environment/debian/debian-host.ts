import type { Locations } from '../../host/locations.ts';
import { findProgram } from '../../host/program.ts';
import type { DebianArchive } from './debian-archive.ts';
import type { DebianContainer } from './debian-container.ts';

/** What the steps of this room need to know of the host and of the caller. */
export interface DebianHost {
  readonly locations: Locations;
  /** The host's environment: PATH and the proxy variables are read from it, nothing else is passed on. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Folders whose files never run on the host: the project. */
  readonly forbidden: readonly string[];
  readonly onProgress: (event: DebianProgress) => void;
  readonly signal?: AbortSignal;
  /** In place of the mirrors that the host's apt uses. */
  readonly mirrors?: Readonly<Record<DebianArchive, string>>;
  /** Base address of a snapshot mirror: packages are looked for at `<base>/archive/<archive>/<snapshot>/<path>`. */
  readonly snapshotMirror: string | null;
  /** Runs Debian's programs in place of this machine's own, where those are missing. */
  readonly container?: DebianContainer;
}

export interface DebianProgress {
  readonly kind: 'step';
  readonly text: string;
  /** Of this step, from 0 to 1. */
  readonly fraction?: number;
}

const passedOn = [
  'http_proxy',
  'https_proxy',
  'ftp_proxy',
  'no_proxy',
  'all_proxy',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'ALL_PROXY',
];

/** The environment of the Debian tools: made from nothing but a fixed PATH, a locale and the proxies. */
export function toolVariables(host: Pick<DebianHost, 'variables'>): Record<string, string> {
  const variables: Record<string, string> = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LC_ALL: 'C.UTF-8',
    DEBIAN_FRONTEND: 'noninteractive',
  };
  for (const name of passedOn) {
    const value = host.variables[name];
    if (value !== undefined) variables[name] = value;
  }
  return variables;
}

export function findTool(host: Pick<DebianHost, 'variables' | 'forbidden'>, name: string): string | null {
  return findProgram(name, host.variables.PATH, host.forbidden);
}
