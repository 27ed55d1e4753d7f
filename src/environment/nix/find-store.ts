import { accessSync, constants, statSync } from 'node:fs';

/**
 * Where Nix keeps what it builds. `daemon`: /nix, by a daemon. `local`: /nix, which the caller writes himself. `chroot`:
 * a folder of ours that stands for `/`, for whoever has no /nix to use.
 */
export type NixStore =
  | { readonly kind: 'daemon' }
  | { readonly kind: 'local' }
  | { readonly kind: 'chroot'; readonly folder: string };

/** Found out and never assumed; nothing is made. A daemon that is down is its own answer: Nix then says so. */
export function findStore(ownFolder: string): NixStore {
  if (isWritable('/nix/store') && isWritable('/nix/var/nix')) return { kind: 'local' };
  if (isSocket('/nix/var/nix/daemon-socket/socket')) return { kind: 'daemon' };
  return { kind: 'chroot', folder: ownFolder };
}

/** What stands before `/nix/store` on this machine. */
export function storeRoot(store: NixStore): string {
  return store.kind === 'chroot' ? store.folder : '';
}

/** The option that every program of Nix takes. */
export function storeArguments(store: NixStore): readonly string[] {
  return store.kind === 'chroot' ? ['--store', store.folder] : [];
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function isSocket(path: string): boolean {
  try {
    return statSync(path).isSocket();
  } catch {
    return false;
  }
}
