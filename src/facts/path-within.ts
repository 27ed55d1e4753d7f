import { realpathSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { printable } from '../problem/problem.ts';
import type { Locate } from '../toml/locate-value.ts';

/** Whether a path is a folder or lies in it. Both absolute and normalised; links are not looked at. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** The path below `mountRoot`; empty for itself. */
export function below(path: string, mountRoot: string): string {
  return relative(mountRoot, path);
}

/** The path without links, `null` when nothing is there; a loop of links or a forbidden folder is a problem. */
export function realPath(path: string, where?: Locate): Result<string | null> {
  try {
    return success(realpathSync.native(path));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return success(null);
    return failure({
      code: 'path',
      what: `${printable(path)} cannot be used`,
      where: where?.() ?? { file: path },
      why: code === 'ELOOP' ? 'its symbolic links lead in a circle' : `it cannot be resolved (${code})`,
    });
  }
}

/** Node shows bytes that are not UTF-8 as U+FFFD; such a path cannot be opened again by its name. */
export function isUtf8(path: string): boolean {
  return !path.includes('\ufffd');
}
