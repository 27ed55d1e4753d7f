import { lstatSync } from 'node:fs';
import { failure, type Result, success } from '../../base/result.ts';
import { sha256OfFile } from './deb-cache.ts';

/** A root as a tar that exists as long as its scratch folder does. */
export interface RootTar {
  readonly file: string;
  readonly sha256: string;
  remove(): Promise<void>;
}

/** What a maker of roots has left, which has ended: a file, and nothing that leads elsewhere or never ends. */
export async function takeTar(file: string, remove: () => Promise<void>): Promise<Result<RootTar>> {
  if (lstatSync(file, { throwIfNoEntry: false })?.isFile() === true)
    return success({ file, sha256: await sha256OfFile(file), remove });
  const what = 'the root file system could not be made';
  return failure({ code: 'environment', what, why: 'in its place lies no regular file' });
}
