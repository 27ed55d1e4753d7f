import { lstatSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { failure, type Result, success } from '../../base/result.ts';
import { makeProjectFolder, writeProjectFile } from '../../customs/write-project-file.ts';
import type { JsoncDocument } from '../../devcontainer/read-jsonc.ts';
import { readForeignText } from '../../host/read-file.ts';
import { printable } from '../../problem/problem.ts';

const folderName = '.devcontainer';
const fileName = 'devcontainer.json';

/** Where the specification looks first. */
export function devcontainerFile(mountRoot: string): string {
  return join(mountRoot, folderName, fileName);
}

/** The folder that an editor opens for one of these files, by where the specification has them. */
export function openedFolder(file: string): string {
  const around = dirname(file);
  if (basename(around) === folderName) return dirname(around);
  return basename(dirname(around)) === folderName ? dirname(dirname(around)) : around;
}

/** Whether a path below a folder is, or leads through, a symbolic link; what cannot be looked at counts as one. */
export function linkBelow(folder: string): (path: string) => boolean {
  return (path) => {
    let below = folder;
    try {
      for (const name of path.split('/').filter((part) => part !== '')) {
        below = join(below, name);
        const stat = lstatSync(below, { throwIfNoEntry: false });
        if (stat === undefined) return false;
        if (stat.isSymbolicLink()) return true;
      }
      return false;
    } catch {
      return true;
    }
  };
}

/** The largest file that is read. */
export const mostBytes = 256 * 1024;

/**
 * The project's devcontainer.json; `null`: it has none. Never through a link: what is read here is written back, and one
 * that leads out of the project would show or change other files of the reader.
 */
export async function readDevcontainer(mountRoot: string): Promise<Result<JsoncDocument | null>> {
  const folder = join(mountRoot, folderName);
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  if (stat !== undefined && !stat.isDirectory()) {
    return failure({
      code: 'path',
      what: `${printable(folder)} is ${stat.isSymbolicLink() ? 'a symbolic link' : 'no folder'}`,
      where: { file: folder },
      why: 'nothing is read or written through it',
      fix: 'Replace it with a plain folder, or remove it.',
    });
  }
  const file = devcontainerFile(mountRoot);
  const text = readForeignText(file, mostBytes);
  if (!text.ok) return text;
  if (text.value === null) return otherPlace(mountRoot);
  const { readJsonc } = await import('../../devcontainer/devcontainer.ts');
  return readJsonc(text.value, file);
}

/** A file at the second place would be hidden by one at the first. */
function otherPlace(mountRoot: string): Result<null> {
  const other = join(mountRoot, '.devcontainer.json');
  if (lstatSync(other, { throwIfNoEntry: false }) === undefined) return success(null);
  return failure({
    code: 'config',
    what: 'the project has a .devcontainer.json, and a file in .devcontainer would hide it',
    where: { file: other },
    fix: `Move it to \`${folderName}/${fileName}\`.`,
  });
}

export function writeDevcontainer(mountRoot: string, content: string): Result<'written'> {
  const made = makeProjectFolder(mountRoot, folderName);
  return made.ok ? writeProjectFile({ root: mountRoot, relative: join(folderName, fileName), content }) : made;
}

/** What a new file begins as. */
export const newFile =
  '// Written by `cargo-boxed devcontainer` from cargo-boxed.lock; keys of your own may stand beside these.\n{}\n';
