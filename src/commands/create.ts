import { lstatSync } from 'node:fs';
import { basename, join, posix, relative } from 'node:path';
import { quoteShell } from '../base/quote-shell.ts';
import { failure, type Result, success } from '../base/result.ts';
import type { CargoCommand } from '../invocation/invocation.ts';
import { printable } from '../problem/problem.ts';
import type { Answer } from './answer.ts';
import { findProjectSecrets } from './pipeline/find-project-secrets.ts';
import { type Gathered, gather } from './pipeline/gather.ts';
import { makePlan } from './pipeline/make-plan.ts';
import { makeRequest } from './pipeline/make-request.ts';
import type { Session } from './session.ts';
import { type CopyContent, runOnCopy } from './write-sources.ts';

/**
 * `new` and `init`: cargo makes the package in a copy of what is around it, and its files come back. In a workspace
 * that is the project, whose manifest may get a new member; elsewhere it is the folder where the command was started.
 */
export async function create(session: Session, command: CargoCommand): Promise<Result<Answer>> {
  const around = await gather(session, { manifestPath: null, project: 'optional' });
  if (!around.ok) return around;
  const bare = around.value.facts.project.manifests.length === 0;
  const folder = newFolder(session, bare ? session.directory : around.value.facts.project.mountRoot, command);
  if (bare && session.directory === session.homeDirectory && folder === '') {
    const fix = 'Make a folder for it: `cargo-boxed new NAME`.';
    return failure({ code: 'refused', what: 'a package is not made of your home directory', fix });
  }
  const taken = lstatSync(join(session.directory, folder), { throwIfNoEntry: false });
  const isBeside = bare && folder !== '';
  if (isBeside && command.name === 'init' && taken?.isDirectory() === true) {
    const fix = `Go there: \`cargo-boxed -C ${quoteShell(folder)} init\`.`;
    return failure({ code: 'usage', what: `${printable(folder, 120)} is there already`, fix });
  }
  const content: CopyContent = isBeside ? { taken: taken === undefined ? null : folder } : 'whole';
  const gathered = bare ? inFolder(session, around.value, content) : around;
  if (!gathered.ok) return gathered;
  const ready = makeRequest(session, gathered.value, folder === '' ? withName(session, command) : command);
  if (!ready.ok) return ready;
  const planned = await makePlan(session, gathered.value, ready.value.request);
  if (!planned.ok) return planned;
  return runOnCopy(session, planned.value, { kind: 'creating', folder }, content);
}

/** In the box the folder has another name than here. */
function withName({ directory }: Session, command: CargoCommand): CargoCommand {
  const isNamed = command.arguments.some((word) => word === '--name' || word.startsWith('--name='));
  if (isNamed || basename(directory) === '') return command;
  return { ...command, arguments: [...command.arguments, '--name', basename(directory)] };
}

/** The folder of the call as the project of a command that has none. */
function inFolder(session: Session, { config, facts }: Gathered, content: CopyContent): Result<Gathered> {
  const project = { ...facts.project, mountRoot: session.directory };
  const secrets = findProjectSecrets(session, project, config, content === 'whole' ? 'project' : 'repository');
  if (!secrets.ok) return secrets;
  return success({ config, facts: { ...facts, project, secrets: secrets.value } });
}

/** Where the new package will stand, below the mounted folder: the last word that is no option, else the folder itself. */
function newFolder(session: Session, mountRoot: string, command: CargoCommand): string {
  const valued = new Set(['--vcs', '--edition', '--name', '--registry', '--color', '--config', '-Z']);
  const words = command.arguments;
  const operand = words.findLast((word, index) => !word.startsWith('-') && !valued.has(words[index - 1] ?? ''));
  const path = posix.resolve(session.directory, operand ?? '.');
  return relative(mountRoot, path);
}
