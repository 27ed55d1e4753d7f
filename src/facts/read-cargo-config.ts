import { dirname, join, resolve } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import type { ConfigArgument } from '../invocation/config-arguments.ts';
import { printable } from '../problem/problem.ts';
import { locateValue } from '../toml/locate-value.ts';
import { parseToml } from '../toml/parse.ts';
import { emptyTable, isTable, stringAt, stringsAt, tableAt, valueAt } from '../toml/read-table.ts';
import type { CargoConfigFacts, TomlTable } from './facts.ts';
import { mergeCargoConfig } from './merge-cargo-config.ts';
import { pathPatches } from './path-dependencies.ts';
import { isWithin, realPath } from './path-within.ts';
import type { ConfiguredPath } from './read-manifests.ts';
import { readOwnText, readProjectText } from './read-project-text.ts';
import { rebaseConfig } from './rebase-config.ts';

/** One configuration file, before it is merged with others. */
export interface CargoConfigFile {
  readonly file: string;
  readonly text: string;
  readonly content: TomlTable;
  /** What its paths count from; the folder that holds `.cargo` unless given. */
  readonly base?: string;
}

export interface ProjectCargoConfig {
  readonly merged: TomlTable;
  /** Nearest first; what a file includes stands after it. */
  readonly files: readonly CargoConfigFile[];
  /** From the command line. */
  readonly written: readonly CargoConfigFile[];
}

type ReadText = (file: string) => Result<string | null>;

/** Stands for the file where the command line itself is the place. */
export const configOption = '--config';

const maximumIncludes = 64;
/** Of all files together, before the last one: links can make one large file many. */
const maximumCharacters = 2 * 1024 * 1024;

/**
 * The configuration files of the project, from the current folder up to `mountRoot`; parents of that are not its own.
 * What the command line says goes before all of them.
 */
export function readProjectCargoConfig(
  current: string,
  mountRoot: string,
  written: ConfigOfLine = { arguments: [], directory: current, home: current },
): Result<ProjectCargoConfig> {
  const readText: ReadText = (file) => {
    const folder = realPath(dirname(file));
    if (!folder.ok || folder.value === null) return folder as Result<null>;
    if (isWithin(folder.value, mountRoot)) return readProjectText(file, mountRoot, 'config');
    return failure({
      code: 'refused',
      what: `${printable(file)} lies outside of the project`,
      where: { file },
      why: 'a link or an include of the project leads there, and a project must not choose which files are read',
      fix: 'Keep the configuration inside of the project.',
    });
  };
  const files: CargoConfigFile[] = [];
  let merged: TomlTable = emptyTable;
  for (let folder = current; isWithin(folder, mountRoot); folder = dirname(folder)) {
    const one = readConfigFolder(join(folder, '.cargo'), readText, files);
    if (!one.ok) return one;
    merged = mergeCargoConfig(merged, one.value);
    if (folder === dirname(folder)) break;
  }
  const home = files[0] === undefined ? written.home : dirname(dirname(files[0].file));
  const fromLine: CargoConfigFile[] = [];
  for (const argument of written.arguments) {
    const one = readWritten(argument, written.directory, readText);
    if (!one.ok) return one;
    if (one.value === null) continue;
    fromLine.push(one.value);
    merged = mergeCargoConfig(rebaseConfig(one.value.content, one.value.base ?? home, home, mountRoot), merged);
  }
  return success({ merged, files, written: fromLine });
}

export interface ConfigOfLine {
  /** In the order of the command line. */
  readonly arguments: readonly ConfigArgument[];
  /** Where the command was started: paths in KEY=VALUE count from there. */
  readonly directory: string;
  /** Where the project's configuration stands when it has none: what is merged counts from there. */
  readonly home: string;
}

/** What is not TOML is left to cargo, which has its own words for it: `null`. */
function readWritten(argument: ConfigArgument, directory: string, readText: ReadText): Result<CargoConfigFile | null> {
  if (argument.kind === 'file') {
    const content = readConfigFile(argument.file, readText, [], []);
    if (!content.ok || content.value === null) return content as Result<null>;
    const base = dirname(dirname(argument.file));
    return success({ file: argument.file, text: '', content: content.value, base });
  }
  const parsed = parseToml(argument.text, configOption, { code: 'config' });
  return success(
    parsed.ok ? { file: configOption, text: argument.text, content: parsed.value, base: directory } : null,
  );
}

/** The user's own configuration: trusted, so links and includes are followed wherever they lead. */
export function readUserCargoConfig(cargoHome: string): Result<TomlTable> {
  return readConfigFolder(cargoHome, readOwnText, []);
}

/** `config` without an ending is the older name; where both exist cargo takes it and warns. */
function readConfigFolder(folder: string, readText: ReadText, files: CargoConfigFile[]): Result<TomlTable> {
  for (const name of ['config', 'config.toml']) {
    const one = readConfigFile(join(folder, name), readText, files, []);
    if (!one.ok) return one;
    if (one.value !== null) return success(one.value);
  }
  return success(emptyTable);
}

function readConfigFile(
  file: string,
  readText: ReadText,
  files: CargoConfigFile[],
  includedBy: readonly string[],
): Result<TomlTable | null> {
  const text = readText(file);
  if (!text.ok || text.value === null) return text as Result<null>;
  const known = files.reduce((sum, one) => sum + one.text.length, 0);
  if (includedBy.includes(file) || files.length >= maximumIncludes || known > maximumCharacters) {
    return failure({
      code: 'config',
      what: `${printable(file)} is included in a circle, or too many files are`,
      where: { file: includedBy.at(-1) ?? file },
    });
  }
  const parsed = parseToml(text.value, file, { code: 'config' });
  if (!parsed.ok) return parsed;
  files.push({ file, text: text.value, content: parsed.value });
  let included: TomlTable = emptyTable;
  for (const entry of includesOf(parsed.value)) {
    const one = readConfigFile(resolve(dirname(file), entry), readText, files, [...includedBy, file]);
    if (!one.ok) return one;
    // A missing one is left to cargo: it may be optional, and older versions of cargo know no includes at all.
    if (one.value !== null) included = mergeCargoConfig(one.value, included);
  }
  return success(mergeCargoConfig(parsed.value, included));
}

function includesOf(content: TomlTable): readonly string[] {
  const entries = valueAt(content, 'include');
  if (!Array.isArray(entries)) return [];
  return entries
    .map((entry) => (typeof entry === 'string' ? entry : isTable(entry) ? stringAt(entry, 'path') : null))
    .filter((path): path is string => path?.endsWith('.toml') === true);
}

/** Path packages that the configuration brings in: `paths` and `[patch]`, relative to the folder that holds `.cargo`. */
export function configuredPaths(files: readonly CargoConfigFile[]): readonly ConfiguredPath[] {
  return files.flatMap(({ file, text, content, base = dirname(dirname(file)) }) => {
    const paths = [...stringsAt(content, 'paths'), ...pathPatches(content).map(({ path }) => path)];
    return paths.map((path) => ({ folder: resolve(base, path), where: () => locateValue(text, file, path) }));
  });
}

/** Whether `cargo boxed` means an alias and not this tool: cargo then never starts us. */
export function hasBoxedAlias(config: CargoConfigFacts): boolean {
  return (
    valueAt(tableAt(config.project, 'alias'), 'boxed') !== undefined ||
    valueAt(config.user, 'alias', 'boxed') !== undefined
  );
}
