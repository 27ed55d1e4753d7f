import { posix } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { moveFragment } from '../base/package-id.ts';
import { failure, type Result, success } from '../base/result.ts';
import { type Problem, printable } from '../problem/problem.ts';
import type { ConfigArgument } from './config-arguments.ts';
import { exportRefusal } from './export-directory.ts';
import type { HostPathOption } from './host-path-options.ts';
import { isWithin, type PathContext, type PlacedPath, placePath } from './place-path.ts';
import { type Piece, scanArguments } from './scan-arguments.ts';

/** A cargo command with its aliases followed: what `classifyCommand` gives, and the options before the command. */
export interface CommandLine {
  readonly name: string;
  readonly arguments: readonly string[];
  readonly globalArguments: readonly string[];
}

export interface TranslatedArguments {
  readonly arguments: readonly string[];
  readonly globalArguments: readonly string[];
  /** The manifest that `--manifest-path` names: absolute, real, on the host. */
  readonly manifestPath: string | null;
  /**
   * Where `--target-dir` wants the results: relative to the mount root. The option itself is taken out: cargo writes
   * to the target of the box, and the export goes to this folder in the place of target/boxed, laid out as cargo
   * would have done it (`DIR/debug/app`).
   */
  readonly exportDirectory: string | null;
  /** Folders that `input` options name: absolute, on the host, as written where that is in the project. */
  readonly inputs: readonly string[];
  /** What `--config` brings, in the order in which cargo reads it. */
  readonly written: readonly ConfigArgument[];
}

/**
 * Rewrites the host's paths among a command's arguments to what they are in the box, or refuses them. `--config` is taken
 * out where cargo shall have no configuration but ours, which then holds what of it is allowed.
 */
export function translateArguments(
  line: CommandLine,
  context: PathContext,
  configuration: 'kept' | 'taken-out' = 'kept',
): Result<TranslatedArguments> {
  const none = { problems: [], inputs: [], written: [], manifestPath: null, exportDirectory: null };
  const state: State = { context, configuration, ...none };
  const translate = (pieces: readonly Piece[]) => pieces.flatMap((piece) => translatePiece(piece, state));
  const globalArguments = translate(scanGlobals(line.globalArguments));
  const translated = translate(scanArguments(line.name, line.arguments));
  if (state.problems.length > 0) return failure(...state.problems);
  const { manifestPath, exportDirectory, inputs, written } = state;
  return success({ arguments: translated, globalArguments, manifestPath, exportDirectory, inputs, written });
}

/**
 * The manifest that the arguments name, as written: what has to be known before there is a project to translate
 * paths for.
 */
export function writtenManifestPath(name: string, words: readonly string[]): string | null {
  const pieces = scanArguments(name, words);
  const found = pieces.find((piece) => piece.kind === 'path' && piece.option.meaning === 'manifest');
  return found?.kind === 'path' && found.value !== '' ? found.value : null;
}

interface State {
  readonly context: PathContext;
  readonly problems: Problem[];
  readonly inputs: string[];
  readonly written: ConfigArgument[];
  readonly configuration: 'kept' | 'taken-out';
  manifestPath: string | null;
  exportDirectory: string | null;
}

/** Before the command only `--config` can have a path, and every value is a word of its own. */
function scanGlobals(words: readonly string[]): readonly Piece[] {
  return scanArguments('help', words);
}

function translatePiece(piece: Piece, state: State): readonly string[] {
  if (piece.kind === 'words') return piece.words;
  const { context } = state;
  if (piece.kind === 'operand') {
    const placed = placePath(piece.value, context);
    if (placed.place === 'project') return [placed.written];
    state.problems.push(
      outside(printable(piece.value, 200), placed, context, 'Name the folder around it with `-C DIR`.'),
    );
    return [];
  }
  const { option, value, write } = piece;
  const writeConfig = (argument: ConfigArgument, shown: string) => {
    state.written.push(argument);
    return state.configuration === 'kept' ? write(shown) : [];
  };
  const shown = printable(write(value).join(' '), 200);
  if (option.refusal !== undefined) {
    state.problems.push(refused(`\`${shown}\` does not work in a box`, option.refusal.why, option.refusal.fix));
    return [];
  }
  // Cargo has its own words for a path that is empty.
  if (value === '') return write(value);
  if (option.meaning === 'config' && isKeyValue(value, context))
    return writeConfig({ kind: 'text', text: value }, withPathsInside(value, context));
  if (option.meaning === 'package') return write(packageInside(value, context));
  const placed = placePath(value, context);
  if (option.meaning === 'input') {
    const written = placeInput(value, placed, state);
    if (written !== null) return write(written);
  }
  if (placed.place === 'outside') {
    state.problems.push(outside(shown, placed, context, fixes[option.meaning] ?? ''));
    return [];
  }
  if (option.meaning === 'export') {
    const problem = exportRefusal(shown, placed.relative, context);
    if (problem === null) state.exportDirectory = placed.relative;
    else state.problems.push(problem);
    return [];
  }
  if (option.meaning === 'config') return writeConfig({ kind: 'file', file: placed.hostPath }, placed.written);
  if (option.meaning === 'manifest') state.manifestPath = placed.hostPath;
  return write(placed.written);
}

