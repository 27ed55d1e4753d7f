import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { rootCertificates } from 'node:tls';
import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import { jsonText, parseJson } from '../base/json-value.ts';
import { failure, type Result, success } from '../base/result.ts';
import { printable } from '../problem/problem.ts';
import { registryFailed, registryRefused } from './explain-registry.ts';
import type { RegistryLogin } from './plain-login.ts';
import { type Challenge, readChallenge } from './read-challenge.ts';
import type { RegistryPlace } from './registry-place.ts';
import type { RegistryReply } from './registry-reply.ts';

/** What is known of the way to a registry. */
export interface RegistryAccess {
  readonly place: RegistryPlace;
  readonly login: RegistryLogin | null;
  /** File with the certificates that this host trusts, beside Node's own; `null`: those alone. */
  readonly certificates: string | null;
  /** Of the user: proxies. */
  readonly variables: Readonly<Record<string, string>>;
  readonly interrupted: AbortSignal;
}

export interface RegistryRequest {
  readonly headers?: Readonly<Record<string, string>>;
  /** Made anew for each try. */
  readonly body?: () => Readable | string;
}

/** The repository of one place. Answers with a status are answers; what is a failure is that there is none. */
export interface RegistryClient {
  /** `target`: below the repository, or the whole address that the registry gave. */
  ask(method: 'GET' | 'HEAD' | 'POST' | 'PUT', target: string, more?: RegistryRequest): Promise<Result<RegistryReply>>;
  close(): Promise<void>;
}

type Bearer = Extract<Challenge, { readonly kind: 'bearer' }>;

const mostAnswerBytes = 4 * 1024 * 1024;
const silenceMs = 60_000;
const mostRedirects = 5;

/** Opens nothing yet: the first question does. `scope`: what a token is asked for. */
export function registryClient(access: RegistryAccess, scope: 'pull' | 'pull,push'): RegistryClient {
  const { place, login, interrupted } = access;
  const agent = agentOf(access);
  const base = new URL(`${place.scheme}://${place.host}/v2/${place.path}/`);
  let authorization: string | null = null;

  const send = async (
    method: string,
    url: URL,
    headers: Readonly<Record<string, string>>,
    body: Readable | string | null,
  ): Promise<RegistryReply> => {
    const answer = await request(url, {
      method: method as Dispatcher.HttpMethod,
      headers: { 'user-agent': 'cargo-boxed', ...headers },
      body,
      dispatcher: agent,
      headersTimeout: silenceMs,
      bodyTimeout: silenceMs,
      signal: interrupted,
    });
    return { status: answer.statusCode, headers: answer.headers, body: await readBody(answer.body) };
  };

  const once = async (method: string, url: URL, { headers, body }: RegistryRequest): Promise<RegistryReply> => {
    // A login is for the registry, and for nobody that it sends us to.
    const own = url.origin === base.origin && authorization !== null ? { authorization } : {};
    return send(method, url, { ...headers, ...own }, body?.() ?? null);
  };

  const followed = async (method: string, first: URL, more: RegistryRequest): Promise<RegistryReply> => {
    let url = first;
    for (let step = 0; ; step++) {
      const reply = await once(method, url, more);
      const location = reply.headers.location;
      const moved = method === 'GET' && reply.status >= 301 && reply.status <= 308 && typeof location === 'string';
      if (!moved || step === mostRedirects) return reply;
      url = safeAddress(location, url, base);
    }
  };

  const authorize = async (challenge: string): Promise<boolean> => {
    const wanted = readChallenge(challenge);
    if (wanted === null) return false;
    const known = basicOf(login);
    authorization = wanted.kind === 'basic' ? known : await tokenFor(wanted, known);
    return authorization !== null;
  };

  /** Asks whom the registry names for a token, with our login where there is one. */
  const tokenFor = async ({ realm, service, scope: own }: Bearer, known: string | null): Promise<string | null> => {
    const url = safeAddress(realm, base, base);
    if (service !== null) url.searchParams.set('service', service);
    url.searchParams.set('scope', own ?? `repository:${place.path}:${scope}`);
    const { status, body } = await send('GET', url, known === null ? {} : { authorization: known }, null);
    const said = parseJson(body);
    const token = jsonText(said, 'token') ?? jsonText(said, 'access_token');
    return status !== 200 || token === null || /[^!-~]/.test(token) ? null : `Bearer ${token}`;
  };

  return {
    ask: async (method, target, more = {}) => {
      try {
        const url = safeAddress(target, base, base);
        const first = await followed(method, url, more);
        if (first.status !== 401) return success(first);
        const refused = registryRefused(place, login === null ? 'no login' : 'login');
        if (!(await authorize(String(first.headers['www-authenticate'] ?? '')))) return failure(refused);
        const second = await followed(method, url, more);
        return second.status === 401 || second.status === 403 ? failure(refused) : success(second);
      } catch (error) {
        return failure(registryFailed(place, error));
      }
    },
    close: () => agent.destroy(),
  };
}

function basicOf(login: RegistryLogin | null): string | null {
  return login === null ? null : `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
}

/** Only where the wall of TLS stands as well as for the registry itself. */
function safeAddress(text: string, from: URL, base: URL): URL {
  const url = new URL(text, from);
  const isSafe =
    url.protocol === 'https:' ||
    (url.protocol === 'http:' && base.protocol === 'http:' && url.hostname === base.hostname);
  if (!isSafe) throw new Error(`it names an address without TLS: ${printable(url.origin, 120)}`);
  return url;
}

function agentOf({ place, certificates, variables }: RegistryAccess): Dispatcher {
  const connect = { timeout: 15_000, ...(certificates === null ? {} : { ca: trusted(certificates) }) };
  if (place.scheme === 'http') return new Agent({ connect });
  const through = { connect, requestTls: connect };
  return new EnvHttpProxyAgent({
    ...through,
    httpProxy: variables.http_proxy ?? variables.HTTP_PROXY ?? '',
    httpsProxy: variables.https_proxy ?? variables.HTTPS_PROXY ?? '',
    noProxy: variables.no_proxy ?? variables.NO_PROXY ?? '',
  });
}

function trusted(file: string): string[] {
  return [...rootCertificates, readFileSync(file, 'utf8')];
}

async function readBody(stream: Readable): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of stream) {
    size += (piece as Buffer).length;
    if (size > mostAnswerBytes) throw new Error('its answer is larger than 4 MiB');
    pieces.push(piece as Buffer);
  }
  return Buffer.concat(pieces).toString('utf8');
}
