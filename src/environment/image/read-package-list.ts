import { failure, type Result, success } from '../../base/result.ts';
import type { ImageStore } from './image-store.ts';
import { readInstalled } from './read-installed.ts';

const listPath = '/var/lib/dpkg/status';
/** Of an image with some thousand packages it has 3 MB. */
const mostListBytes = 64 * 1024 * 1024;

/** Which Debian packages are in an image, as a list for apt; read without running anything of the image. */
export async function readPackageList(store: ImageStore, id: string): Promise<Result<string>> {
  const read = await store.read(id, listPath, mostListBytes);
  if (!read.ok) return read;
  const list = read.value === null ? null : readInstalled(read.value.toString('utf8'));
  if (list !== null) return success(list);
  return failure({
    code: 'environment',
    what: 'the image has no list of Debian packages that can be read',
    why: `${listPath} is ${read.value === null ? 'not there, or no file' : 'not what dpkg writes'}`,
    fix: 'Take an image in which packages are installed by dpkg.',
  });
}
