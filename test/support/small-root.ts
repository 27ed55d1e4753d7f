import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A smallest Debian root for tests of an engine: a shell, perl, coreutils. Made once a machine, kept among the
 * temporary files, since it takes about twenty seconds.
 */
export function smallRoot(): string {
  return keptRoot('small', 'bookworm', []);
}

/** A root that brings Rust, as an image of a project's own would: Debian's, with a linker. Takes a minute or two. */
export function rustRoot(): string {
  return keptRoot('rust', 'trixie', ['cargo', 'gcc', 'libc6-dev']);
}

/** A root as an image of a project's own may be: Debian's C compiler and pkg-config, and no library of any project. */
export function compilerRoot(): string {
  return keptRoot('compiler', 'bookworm', ['gcc', 'libc6-dev', 'pkg-config']);
}

/** What a runner of jobs starts beside them, to copy files. */
export function copyingRoot(): string {
  return keptRoot('copying', 'bookworm', ['rsync']);
}

function keptRoot(name: string, suite: string, packages: readonly string[]): string {
  const folder = join(tmpdir(), `boxed-${name}-root-${process.getuid?.() ?? 0}`);
  if (existsSync(folder)) return folder;
  const half = `${folder}.${process.pid}`;
  const included = packages.length === 0 ? [] : [`--include=${packages.join(',')}`];
  execFileSync('mmdebstrap', ['--variant=minbase', '--mode=root', ...included, suite, half], { stdio: 'ignore' });
  mkdirSync(join(half, 'box'), { recursive: true });
  rmSync(join(half, 'dev'), { recursive: true, force: true });
  mkdirSync(join(half, 'dev'));
  try {
    renameSync(half, folder);
  } catch {
    // Another test made it meanwhile.
    rmSync(half, { recursive: true, force: true });
  }
  return folder;
}
