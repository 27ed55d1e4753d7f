import { existsSync, lstatSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '../../base/result.ts';
import { checkNix } from './check-nix.ts';
import { expressionInside } from './evaluation-box.ts';
import { explainNix, missingName } from './explain-failure.ts';
import { expressionFolder } from './expression.ts';
import { storeRoot } from './find-store.ts';
import type { NixHost } from './nix-host.ts';
import { readVariables } from './read-variables.ts';
import { runBoxed, runPlain } from './run-nix.ts';
import { type NixWish, specification } from './specification.ts';

/** An environment in the store. */
export interface BuiltEnvironment {
  /** `/nix/store/<hash>-cargo-boxed-environment`, as Nix names it wherever the store is. */
  readonly path: string;
  /** Every path that it needs, itself included, sorted. */
  readonly closure: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
}

const storePath = /^\/nix\/store\/[0-9a-df-np-sv-z]{32}-[A-Za-z0-9+._?=-]{1,200}$/;
const fetchMs = 15 * 60 * 1000;

/** Builds what is wished, in Nix's own sandbox; what is built or known already is not done again. */
export async function buildEnvironment(host: NixHost, wish: NixWish): Promise<Result<BuiltEnvironment>> {
  const specified = specification(wish);
  if (!specified.ok) return specified;
  const checked = await checkNix(host);
  if (!checked.ok) return checked;
  const fetched = await fetchSource(host, wish);
  if (!fetched.ok) return fetched;
  host.onProgress('Evaluating the Nix environment');
  const derivation = await evaluate(host, specified.value);
  if (!derivation.ok) return derivation;
  const link = join(host.scratch, 'environment');
  rmSync(link, { force: true });
  const built = await runPlain(host, [
    host.programs.store,
    '--realise',
    derivation.value,
    '--add-root',
    link,
    '--indirect',
  ]);
  if (built.status !== 0) return failure(explainNix('build', built));
  const path = readlinkSync(link).slice(-storePathLength(readlinkSync(link)));
  const listed = await runPlain(host, [host.programs.store, '--query', '--requisites', path]);
  if (listed.status !== 0) return failure(explainNix('build', listed));
  const closure = listed.stdout
    .split('\n')
    .filter((line) => line !== '')
    .sort();
  const odd = closure.find((line) => !storePath.test(line));
  if (odd !== undefined || !closure.includes(path)) throw new Error('Nix named what is no path of a store');
  const dump = join(storeRoot(host.store), path, 'variables');
  if (!lstatSync(dump).isFile()) throw new Error('the environment has no variables');
  return success({ path, closure, variables: readVariables(readFileSync(dump, 'utf8')) });
}

/** The link of a root names the path as it is inside of the store, or as it is on this machine. */
function storePathLength(target: string): number {
  return target.length - target.lastIndexOf('/nix/store/');
}

/** The only step with a network of ours: it gets a pin, checks its sum, and evaluates nothing. */
async function fetchSource(host: NixHost, { nixpkgs }: NixWish): Promise<Result<true>> {
  const argv = [host.programs.prefetch, '--unpack', '--name', 'source', nixpkgs.url, nixpkgs.narHash];
  host.onProgress('Fetching nixpkgs');
  const ended = await runBoxed(host, argv, {
    network: host.offline ? 'none' : 'host',
    read: localFile(nixpkgs.url),
    timeMs: fetchMs,
  });
  return ended.status === 0 ? success(true) : failure(explainNix('fetch', ended));
}

/** What a `file:` URL names, to be shown to who fetches it; what is in the store is not looked for elsewhere. */
export function localFile(url: string): readonly string[] {
  const path = url.startsWith('file:///') ? url.slice('file://'.length) : null;
  return path !== null && existsSync(path) ? [path] : [];
}

async function evaluate(host: NixHost, spec: string): Promise<Result<string>> {
  const ended = await instantiate(host, ['--attr', 'environment'], spec);
  if (ended.status !== 0) {
    const names = missingName(ended.said) === null ? [] : await attributeNames(host, spec);
    return failure(explainNix('evaluate', ended, names));
  }
  const derivation = ended.stdout.trim();
  if (!storePath.test(derivation) || !derivation.endsWith('.drv')) return failure(explainNix('evaluate', ended));
  return success(derivation);
}

/** Restricted: it reads our expression and the store, and gets nothing that it cannot name by a sum. */
function instantiate(host: NixHost, words: readonly string[], spec: string) {
  const options = [
    ...['--option', 'restrict-eval', 'true', '--option', 'allow-import-from-derivation', 'false'],
    // A pin that is there already is asked for by its URL all the same.
    ...['--option', 'allowed-uris', JSON.parse(spec).nixpkgs.url as string],
    ...['-I', `boxed=${expressionInside}`],
  ];
  const argv = [
    host.programs.instantiate,
    `${expressionInside}/environment.nix`,
    ...words,
    '--argstr',
    'spec',
    spec,
    ...options,
  ];
  return runBoxed(host, argv, { network: 'none', expression: expressionFolder(), timeMs: host.timeMs });
}

async function attributeNames(host: NixHost, spec: string): Promise<readonly string[]> {
  const without = JSON.stringify({ ...JSON.parse(spec), layers: [], packages: [] });
  const ended = await instantiate(host, ['--eval', '--strict', '--json', '--attr', 'names'], without);
  try {
    const names: unknown = JSON.parse(ended.stdout);
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}
