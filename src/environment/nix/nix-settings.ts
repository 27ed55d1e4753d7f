import type { NixStore } from './find-store.ts';

/**
 * The variables of every program of Nix that we start. The caller's own settings come first; what holds the wall around
 * builders comes last and is what counts.
 */
export function nixVariables(
  store: NixStore,
  host: Readonly<Record<string, string>>,
  { offline, isRoot, hasBuildUsers }: { offline: boolean; isRoot: boolean; hasBuildUsers: boolean },
): Readonly<Record<string, string>> {
  const passing = Object.entries(host).filter(([name]) => passes.test(name));
  const settings = [
    host.NIX_CONFIG ?? '',
    'sandbox = true',
    'sandbox-fallback = false',
    // Nix asks root for a group of users to build as, which a machine without a daemon has not.
    ...(store.kind === 'chroot' || (isRoot && !hasBuildUsers) ? ['build-users-group ='] : []),
    ...(offline ? ['substituters ='] : []),
  ];
  return {
    ...Object.fromEntries(passing),
    LANG: 'C.UTF-8',
    PATH: '/usr/bin:/bin',
    NIX_PATH: '',
    NIX_CONFIG: settings.join('\n'),
    ...(store.kind === 'daemon' ? { NIX_REMOTE: 'daemon' } : {}),
  };
}

/** The home is for the caller's own `nix.conf`; no expression sees it. */
const passes =
  /^(HOME|USER|LOGNAME|NIX_CONF_DIR|NIX_SSL_CERT_FILE|SSL_CERT_FILE|XDG_CONFIG_HOME|([a-z]+|[A-Z]+)_(proxy|PROXY))$/;
