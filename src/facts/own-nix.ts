import { lstatSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { canonicalJson } from '../base/canonical-json.ts';
import { failure, type Result, success } from '../base/result.ts';
import { sha256 } from '../host/project-key.ts';
import { readForeignText } from '../host/read-file.ts';
import { printable } from '../problem/problem.ts';
import type { NixFetch, OwnNix } from './facts.ts';
import { type FlakeInput, fetchesOfJson, fetchesOfText, inputsOfFlakeLock } from './nix-sources.ts';
import { isWithin, realPath } from './path-within.ts';
import { isSecretFile } from './secret-names.ts';

export interface OwnNixWish {
  readonly mountRoot: string;
  /** Relative to `mountRoot`. */
  readonly workspace: string;
  readonly kind: 'file' | 'flake';
  /** As the configuration names it, from the workspace: a file, or the folder of a flake. */
  readonly path: string;
  readonly shell: string | null;
}

const mostFiles = 64;
/** Of paths that look like ones, most of which lead nowhere. */
const mostNamed = 1000;
const mostBytes = 1024 * 1024;

/**
 * The project's own Nix environment as its files are now: the one that is named, and those that it names by a path in
 * words (`./nix/sources.nix`), and so on. An evaluation sees these and no other file of the project.
 */
export function readOwnNix({ mountRoot, workspace, kind, path, shell }: OwnNixWish): Result<OwnNix> {
  const named = normalize(join(workspace, path, kind === 'flake' ? 'flake.nix' : ''));
  const files = new Map<string, string>();
  const seen = new Set<string>();
  const open = [named, ...(kind === 'flake' ? [join(dirname(named), 'flake.lock')] : [])];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (files.size >= mostFiles || seen.size > mostNamed) return tooMany(join(mountRoot, named));
    const text = readFile(mountRoot, next, next === named);
    if (!text.ok) return text;
    if (text.value === null) continue;
    files.set(next, text.value);
    if (next.endsWith('.nix')) open.push(...pathsIn(text.value, next).flatMap((found) => fileOf(mountRoot, found)));
  }
  const lock = files.get(join(dirname(named), 'flake.lock'));
  const inputs = kind === 'flake' ? inputsOfLock(lock, join(mountRoot, dirname(named))) : success([]);
  if (!inputs.ok) return inputs;
  const sorted = [...files]
    .map(([at, text]) => ({ path: at, text }))
    .sort((left, right) => compare(left.path, right.path));
  const identity = sorted.map((file) => [file.path, sha256(file.text)]);
  return success({
    kind,
    path: named,
    shell: shell ?? (kind === 'flake' ? 'default' : null),
    files: sorted,
    fetches: unique([...inputs.value, ...(kind === 'flake' ? [] : sorted.flatMap(fetchesOf))]),
    inputs: inputs.value.map(({ node, url, narHash }) => ({ node, url, narHash })),
    sha256: sha256(canonicalJson([kind, named, shell, identity])),
  });
}

/** Text of a file below the mount root, reached by no link that leads out; `null`: none that an evaluation may see. */
function readFile(mountRoot: string, path: string, isNamed: boolean): Result<string | null> {
  const file = join(mountRoot, path);
  if (!isNamed && isSecretFile(basename(dirname(path)), basename(path))) return success(null);
  const real = realPath(file);
  if (!real.ok) return real;
  if (real.value === null) return isNamed ? missing(file) : success(null);
  if (!isWithin(real.value, mountRoot)) {
    return failure({
      code: 'refused',
      what: `${printable(file)} leads out of the project`,
      where: { file },
      why: 'a project must not choose which files of this machine are read',
      fix: 'Replace the symbolic link with a regular file.',
    });
  }
  const text = readForeignText(real.value, mostBytes);
  if (text.ok || isNamed) return text.ok && text.value === null ? missing(file) : text;
  // What is no text is nothing that an expression reads as one.
  return success(null);
}

function missing(file: string): Result<never> {
  return failure({
    code: 'config',
    what: `there is no ${printable(file)}, which the configuration names as the Nix environment`,
    where: { file },
    fix: 'Name the file as it lies below the workspace: `nix: {file: shell.nix}`, or `nix: {flake: .}`.',
  });
}

function tooMany(file: string): Result<never> {
  const what = `${printable(file)} names too many other files`;
  return failure({ code: 'config', what, where: { file }, fix: 'Name a file that needs fewer.' });
}

/** Paths in the words of an expression, from the mount root. One that is none does no harm: nothing is there. */
function pathsIn(text: string, file: string): readonly string[] {
  const found = text.matchAll(/(?<![\w./~$}-])\.{1,2}(?:\/[A-Za-z0-9._+-]+)+/g);
  return [...found].map(([path]) => normalize(join(dirname(file), path)));
}

function fileOf(mountRoot: string, path: string): readonly string[] {
  if (path.startsWith('..')) return [];
  const stat = lstatSync(join(mountRoot, path), { throwIfNoEntry: false });
  return stat?.isDirectory() === true ? [join(path, 'default.nix')] : [path];
}

function fetchesOf({ path, text }: { readonly path: string; readonly text: string }): readonly NixFetch[] {
  if (path.endsWith('.nix')) return fetchesOfText(text);
  if (basename(path) === 'flake.lock') return inputsOfFlakeLock(text) ?? [];
  return path.endsWith('.json') ? fetchesOfJson(text) : [];
}

function inputsOfLock(text: string | undefined, folder: string): Result<readonly FlakeInput[]> {
  const inputs = text === undefined ? null : inputsOfFlakeLock(text);
  if (inputs !== null) return success(inputs);
  const file = join(folder, 'flake.lock');
  const what = text === undefined ? `there is no ${printable(file)}` : `${printable(file)} is no lock of version 7`;
  const why = 'the inputs of a flake are used as its lock pins them, and no other way';
  return failure({ code: 'config', what, where: { file }, why, fix: 'Run `nix flake lock`, and commit the file.' });
}

function unique(fetches: readonly NixFetch[]): readonly NixFetch[] {
  const all = fetches.map(({ name, url, narHash }) => [`${narHash} ${name} ${url}`, { name, url, narHash }] as const);
  return [...new Map(all)].sort(([left], [right]) => compare(left, right)).map(([, fetch]) => fetch);
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
