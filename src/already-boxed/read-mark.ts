import { lstatSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readForeignText } from '../host/read-file.ts';
import { markPath } from '../oci/image-documents.ts';

/** What a file says of the image that it is in. Whether that is so is another question. */
export type Mark =
  | { readonly kind: 'none'; readonly why: string }
  | { readonly kind: 'mark'; readonly identity: string };

const maximumBytes = 64 * 1024;

/** Reads the mark of an image of ours. One that somebody else than root can have written is none. */
export function readMark(root = '/'): Mark {
  const file = join(root, markPath);
  const none = (why: string): Mark => ({ kind: 'none', why });
  for (const path of [dirname(file), file]) {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return none(`there is no /${markPath}`);
    if (stat.uid !== 0 || (stat.mode & 0o022) !== 0) return none(`/${markPath} can be written by others than root`);
  }
  const text = readForeignText(file, maximumBytes);
  if (!text.ok || text.value === null) return none(`/${markPath} cannot be read`);
  try {
    const { version, identity } = JSON.parse(text.value);
    if (version === 1 && typeof identity === 'string' && /^[0-9a-f]{64}$/.test(identity)) {
      return { kind: 'mark', identity };
    }
  } catch {
    // Said below.
  }
  return none(`/${markPath} is not what an image of cargo-boxed has there`);
}
