import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import type { Ask } from '../grants/ask.ts';
import { readForeignText } from '../host/read-file.ts';
import type { BoxFlags } from '../invocation/invocation.ts';
import { printable } from '../problem/problem.ts';
import { checkDocument } from './check-document.ts';
import type { Config } from './config.ts';
import type { DocumentNode } from './document.ts';
import { configVariable } from './doors.ts';
import { findAsks } from './find-asks.ts';
import { readFlags, readVariables } from './read-doors.ts';
import { type Manifest, readMetadata } from './read-metadata.ts';
import { settle } from './settle.ts';
import { emptySource, type Source, type Written } from './written.ts';

export interface ConfigInputs {
  readonly flags: BoxFlags;
  /** The host's environment. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Where a relative `--config FILE` starts: the folder of the call, after `-C`. */
  readonly directory: string;
  /** Files that may be missing; absolute. */
  readonly userFile: string | null;
  readonly projectFile: string | null;
  /** The manifest of the workspace's root, which may have a metadata table. */
  readonly metadata: Manifest | null;
}

/** The settled configuration, with what of it holds only if it was granted: nobody may use it unjudged. */
export interface LoadedConfig {
  readonly config: Config;
  readonly asks: readonly Ask[];
}

/** Nobody writes more configuration by hand, and what is not read costs no time. */
const maximumBytes = 256 * 1024;

/**
 * Settles the configuration: defaults < user < project < environment < flags. Every value keeps its origin. All faults
 * of all sources come back at once. A project without a YAML file pays for no YAML library.
 */
export async function loadConfig(inputs: ConfigInputs): Promise<Result<LoadedConfig>> {
  const user = inputs.userFile === null ? emptySource : await readUser(inputs.userFile);
  const project = await readProject(inputs);
  const variables = readVariables(inputs.variables);
  const flags = readFlags(inputs.flags);
  const problems = [user, project, variables, flags].flatMap((source) => source.problems);
  if (problems.length > 0) return failure(...problems);
  const call: Written = new Map([...variables.written, ...flags.written]);
  const config = settle([user.written, project.written, variables.written, flags.written]);
  if (!config.ok) return config;
  return success({ config: config.value, asks: findAsks(user.written, project.written, call) });
}

/** The user's own file may be a link: people keep such files elsewhere and link them here. */
async function readUser(file: string): Promise<Source> {
  let real = file;
  try {
    real = realpathSync(file);
  } catch {
    // Missing, or a link to nowhere: reading it says which.
  }
  return toSource(await readFile(real, file), 'user');
}

async function readProject({ flags, variables, directory, projectFile, metadata }: ConfigInputs): Promise<Source> {
  const variable = variables[configVariable];
  const named = flags.config ?? (variable === '' ? undefined : variable);
  if (named !== undefined)
    return readNamed(resolve(directory, named), flags.config === undefined ? configVariable : '--config');
  const file = projectFile === null ? success(null) : await readFile(projectFile, projectFile);
  const table = metadata === null ? success(null) : readMetadata(metadata);
  const isThere = projectFile !== null && (!file.ok || file.value !== null);
  if (isThere && table.ok && table.value !== null) {
    return withProblem({
      what: 'the project has two configurations',
      where: table.value.place,
      why: `the other one is ${printable(projectFile)}`,
      fix: 'Keep one of them.',
    });
  }
  const sources = [toSource(file, 'project'), toSource(table, 'project')];
  const problems = sources.flatMap((source) => source.problems);
  return { written: new Map(sources.flatMap((source) => [...source.written])), problems };
}

/** `--config FILE` stands in the place of the project's own file, with no more rights than that has. */
async function readNamed(file: string, name: string): Promise<Source> {
  const found = await readFile(file, file);
  if (!found.ok || found.value !== null) return toSource(found, 'project');
  return withProblem({ what: `there is no file ${printable(file)}`, where: { file }, why: `\`${name}\` names it` });
}

const withProblem = (problem: Omit<Source['problems'][number], 'code'>): Source => ({
  ...emptySource,
  problems: [{ code: 'config', ...problem }],
});

/** `null` when there is no such file; an empty file is an empty document. */
async function readFile(file: string, shown: string): Promise<Result<DocumentNode | null>> {
  const text = readForeignText(file, maximumBytes);
  if (!text.ok) return text;
  if (text.value === null) return misspelt(shown);
  if (text.value.trim() === '') return success(emptyDocument(shown));
  const { readYaml } = await import('./read-yaml.ts');
  const document = readYaml(text.value, shown);
  return document.ok ? success(document.value ?? emptyDocument(shown)) : document;
}

function emptyDocument(file: string): DocumentNode {
  return { kind: 'map', place: { file, line: 1, column: 1 }, entries: [] };
}

/** A file with the other ending would be passed over in silence, and with it every limit in it. */
function misspelt(file: string): Result<null> {
  const other = file.replace(/\.yaml$/, '.yml');
  if (other === file || !existsSync(other)) return success(null);
  return failure({
    code: 'config',
    what: `${printable(other)} is not read`,
    where: { file: other },
    fix: `Rename it to ${printable(file)}.`,
  });
}

function toSource(document: Result<DocumentNode | null>, tier: 'user' | 'project'): Source {
  return document.ok ? checkDocument(document.value, tier) : { ...emptySource, problems: document.problems };
}
