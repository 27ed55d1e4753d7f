import { lstatSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { failure, type Result, success } from '../../base/result.ts';
import type { HazardKind } from '../../devcontainer/run-arguments.ts';
import { folderNames } from '../../host/folder-names.ts';
import { readForeignText } from '../../host/read-file.ts';
import { type Place, printable } from '../../problem/problem.ts';
import type { Answer } from '../answer.ts';
import type { Session } from '../session.ts';
import { linkBelow, mostBytes, openedFolder } from './file.ts';

interface Finding extends Required<Place> {
  readonly kind: HazardKind;
  readonly what: string;
}

/**
 * What devcontainer.json of a folder, or one file, would open when an editor or the devcontainer CLI takes it; 77 if there is
 * anything. Read as data: nothing of it runs, and no engine is asked.
 */
export async function inspectDevcontainers(session: Session, named: string | null): Promise<Result<Answer>> {
  const files = named === null ? filesOf(session.directory) : [resolve(session.directory, named)];
  const findings: Finding[] = [];
  for (const file of files) {
    const found = await inspect(file);
    if (!found.ok) return found;
    findings.push(...found.value);
  }
  if (files.length === 0) {
    return failure({
      code: 'path',
      what: 'there is no devcontainer.json in this folder',
      where: { file: session.directory },
      fix: 'Name one: `cargo-boxed devcontainer check FILE`.',
    });
  }
  const lines = findings.map(({ file, line, column, what }) => `${printable(file)}:${line}:${column}: ${what}\n`);
  const clean = `${files.map((file) => printable(file)).join(', ')}: nothing that opens this machine was found\n`;
  const text = `${findings.length === 0 ? clean : lines.join('')}${notLookedAt}`;
  return success({ status: findings.length === 0 ? 0 : 77, text, data: { files, findings } });
}

const notLookedAt = 'Not looked at: what the label of the image asks for, and what runs inside the container\n';

async function inspect(file: string): Promise<Result<readonly Finding[]>> {
  const text = readForeignText(file, mostBytes);
  if (!text.ok) return text;
  if (text.value === null) {
    return failure({ code: 'path', what: `there is no file ${printable(file)}`, fix: 'Name a devcontainer.json.' });
  }
  const { describeHazard, findHazards, placeAt, readJsonc } = await import('../../devcontainer/devcontainer.ts');
  const document = readJsonc(text.value, file);
  if (!document.ok) return document;
  const { value } = document;
  return success(
    findHazards(value, linkBelow(openedFolder(file))).map((one) => {
      const { line = 1, column = 1 } = placeAt(value, one.offset);
      return { file, line, column, kind: one.kind, what: describeHazard(one) };
    }),
  );
}

/** Where the specification has them: the two usual places, and one folder deep for several. */
function filesOf(directory: string): readonly string[] {
  const folder = join(directory, '.devcontainer');
  const several = isFolder(folder) ? folderNames(folder).filter((name) => isFolder(join(folder, name))) : [];
  return [
    join(folder, 'devcontainer.json'),
    join(directory, '.devcontainer.json'),
    ...several.sort().map((name) => join(folder, name, 'devcontainer.json')),
  ].filter((file) => lstatSync(file, { throwIfNoEntry: false }) !== undefined);
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
