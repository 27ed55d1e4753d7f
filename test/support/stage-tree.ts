import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { IdentityRun } from './choose-identity.ts';

/** What an identity needs, at places that it can read. */
export interface Stage {
  readonly tree: string;
  readonly node: string;
  readonly rustupHome: string;
  readonly cargoHome: string;
  /** Folders to put in front of PATH. */
  readonly programs: readonly string[];
}

/** Our own tree, programs and toolchains as they are. */
export function stageInPlace(tree: string, rustupHome: string, cargoHome: string): Stage {
  return { tree, node: process.execPath, rustupHome, cargoHome, programs: [dirname(process.execPath)] };
}

/**
 * Copies for an ordinary user: root's home is closed to others, and so are a checkout and rustup's toolchains in it.
 * Big trees are hard-linked where the file system allows (a second name costs nothing), else copied.
 */
export function stageForUser(own: Stage, user: IdentityRun, folder: string): Stage {
  const tree = join(folder, 'tree');
  mkdirSync(tree, { recursive: true });
  for (const name of readdirSync(own.tree)) {
    if (name === '.git' || name === 'target') continue;
    copyTree(join(own.tree, name), join(tree, name), name === 'node_modules' ? 'linked' : 'copied');
  }
  const linked = ['-path', join(tree, 'node_modules'), '-prune', '-o'];
  execFileSync('find', [tree, ...linked, '-exec', 'chown', '-h', `${user.uid}:${user.gid}`, '{}', '+']);
  const programs = join(folder, 'bin');
  mkdirSync(programs);
  const node = stageNode(user, folder, programs);
  return {
    tree,
    node,
    rustupHome: stageToolchains(own.rustupHome, user, folder),
    cargoHome: stageCargo(own, user, folder, programs),
    programs: [programs],
  };
}

function stageNode(user: IdentityRun, folder: string, programs: string): string {
  const npm = join(dirname(process.execPath), '../lib/node_modules/npm');
  const readable = [...user.prefix.slice(1), 'test', '-r', join(npm, 'package.json'), '-a', '-x', process.execPath];
  const node = join(programs, 'node');
  if (spawnSync(user.prefix[0] as string, readable).status === 0) {
    symlinkSync(process.execPath, node);
    symlinkSync(join(npm, 'bin/npm-cli.js'), join(programs, 'npm'));
    return process.execPath;
  }
  copyFileSync(process.execPath, node);
  copyTree(npm, join(folder, 'npm'), 'copied');
  symlinkSync(join(folder, 'npm/bin/npm-cli.js'), join(programs, 'npm'));
  return node;
}

function stageToolchains(from: string, user: IdentityRun, folder: string): string {
  const to = join(folder, 'rustup');
  mkdirSync(join(to, 'toolchains'), { recursive: true });
  copyTree(join(from, 'settings.toml'), join(to, 'settings.toml'), 'copied');
  for (const entry of readdirSync(join(from, 'toolchains'), { withFileTypes: true })) {
    const source = join(from, 'toolchains', entry.name);
    const target = join(to, 'toolchains', entry.name);
    if (entry.isDirectory()) copyTree(source, target, 'linked');
    else symlinkSync(join(to, 'toolchains', realpathSync(source).split('/').at(-1) as string), target);
  }
  // rustup's proxies write notes of their own into its home; the toolchains stay root's.
  execFileSync('chown', [`${user.uid}:${user.gid}`, to, join(to, 'settings.toml')]);
  return to;
}

/** rustup's proxies, for what tests compare with: a host cargo of the user's own. */
function stageCargo(own: Stage, user: IdentityRun, folder: string, programs: string): string {
  const home = join(folder, 'cargo');
  mkdirSync(home);
  execFileSync('chown', [`${user.uid}:${user.gid}`, home]);
  const rustup = join(own.cargoHome, 'bin/rustup');
  if (!existsSync(rustup)) return home;
  copyFileSync(realpathSync(rustup), join(programs, 'rustup'));
  for (const proxy of ['cargo', 'rustc', 'rustdoc', 'rustfmt']) symlinkSync('rustup', join(programs, proxy));
  return home;
}

function copyTree(from: string, to: string, how: 'linked' | 'copied'): void {
  if (how === 'linked' && spawnSync('cp', ['-al', from, to], { stdio: 'ignore' }).status === 0) return;
  execFileSync('rm', ['-rf', to]);
  execFileSync('cp', ['-a', from, to]);
}