/** A package of the project by its ID, as cargo calls it in the box; all else as it is written. */
function packageInside(value: string, context: PathContext): string {
  const [, scheme, path, fragment = ''] = /^((?:path\+)?file:\/\/)(\/[^#?]*)(#.*)?$/.exec(value) ?? [];
  if (scheme === undefined || path === undefined) return value;
  const folder = folderOf(`file://${path}`);
  const placed = folder === null ? null : placePath(folder, context);
  if (folder === null || placed?.place !== 'project') return value;
  const there = posix.basename(placed.written);
  return `${scheme}${pathToFileURL(placed.written).pathname}${moveFragment(fragment, posix.basename(folder), there)}`;
}

/** `null`: the URL has something in it that is no path. */
function folderOf(url: string): string | null {
  try {
    return fileURLToPath(url);
  } catch {
    return null;
  }
}

/** The rule is cargo's: what exists is a file, all else is KEY=VALUE. */
function isKeyValue(value: string, context: PathContext): boolean {
  return context.realPath(absolute(value, context)) === null;
}

/** TOML's strings of one line, without escapes: a path with one is left as it is. */
const tomlString = /"(\/[^"\\\n]*)"|'(\/[^'\n]*)'/g;

/** Absolute paths of the project in KEY=VALUE; others may be there in the box under the same name, or nowhere. */
function withPathsInside(text: string, context: PathContext): string {
  const at = text.indexOf('=') + 1;
  const value = text.slice(at).replace(tomlString, (string, basic?: string, literal?: string) => {
    const path = basic ?? literal ?? '';
    const placed = placePath(path, context);
    return placed.place === 'project' ? JSON.stringify(placed.written) : string;
  });
  return text.slice(0, at) + value;
}

const fixes: Partial<Record<HostPathOption['meaning'], string>> = {
  manifest: 'Run it in that project, or name the project with `-C DIR` before the command.',
  config: 'Put the file into the project, or write the values as `--config KEY=VALUE`.',
  input: 'Put the crate into the repository; or, where it lies beside it, write the dependency by hand and grant it.',
  export:
    'Leave it out, and find the results in target/boxed; or name a folder of the project, like `target/boxed-ci`.',
};

/** What to write for a folder that cargo reads: one of the project, or one beside it that was granted. */
function placeInput(value: string, placed: PlacedPath, { context, inputs }: State): string | null {
  const { hostPath } = placed;
  const lexical = posix.resolve(context.currentDirectory, value);
  if (placed.place === 'project') {
    inputs.push(isWithin(lexical, context.mountRoot) ? lexical : hostPath);
    return placed.written;
  }
  const beside = context.beside.find(({ folder }) => isWithin(hostPath, folder));
  if (beside === undefined) return null;
  inputs.push(hostPath);
  return posix.join(context.insideProject, beside.path, posix.relative(beside.folder, hostPath));
}

function absolute(value: string, context: PathContext): string {
  return value.startsWith('/') ? value : `${context.currentDirectory}/${value}`;
}

function outside(shown: string, placed: PlacedPath, context: PathContext, fix: string): Problem {
  const where = printable(placed.hostPath, 200);
  const why = `the box sees ${printable(context.mountRoot, 200)} and nothing else of this machine, but this is ${where}`;
  return refused(`\`${shown}\` leads out of the project`, why, fix);
}

function refused(what: string, why: string, fix: string): Problem {
  return { code: 'refused', what, why, fix };
}
