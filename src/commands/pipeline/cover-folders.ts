import { chmodSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '../../base/result.ts';
import type { SecretFacts } from '../../facts/facts.ts';
import type { Locations } from '../../host/locations.ts';
import type { BoxStep } from '../../plan/box-plan.ts';
import { notKept } from '../../problem/full-disk.ts';
import type { AnchorFolders } from './resolve-box.ts';

export interface CoverFolders {
  readonly nothing: string;
  readonly cleaned: string;
}

/** Makes what stands in a box in the place of hidden files and of files that are shown without their secrets. */
export function coverFolders({ state, cache }: Locations, secrets: SecretFacts): Result<CoverFolders> {
  const folders = { nothing: join(state, 'nothing'), cleaned: join(cache, 'cleaned') };
  try {
    const all = [secrets, ...secrets.outside];
    const cleaned = all.flatMap((one) => one.cleaned);
    if (all.some(({ hidden }) => hidden.length > 0)) makeNothing(folders.nothing);
    if (cleaned.length > 0) mkdirSync(folders.cleaned, { recursive: true, mode: 0o700 });
    for (const { sha256, content } of cleaned) {
      place(join(folders.cleaned, sha256), Buffer.from(content, 'latin1'));
    }
    return success(folders);
  } catch (error) {
    return failure(
      notKept(
        `what covers the secrets of this project cannot be made in ${state} and ${cache}`,
        error,
        'Make these folders writable, or set CARGO_BOXED_HOME to another one.',
      ),
    );
  }
}

function makeNothing(nothing: string): void {
  const folder = join(nothing, 'folder');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (readdirSync(folder).length > 0) throw new Error('not empty');
  chmodSync(folder, 0o555);
  place(join(nothing, 'file'), Buffer.alloc(0));
}

/** In one step, since a box of another run may have the file mounted; never written twice, so that its time stays. */
function place(file: string, bytes: Buffer): void {
  const there = lstatSync(file, { throwIfNoEntry: false });
  if (there?.isFile() && there.size === bytes.length) return;
  const temporary = `${file}.${process.pid}`;
  rmSync(temporary, { force: true });
  writeFileSync(temporary, bytes, { mode: 0o444, flag: 'wx' });
  renameSync(temporary, file);
}

/**
 * A secret that is gone by now has nothing left to cover: an engine could not make the mount point in a read-only
 * folder. Whatever else a box has is not looked up again.
 */
export function withoutGone(box: BoxStep, anchors: AnchorFolders): BoxStep {
  const bases: { readonly target: string; readonly folder: string }[] = [];
  const mounts = box.mounts.filter((mount) => {
    if (mount.kind === 'tmpfs') return true;
    if (mount.source.anchor !== 'nothing' && mount.source.anchor !== 'cleaned') {
      const folder = anchors[mount.source.anchor];
      if (folder !== undefined) bases.unshift({ target: mount.target, folder: join(folder, mount.source.path) });
      return true;
    }
    const base = bases.find(({ target }) => mount.target.startsWith(`${target}/`));
    if (base === undefined) return true;
    return (
      lstatSync(join(base.folder, mount.target.slice(base.target.length)), { throwIfNoEntry: false }) !== undefined
    );
  });
  return { ...box, mounts };
}
