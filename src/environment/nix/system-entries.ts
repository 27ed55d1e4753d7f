import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs';

/** A folder or file of this machine, or a link that is made anew. */
export interface SystemEntry {
  readonly path: string;
  /** Where a link leads. */
  readonly to: string | null;
}

/** What programs of any distribution need to start and to reach the network: nothing in it is anybody's own. */
const wanted = [
  ...['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'],
  ...['/etc/hosts', '/etc/nsswitch.conf', '/etc/services', '/etc/ssl', '/etc/pki', '/etc/ca-certificates', '/etc/nix'],
  ...['/etc/static', '/etc/alternatives', '/etc/ld.so.cache'],
];

export function systemEntries(): readonly SystemEntry[] {
  const there = wanted
    .filter((path) => existsSync(path))
    .map((path) => {
      const isTopLink = !path.startsWith('/etc/') && lstatSync(path).isSymbolicLink();
      return { path, to: isTopLink ? readlinkSync(path) : null };
    });
  // Often a link to a folder that is not there inside.
  const resolver = existsSync('/etc/resolv.conf') ? [{ path: '/etc/resolv.conf', to: null }] : [];
  return [...there, ...resolver];
}

/** The store at /nix, where there is one: its programs may be what runs Nix. */
export function hasNixFolder(): boolean {
  return existsSync('/nix/store') && realpathSync('/nix/store') === '/nix/store';
}
