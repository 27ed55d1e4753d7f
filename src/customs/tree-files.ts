import { closeSync } from 'node:fs';
import type { PackedFile } from '../archive/pack-files.ts';
import { boundHoles } from './holes.ts';
import { listTree, type TreeEntry } from './list-tree.ts';

/**
 * What is to be packed of a hostile tree, each folder before what is in it, by name. No link is followed. What is neither
 * file, folder nor link stays, and so do files of holes. `placeOf`: where a path goes in the archive; `null`: it stays.
 */
export function* treeFiles(
  root: string,
  placeOf: (path: string, kind: TreeEntry['kind']) => string | null,
  onLeftOut: () => void,
): Generator<PackedFile> {
  const names = new Map<string, string>();
  const takes = boundHoles();
  for (const found of listTree(root)) {
    const path = placeOf(found.path, found.kind);
    if (path === null) {
      if (found.kind === 'file') closeSync(found.descriptor);
      continue;
    }
    switch (found.kind) {
      case 'folder':
        yield { kind: 'folder', path, mode: 0o755 };
        break;
      case 'link':
        yield { kind: 'link', path, target: found.target };
        break;
      case 'file': {
        const first = names.get(found.id);
        if (first !== undefined) {
          closeSync(found.descriptor);
          yield { kind: 'hard-link', path, target: first };
          break;
        }
        if (!takes(found.sizeBytes, found.allocatedBytes)) {
          closeSync(found.descriptor);
          onLeftOut();
          break;
        }
        if (found.links > 1) names.set(found.id, path);
        const { descriptor, mode, sizeBytes, modifiedNs } = found;
        yield { kind: 'open-file', path, descriptor, mode, sizeBytes, modifiedNs };
        break;
      }
      default:
        onLeftOut();
    }
  }
}
