import { lstatSync } from 'node:fs';
import { failure, type Result, success } from '../base/result.ts';
import { readForeignText } from '../host/read-file.ts';
import { type ProblemCode, printable } from '../problem/problem.ts';
import { isWithin, realPath } from './path-within.ts';

/** More than a hundred times the largest manifest that is known. */
const maximumBytes = 4 * 1024 * 1024;

/**
 * Text of a file of the project, `null` when there is none. A link is followed only to a regular file below `bound`: a
 * monorepo shares its rust-toolchain.toml so, a hostile project would show the reader's own files so.
 */
export function readProjectText(file: string, bound: string, code: ProblemCode): Result<string | null> {
  const direct = readForeignText(file, maximumBytes);
  if (direct.ok) return direct;
  const failed = failure(
    ...direct.problems.map((problem) => (problem.code === 'config' ? { ...problem, code } : problem)),
  );
  if (!isLink(file)) return failed;
  const target = realPath(file);
  if (!target.ok) return target;
  if (target.value === null) return failed;
  if (!isWithin(target.value, bound)) {
    return failure({
      code: 'refused',
      what: `${printable(file)} is a symbolic link that leads out of the project`,
      where: { file },
      why: 'a project must not choose which files of this machine are read',
      fix: 'Replace it with a regular file.',
    });
  }
  return readForeignText(target.value, maximumBytes);
}

/** Text of a file that is the user's own, so links are followed wherever they lead: dotfiles are often linked. */
export function readOwnText(file: string): Result<string | null> {
  const target = realPath(file);
  if (!target.ok) return target;
  return target.value === null ? success(null) : readForeignText(target.value, maximumBytes);
}

function isLink(file: string): boolean {
  try {
    return lstatSync(file).isSymbolicLink();
  } catch {
    return false;
  }
}
