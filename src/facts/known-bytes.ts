import { createHash } from 'node:crypto';
import { readBytes } from './read-bytes.ts';

/** Nobody keeps a larger key or environment file under version control; a larger one counts as changed. */
const mostBytes = 16 * 1024 * 1024;

/**
 * Whether a file has bytes that others have too: `ids` are git's names of a blob (`sha1:…`, `sha256:…`) or a plain sum
 * (`sum:…`). A name alone proves nothing: a tracked `.env` may be edited, an encrypted one decrypted in place.
 */
export function hasKnownBytes(file: string, ids: readonly string[]): boolean {
  const bytes = readBytes(file, mostBytes);
  if (bytes === null) return false;
  const asCommitted = bytes.includes('\r\n')
    ? Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1')
    : bytes;
  return ids.some((id) => {
    const [kind = '', wanted = ''] = id.split(':');
    if (kind === 'sum') return createHash('sha256').update(bytes).digest('hex') === wanted;
    if (kind !== 'sha1' && kind !== 'sha256') return false;
    return [bytes, asCommitted].some((content) => blobId(kind, content) === wanted);
  });
}

function blobId(algorithm: 'sha1' | 'sha256', content: Buffer): string {
  return createHash(algorithm).update(`blob ${content.length}\0`).update(content).digest('hex');
}
