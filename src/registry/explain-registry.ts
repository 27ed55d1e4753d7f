import { jsonList, jsonText, parseJson } from '../base/json-value.ts';
import { type Problem, printable } from '../problem/problem.ts';
import type { RegistryPlace } from './registry-place.ts';
import type { RegistryReply } from './registry-reply.ts';

/** Codes of Node and undici, in words, and what helps. */
const reasons: Readonly<Record<string, readonly [why: string, fix: string]>> = {
  ECONNREFUSED: ['nothing listens there', 'Check the host and the port.'],
  ENOTFOUND: ['there is no host of that name', 'Check the name.'],
  EAI_AGAIN: ['the name could not be looked up', 'Check the network of this machine.'],
  ECONNRESET: ['it broke the connection off', 'Try again.'],
  EPIPE: ['it broke the connection off', 'Try again.'],
  UND_ERR_SOCKET: ['it broke the connection off', 'Try again.'],
  UND_ERR_CONNECT_TIMEOUT: ['it did not answer in 15 s', 'Check the network, and HTTPS_PROXY.'],
  UND_ERR_HEADERS_TIMEOUT: ['it was silent for 60 s', 'Try again.'],
  UND_ERR_BODY_TIMEOUT: ['it was silent for 60 s', 'Try again.'],
  ERR_SSL_WRONG_VERSION_NUMBER: [
    'it speaks no TLS, and only a registry on this machine may do without',
    'Put TLS in front of it: what goes there goes by digest, and the login does not.',
  ],
  EPROTO: ['it speaks no TLS that is understood here', 'Check the port.'],
  CERT_HAS_EXPIRED: ['its certificate has expired', 'Check the clock of this machine, or renew the certificate.'],
};
const unknownIssuer: readonly [string, string] = [
  'its certificate is signed by nobody that this machine trusts',
  "Add the authority to the host's certificates, or name its file in SSL_CERT_FILE.",
];

/** There was no answer. */
export function registryFailed({ host }: RegistryPlace, error: unknown): Problem {
  const code = codeOf(error);
  const isForeign = code !== null && /SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code);
  const known = code === null ? undefined : isForeign ? unknownIssuer : reasons[code];
  const [why, fix] = known ?? [
    error instanceof Error ? printable(error.message, 200) : 'no reason given',
    'Try again.',
  ];
  return { code: 'registry-failed', what: `the registry ${printable(host)} cannot be used`, why, fix };
}

function codeOf(error: unknown): string | null {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === 'string') return code;
  const cause = (error as { cause?: unknown } | null)?.cause;
  return cause === undefined || cause === null ? null : codeOf(cause);
}

export function registryRefused({ host, path }: RegistryPlace, had: 'login' | 'no login'): Problem {
  return {
    code: 'registry-failed',
    what: `the registry ${printable(host)} does not let us at ${printable(path)}`,
    why: had === 'login' ? "it does not take the login of docker's configuration" : 'there is no login for it',
    fix: `Run \`docker login ${printable(host)}\`.`,
  };
}

/** It answered, and not as it should: with its own words, where it has any. */
export function registryAnswered({ host }: RegistryPlace, doing: string, { status, body }: RegistryReply): Problem {
  const said = jsonList(parseJson(body), 'errors')
    .flatMap((error) => jsonText(error, 'message') ?? jsonText(error, 'code') ?? [])
    .join('; ');
  return {
    code: 'registry-failed',
    what: `the registry ${printable(host)} failed ${doing}`,
    why: `it answered ${status}${said === '' ? '' : `: ${printable(said, 200)}`}`,
    fix: status === 404 ? 'Check the name.' : 'Check that the name may be written to, then try again.',
  };
}
