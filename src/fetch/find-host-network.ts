import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { TomlTable } from '../facts/facts.ts';
import { stringAt } from '../toml/read-table.ts';

/** Files and sockets of the host without which the network does not work as it does outside. */
export interface HostNetwork {
  /** The bundle of certificates that the host trusts; a company's own is often in it. */
  readonly certificates: string | null;
  readonly resolver: string | null;
  readonly hosts: string | null;
  readonly sshAgent: string | null;
  /** Files with host keys that this user trusts, the user's own first. */
  readonly knownHosts: readonly string[];
}

/** Where distributions keep their bundle, the usual ones first. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

export function findHostNetwork(variables: Readonly<Record<string, string>>, userConfig: TomlTable): HostNetwork {
  const named = [
    variables.CARGO_HTTP_CAINFO,
    stringAt(userConfig, 'http', 'cainfo') ?? undefined,
    variables.SSL_CERT_FILE,
    variables.GIT_SSL_CAINFO,
  ];
  const home = variables.HOME;
  return {
    certificates: [...named, ...bundles].map(readableFile).find((path) => path !== null) ?? null,
    resolver: readableFile('/etc/resolv.conf'),
    hosts: readableFile('/etc/hosts'),
    sshAgent: socket(variables.SSH_AUTH_SOCK),
    knownHosts: [home === undefined ? undefined : join(home, '.ssh/known_hosts'), '/etc/ssh/ssh_known_hosts']
      .map(readableFile)
      .filter((path) => path !== null),
  };
}

/** The real path, since these are often links and a mount does not follow one into a box. */
function readableFile(path: string | undefined): string | null {
  if (path === undefined || !isAbsolute(path) || !existsSync(path)) return null;
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile() ? realpathSync(path) : null;
  } catch {
    return null;
  }
}

function socket(path: string | undefined): string | null {
  if (path === undefined || !isAbsolute(path)) return null;
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isSocket() ? path : null;
}
