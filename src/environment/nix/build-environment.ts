import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { failure, type Result, success } from '../../base/result.ts';
import type { NixFetch, OwnNix } from '../../facts/facts.ts';
import type { NixSource } from '../../lock/pins.ts';
import { type Problem, printable } from '../../problem/problem.ts';
import { checkNix } from './check-nix.ts';
import { expressionInside, projectInside } from './evaluation-box.ts';
import { explainNix, missingName } from './explain-failure.ts';
import { explainOwn, missingOwnName } from './explain-own.ts';
import {
  explainToolchain,
  type MissingToolchain,
  missingOfToolchain,
  type ToolchainNames,
} from './explain-toolchain.ts';
import { expressionFolder } from './expression.ts';
import { storeRoot } from './find-store.ts';
import { judgeFetches } from './judge-fetches.ts';
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
  /** Of the toolchain that was wished, its version and its name in the store; `null`: none was. */
  readonly toolchain: { readonly version: string; readonly output: string } | null;
}

const storePath = /^\/nix\/store\/[0-9a-df-np-sv-z]{32}-[A-Za-z0-9+._?=-]{1,200}$/;
const fetchMs = 15 * 60 * 1000;

/** Builds what is wished, in Nix's own sandbox; what is built or known already is not done again. */
export async function buildEnvironment(host: NixHost, wish: NixWish): Promise<Result<BuiltEnvironment>> {
  const derivation = await evaluateEnvironment(host, wish);
  if (!derivation.ok) return derivation;
  if (wish.own !== null) {
    const judged = await judgeFetches(host, wish.own, derivation.value);
    if (!judged.ok) return judged;
  }
  const link = join(host.scratch, 'environment');
  rmSync(link, { force: true });
  const built = await runPlain(host, [
    host.programs.store,
    '--realise',
    derivation.value,
    '--add-root',
    link,
    '--indirect',
    // What a cache does not give after all is not built in the place of it: it may have a network, and was not judged.
    ...(wish.own === null ? [] : ['--option', 'fallback', 'false']),
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
  const toolchain = wish.toolchain === null ? null : readToolchain(join(storeRoot(host.store), path, 'toolchain'));
  if (toolchain !== null && !closure.includes(`/nix/store/${toolchain.output}`))
    throw new Error('the environment does not have its toolchain');
  return success({ path, closure, variables: readVariables(readFileSync(dump, 'utf8')), toolchain });
}

/** Fetches the pins and evaluates; the derivation of what is wished, of which nothing is built. */
export async function evaluateEnvironment(host: NixHost, wish: NixWish): Promise<Result<string>> {
  const specified = specification(wish);
  if (!specified.ok) return specified;
  const checked = await checkNix(host);
  if (!checked.ok) return checked;
  const fetched = await fetchSources(host, wish);
  if (!fetched.ok) return fetched;
  host.onProgress('Evaluating the Nix environment');
  return evaluate(host, specified.value, wish);
}

/** Two lines: its path and its version. */
function readToolchain(file: string): NonNullable<BuiltEnvironment['toolchain']> {
  const [path = '', version = ''] = lstatSync(file).isFile() ? readFileSync(file, 'utf8').split('\n') : [];
  if (!storePath.test(path) || !/^[0-9A-Za-z][0-9A-Za-z.+-]{0,99}$/.test(version))
    throw new Error('the toolchain of the environment does not say what it is');
  return { version, output: path.slice('/nix/store/'.length) };
}

/** The link of a root names the path as it is inside of the store, or as it is on this machine. */
function storePathLength(target: string): number {
  return target.length - target.lastIndexOf('/nix/store/');
}

/** The only step with a network of ours: it gets pins, checks their sums, and evaluates nothing. */
async function fetchSources(host: NixHost, { nixpkgs, toolchain, own }: NixWish): Promise<Result<true>> {
  const pinned = { nixpkgs, ...(toolchain === null ? {} : { 'rust-overlay': toolchain.overlay }) };
  for (const [name, source] of Object.entries(pinned)) {
    host.onProgress(`Fetching ${name}`);
    const got = await fetchSource(host, { name: 'source', ...source }, localFile(source.url));
    if (!got.ok) return failure(...got.problems.map((problem) => ofPin(problem, name, source)));
  }
  for (const fetch of own?.fetches ?? []) {
    // No project says which file of this machine is read: such a one is taken if the store has it.
    if (fetch.url.startsWith('file:') || (fetch.narHash === nixpkgs.narHash && fetch.name === 'source')) continue;
    host.onProgress(`Fetching ${printable(fetch.url, 100)}`);
    const more = await fetchSource(host, fetch, []);
    if (!more.ok)
      return failure(...more.problems.map((problem) => ofOwn(problem, fetch, join(host.project, own?.path ?? ''))));
  }
  return success(true);
}

function ofPin(problem: Problem, name: string, { url }: NixSource): Problem {
  if (problem.code !== 'checksum-mismatch') return problem;
  const what = `${printable(url)} is not what cargo-boxed.lock pins`;
  return { ...problem, what, fix: `Run \`cargo-boxed lock --update ${name}\` if it is meant to have changed.` };
}

function ofOwn(problem: Problem, { url, narHash }: NixFetch, file: string): Problem {
  if (problem.code !== 'checksum-mismatch') return { ...problem, where: { file } };
  return {
    ...{ code: 'checksum-mismatch', what: `${printable(url)} is not what the project says`, where: { file } },
    ...{ why: `its sum is not ${narHash}`, fix: 'Correct the sum there, if you know that the address is right.' },
  };
}

async function fetchSource(
  host: NixHost,
  { name, url, narHash }: NixFetch,
  read: readonly string[],
): Promise<Result<true>> {
  const argv = [host.programs.prefetch, '--unpack', '--name', name, url, narHash];
  const ended = await runBoxed(host, argv, { network: host.offline ? 'none' : 'host', read, timeMs: fetchMs });
  return ended.status === 0 ? success(true) : failure(explainNix('fetch', ended));
}

/** What a `file:` URL names, to be shown to who fetches it; what is in the store is not looked for elsewhere. */
export function localFile(url: string): readonly string[] {
  const path = url.startsWith('file:///') ? url.slice('file://'.length) : null;
  return path !== null && existsSync(path) ? [path] : [];
}

async function evaluate(host: NixHost, spec: string, { own, toolchain }: NixWish): Promise<Result<string>> {
  const trace = own === null ? [] : ['--show-trace'];
  const ended = await instantiate(host, ['--attr', 'environment', ...trace], spec, own);
  const derivation = ended.stdout.trim();
  if (ended.status === 0 && storePath.test(derivation) && derivation.endsWith('.drv')) return success(derivation);
  const missing = toolchain === null ? null : missingOfToolchain(ended.said);
  if (missing !== null && toolchain !== null)
    return failure(explainToolchain(missing, toolchain, await toolchainNames(host, spec, missing)));
  if (own === null) {
    const names = missingName(ended.said) === null ? [] : await attributeNames(host, spec);
    return failure(explainNix('evaluate', ended, names));
  }
  const isMissing = missingName(ended.said) !== null || missingOwnName(ended.said) !== null;
  const names = isMissing ? await attributeNames(host, spec) : [];
  return failure(explainOwn(ended, { ...own, folder: host.project }, names));
}

/** Restricted: it reads our expression and the store, and gets nothing that it cannot name by a sum. */
function instantiate(host: NixHost, words: readonly string[], spec: string, own: OwnNix | null) {
  const { nixpkgs, toolchain } = JSON.parse(spec) as Pick<NixWish, 'nixpkgs' | 'toolchain'>;
  const overlay = toolchain === null ? [] : [toolchain.overlay.url];
  const addresses = [nixpkgs.url, ...overlay, ...(own?.fetches ?? []).map(({ url }) => url)];
  const options = [
    ...['--option', 'restrict-eval', 'true', '--option', 'allow-import-from-derivation', 'false'],
    ...['--option', 'allow-unsafe-native-code-during-evaluation', 'false'],
    // A pin that is there already is asked for by its URL all the same.
    ...['--option', 'allowed-uris', addresses.join(' ')],
    ...['-I', `boxed=${expressionInside}`],
    ...(own === null ? [] : ['-I', `project=${projectInside}`]),
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
  const project = own === null ? null : layOut(host, own);
  return runBoxed(host, argv, { network: 'none', expression: expressionFolder(), project, timeMs: host.timeMs });
}

/** Copies what was read and granted: an evaluation sees these bytes, whatever becomes of the project meanwhile. */
function layOut(host: NixHost, { files }: OwnNix): string {
  const folder = join(host.scratch, 'project');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  for (const { path, text } of files) {
    mkdirSync(join(folder, dirname(path)), { recursive: true, mode: 0o755 });
    writeFileSync(join(folder, path), text, { mode: 0o644 });
  }
  return folder;
}

/** The names that `attribute` comes to, whatever is wished beside the toolchain; an empty value: none that can be had. */
async function namesOf(host: NixHost, spec: string, attribute: string): Promise<unknown> {
  const without = JSON.stringify({ ...JSON.parse(spec), layers: [], packages: [], own: null });
  const ended = await instantiate(host, ['--eval', '--strict', '--json', '--attr', attribute], without, null);
  try {
    return JSON.parse(ended.stdout);
  } catch {
    return null;
  }
}

async function attributeNames(host: NixHost, spec: string): Promise<readonly string[]> {
  return strings(await namesOf(host, spec, 'names'));
}

async function toolchainNames(host: NixHost, spec: string, { kind }: MissingToolchain): Promise<ToolchainNames> {
  const names = await namesOf(host, spec, `toolchains.${kind === 'release' ? 'releases' : 'parts'}`);
  const entries = typeof names === 'object' && names !== null ? Object.entries(names) : [];
  return Object.fromEntries(entries.map(([name, list]) => [name, strings(list)]));
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
