import type { DebianPackage } from '../../lock/pins.ts';
import { runApt } from './apt-program.ts';
import { type DebianHost, toolVariables } from './debian-host.ts';

/** Addresses of a snapshot mirror, by archive; `@SNAPSHOTID@` stands for the time. */
export type SnapshotMirror = Readonly<Record<string, string>>;

/** The configured snapshot mirror, else the one that apt 2.9 and later have built in, else none. */
export async function findSnapshotMirror(host: DebianHost): Promise<SnapshotMirror | null> {
  if (host.snapshotMirror !== null) return fromBase(host.snapshotMirror);
  const asked = { variables: toolVariables(host), folders: [] };
  const dump = await runApt(host, 'apt-config', ['dump', 'Acquire::Snapshots'], asked);
  return dump === null ? null : fromAptConfiguration(dump.stdout);
}

export function fromBase(base: string): SnapshotMirror {
  const start = base.replace(/\/+$/, '');
  return {
    debian: `${start}/archive/debian/@SNAPSHOTID@`,
    'debian-security': `${start}/archive/debian-security/@SNAPSHOTID@`,
  };
}

/** Lines like `Acquire::Snapshots::URI::…::Debian-Security "https://…/@SNAPSHOTID@/";`. */
export function fromAptConfiguration(dump: string): SnapshotMirror | null {
  const found: Record<string, string> = {};
  for (const line of dump.split('\n')) {
    const match = /::(Debian|Debian-Security) "([^"]*@SNAPSHOTID@[^"]*)";\s*$/i.exec(line);
    const archive = match?.[1]?.toLowerCase();
    if (archive !== undefined && match?.[2] !== undefined) found[archive] ??= match[2].replace(/\/+$/, '');
  }
  return Object.keys(found).length === 0 ? null : found;
}

export function snapshotUri(mirror: SnapshotMirror, pinned: DebianPackage, snapshot: string): string | null {
  const template = mirror[pinned.archive];
  if (template === undefined || !/^\d{8}T\d{6}Z$/.test(snapshot)) return null;
  return `${template.replaceAll('@SNAPSHOTID@', snapshot)}/${encodePath(pinned.path)}`;
}

/** A path of the archive as an address: mirrors take `+` and `~` as they are, `%` and spaces must be escaped. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
