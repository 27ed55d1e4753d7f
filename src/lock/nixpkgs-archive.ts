import sources from '../../images/nix/sources.json' with { type: 'json' };

/** The archive of what the configuration names, at this revision; without one it names the archive itself. */
export function archiveOf(named: string | null, rev: string | null): string {
  if (rev === null) return named ?? '';
  return sources.nixpkgs.archive.replace('{rev}', rev);
}
