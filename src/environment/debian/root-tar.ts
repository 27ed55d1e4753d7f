import { lstatSync, renameSync } from 'node:fs';
import { failure, type Result, success } from '../../base/result.ts';
import { type Problem, printable } from '../../problem/problem.ts';
import { sha256OfFile } from './deb-cache.ts';

/** A root as a tar that exists as long as its scratch folder does. */
export interface RootTar {
  readonly file: string;
  readonly sha256: string;
  remove(): Promise<void>;
}

/** What a maker of roots has left, which has ended: a file, and nothing that leads elsewhere or never ends. */
export async function takeTar(file: string, remove: () => Promise<void>): Promise<Result<RootTar>> {
  const problem = faultOf(file);
  return problem === null ? success({ file, sha256: await sha256OfFile(file), remove }) : failure(problem);
}

/** Takes it out of a folder that nobody else can reach: a set-id program by this name stays there. */
export function openTar(closed: string, file: string): Problem | null {
  const problem = faultOf(closed);
  if (problem !== null) return problem;
  try {
    renameSync(closed, file);
    return null;
  } catch (error) {
    return { code: 'environment', what, why: printable((error as Error).message, 200) };
  }
}

const what = 'the root file system could not be made';
const setId = 0o6000;

function faultOf(file: string): Problem | null {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (stat?.isFile() === true && (stat.mode & setId) === 0) return null;
  return { code: 'environment', what, why: 'in its place lies no regular file' };
}
