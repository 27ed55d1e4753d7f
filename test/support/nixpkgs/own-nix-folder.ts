import { accessSync, constants, lstatSync, mkdirSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The words that start a program on a machine that is this one but for a `/nix` of its own, and an `/etc/nix` with
 * `settings`. Nothing of it is made on the machine itself.
 */
export function withNixFolder(
  folder: string,
  { access, settings }: { access: 'read-only' | 'read-write'; settings: string },
): readonly string[] {
  mkdirSync(join(folder, 'nix/store'), { recursive: true });
  mkdirSync(join(folder, 'nix/var/nix'), { recursive: true });
  const configuration = join(folder, 'nix.conf');
  writeFileSync(configuration, settings);
  return [
    'bwrap',
    ...entries('/', ['nix', 'etc']).flatMap(bind),
    ...['--tmpfs', '/etc'],
    ...entries('/etc', ['nix']).flatMap(bind),
    ...[access === 'read-only' ? '--ro-bind' : '--bind', join(folder, 'nix'), '/nix'],
    ...['--ro-bind', configuration, '/etc/nix/nix.conf', '--die-with-parent', '--'],
  ];
}

function entries(folder: string, without: readonly string[]): readonly string[] {
  return readdirSync(folder)
    .filter((name) => !without.includes(name))
    .map((name) => join(folder, name))
    .filter(isReadable);
}

function isReadable(path: string): boolean {
  if (lstatSync(path).isSymbolicLink()) return true;
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function bind(path: string): readonly string[] {
  return lstatSync(path).isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--dev-bind', path, path];
}
