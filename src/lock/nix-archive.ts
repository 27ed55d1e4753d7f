import sources from '../../images/nix/sources.json' with { type: 'json' };

/** What is pinned by a revision or by the URL of an archive. */
export type NixSourceName = 'nixpkgs' | 'rust-overlay';

/** A commit of git; else what names a source is the URL of an archive. */
export const revisionPattern = /^[0-9a-f]{40}$/;

/** The archive of what the configuration names, at this revision; without one it names the archive itself. */
export function archiveOf(source: NixSourceName, named: string | null, rev: string | null): string {
  if (rev === null) return named ?? '';
  return sources[source].archive.replace('{rev}', rev);
}
