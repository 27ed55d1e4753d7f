import { inside } from '../plan/box-plan.ts';

const proxies = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'];

/** Cargo's own settings of the network that may come from the host's environment. */
const settings = [
  'CARGO_HTTP_PROXY',
  'CARGO_HTTP_TIMEOUT',
  'CARGO_HTTP_CHECK_REVOKE',
  'CARGO_HTTP_SSL_VERSION',
  'CARGO_HTTP_LOW_SPEED_LIMIT',
  'CARGO_HTTP_MULTIPLEXING',
  'CARGO_HTTP_USER_AGENT',
  'CARGO_NET_RETRY',
  'CARGO_NET_GIT_FETCH_WITH_CLI',
  'CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS',
  'CARGO_RESOLVER_INCOMPATIBLE_PUBLISH_AGE',
  'CARGO_REGISTRY_GLOBAL_MIN_PUBLISH_AGE',
  // Lets a stable cargo take what only a nightly one does.
  'RUSTC_BOOTSTRAP',
];

export const insideFetchBox = {
  certificates: `${inside.base}/certificates.pem`,
  sshAgent: `${inside.base}/ssh-agent`,
  knownHosts: `${inside.home}/.ssh/known_hosts`,
} as const;

/**
 * For `net.git-fetch-with-cli`: git asks nobody, starts no helper, and trusts the host keys that the user trusts. No paths
 * either: it runs in a repository that lies among those of other projects.
 */
const gitCommandLine = {
  GIT_TERMINAL_PROMPT: '0',
  GIT_ALLOW_PROTOCOL: 'git:http:https:ssh',
  GIT_SSH_COMMAND: `ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile=${insideFetchBox.knownHosts}`,
} as const;

export interface FetchVariableOptions {
  readonly cargoHome: string;
  readonly certificates: boolean;
  readonly sshAgent: boolean;
  readonly offline: boolean;
  /** Columns of the terminal that shows the progress; `null` without one. */
  readonly progressColumns: number | null;
  readonly color: boolean;
}

/** The environment of the fetch box, made from nothing. Tokens are not in it: they come as a file. */
export function fetchVariables(
  host: Readonly<Record<string, string>>,
  ofRoot: Readonly<Record<string, string>>,
  options: FetchVariableOptions,
): Readonly<Record<string, string>> {
  const passing = Object.entries(host).filter(
    ([name]) => proxies.includes(name) || settings.includes(name) || /^CARGO_REGISTRIES_\w+_INDEX$/.test(name),
  );
  const certificates = insideFetchBox.certificates;
  return {
    ...Object.fromEntries(passing),
    LANG: 'C.UTF-8',
    HOME: inside.home,
    ...ofRoot,
    PATH: `${inside.toolchain}/bin:${ofRoot.PATH ?? '/usr/local/bin:/usr/bin:/bin'}`,
    TMPDIR: '/tmp',
    ...gitCommandLine,
    CARGO_HOME: options.cargoHome,
    CARGO_TERM_COLOR: options.color ? 'always' : 'never',
    ...(options.progressColumns === null
      ? {}
      : { CARGO_TERM_PROGRESS_WHEN: 'always', CARGO_TERM_PROGRESS_WIDTH: String(options.progressColumns) }),
    ...(options.offline ? { CARGO_NET_OFFLINE: 'true' } : {}),
    ...(options.certificates
      ? { CARGO_HTTP_CAINFO: certificates, SSL_CERT_FILE: certificates, GIT_SSL_CAINFO: certificates }
      : {}),
    ...(options.sshAgent ? { SSH_AUTH_SOCK: insideFetchBox.sshAgent } : {}),
  };
}
