import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { failure, type Result, success } from '../../base/result.ts';
import { moveIntoPlace } from '../../host/move-into-place.ts';
import { runProgram } from '../../host/program.ts';
import { fullDisk, notKept } from '../../problem/full-disk.ts';
import { printable } from '../../problem/problem.ts';
import type { BuiltEnvironment } from './build-environment.ts';
import { rootName } from './find-root.ts';
import { storeRoot } from './find-store.ts';
import type { NixHost } from './nix-host.ts';
import { runPlain } from './run-nix.ts';

/** Folders that a box mounts something at, or that programs expect. */
const folders = ['box', 'dev', 'proc', 'tmp', 'etc', 'bin', 'usr/bin', 'var', 'nix/store'];

/** Files of every root. Loaders read one of the two lists of what is loaded first: nixpkgs gives its own another name. */
const files: Readonly<Record<string, string>> = {
  'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nbox:x:1000:1000:box:/box/home:/bin/sh\n',
  'etc/group': 'root:x:0:\nbox:x:1000:\n',
  'etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
  'etc/hosts': '127.0.0.1 localhost\n::1 localhost\n',
  'etc/resolv.conf': '',
  'etc/ld.so.preload': '',
  'etc/ld-nix.so.preload': '',
};

/**
 * Makes a root of exactly these paths of the store: one folder, so that a box of five hundred paths has as many mounts as
 * one of twenty. Files are the store's own under a second name where the file system and its owner allow, else copies.
 */
export async function makeNixRoot(host: NixHost, built: BuiltEnvironment): Promise<Result<string>> {
  const environment = built.path.slice('/nix/store/'.length);
  const place = join(host.roots, rootName(environment));
  const unfinished = join(host.scratch, 'root');
  try {
    mkdirSync(host.roots, { recursive: true, mode: 0o700 });
    await remove(host, unfinished);
    for (const folder of folders) mkdirSync(join(unfinished, folder), { recursive: true, mode: 0o755 });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(unfinished, file), text, { mode: 0o644 });
    const filled = await fillStore(host, built.closure, join(unfinished, 'nix/store'));
    if (!filled.ok) return filled;
    layLinks(join(storeRoot(host.store), built.path, 'root'), unfinished);
    moveIntoPlace(unfinished, place);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    const fix = 'Make the cache folder writable, or set CARGO_BOXED_HOME to another one.';
    return failure(notKept('the root of the Nix environment cannot be kept in the cache', error, fix));
  } finally {
    await remove(host, unfinished);
  }
  // The collector keeps what a root was made of for as long as the root is there: with another layer little is fetched.
  await runPlain(host, [
    host.programs.store,
    '--realise',
    built.path,
    '--add-root',
    join(place, 'environment'),
    '--indirect',
  ]);
  return success(place);
}

async function fillStore(host: NixHost, closure: readonly string[], to: string): Promise<Result<true>> {
  const sources = closure.map((path) => join(storeRoot(host.store), path));
  const linked = await copy(host, '--link', sources, to);
  if (linked.status !== 0) {
    // Another file system, or files of another owner, which the kernel gives no second name.
    await remove(host, to);
    mkdirSync(to, { mode: 0o755 });
    const copied = await copy(host, '--reflink=auto', sources, to);
    if (copied.status !== 0) {
      const what = 'the closure of the Nix environment cannot be copied into the cache';
      if (/No space left/.test(copied.stderr)) return failure({ what, ...fullDisk });
      return failure({ code: 'storage', what, why: printable(copied.stderr.trim().split('\n')[0] ?? '') });
    }
  }
  // Folders are the root's own, and whoever prunes it has to be able to empty them.
  const opened = await openFolders(host, to);
  if (opened.status === 0) return success(true);
  return failure({
    code: 'storage',
    what: 'the root of the Nix environment cannot be finished',
    why: printable(opened.stderr.trim()),
  });
}

function copy(host: NixHost, how: string, sources: readonly string[], to: string) {
  return run(host, host.programs.cp, ['--archive', how, '--target-directory', to, '--', ...sources]);
}

function run({ signal }: NixHost, program: string, words: readonly string[]) {
  return runProgram(program, words, { variables: { PATH: '/usr/bin:/bin', LC_ALL: 'C' }, signal });
}

/** Links outside of the store, as the environment names them: each leads into it, and stands where nothing else does. */
function layLinks(from: string, to: string): void {
  for (const entry of readdirSync(from, { recursive: true, encoding: 'utf8' })) {
    if (!lstatSync(join(from, entry)).isSymbolicLink()) continue;
    const target = readlinkSync(join(from, entry));
    if (!/^(bin|usr\/bin|lib|lib64)\/[A-Za-z0-9._-]+$/.test(entry) || !target.startsWith('/nix/store/')) continue;
    mkdirSync(join(to, dirname(entry)), { recursive: true, mode: 0o755 });
    symlinkSync(target, join(to, entry));
  }
}

/** Folders only: a file of a root is the store's own. */
function openFolders(host: NixHost, within: string) {
  return run(host, host.programs.find, [within, '-type', 'd', '-exec', 'chmod', 'u+w', '{}', '+']);
}

/** What a killed run left has folders that nobody may empty. */
async function remove(host: NixHost, folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  await openFolders(host, folder);
  rmSync(folder, { recursive: true, force: true });
}
