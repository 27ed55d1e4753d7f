import { isAbsolute, join, resolve } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { readReference } from '../environment/image/image-reference.ts';
import { printable } from '../problem/problem.ts';

/** Where an image goes. Paths are absolute. */
export type ImageOutput =
  | { readonly kind: 'oci'; readonly folder: string }
  | { readonly kind: 'tar'; readonly file: string }
  /** `name`: with a tag; `null`: one of our own. */
  | { readonly kind: 'docker'; readonly name: string | null };

/** Reads `oci:DIR`, `tar:FILE`, `docker` or `docker:NAME[:TAG]`. */
export function readImageOutput(text: string, currentFolder: string): Result<ImageOutput> {
  const colon = text.indexOf(':');
  const kind = colon < 0 ? text : text.slice(0, colon);
  const rest = colon < 0 ? '' : text.slice(colon + 1);
  const path = isAbsolute(rest) ? rest : resolve(join(currentFolder, rest));
  if (kind === 'oci' && rest !== '') return success({ kind, folder: path });
  if (kind === 'tar' && rest !== '') return success({ kind, file: path });
  if (kind === 'docker' && rest === '' && colon < 0) return success({ kind, name: null });
  if (kind === 'docker' && rest !== '') {
    const name = readReference(rest);
    if (!name.ok) return name;
    if (name.value.digest === null) return success({ kind, name: name.value.canonical });
  }
  return failure({
    code: 'usage',
    what: `an image cannot go to \`${printable(text, 120)}\``,
    fix: 'Write `--output oci:DIR`, `tar:FILE`, `docker` or `docker:NAME:TAG`.',
  });
}
