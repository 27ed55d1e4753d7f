import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { smallRoot } from './small-root.ts';

/**
 * An image as a person's own may be, made of Debian, by the name `reference` in the engine at `socket`. Its archive is a
 * stand-in inside of it, so that apt asks nobody: one package of this name, whose program prints `said`.
 */
export function ownImage(folder: string, socket: string, reference: string, debian: string, said: string): void {
  const root = join(folder, 'own-image');
  cpSync(smallRoot(), root, { recursive: true, verbatimSymlinks: true });
  const repository = join(root, 'archive');
  mkdirSync(repository);
  const tree = join(folder, 'own-package');
  mkdirSync(join(tree, 'DEBIAN'), { recursive: true });
  mkdirSync(join(tree, 'usr/bin'), { recursive: true });
  const control = `Package: ${debian}\nVersion: 1\nArchitecture: all\nMaintainer: nobody <nobody@example.org>\nDescription: a stand-in\n`;
  writeFileSync(join(tree, 'DEBIAN/control'), control);
  writeFileSync(join(tree, 'usr/bin', debian), `#!/bin/sh\necho '${said}'\n`, { mode: 0o755 });
  const deb = join(repository, `${debian}.deb`);
  execFileSync('dpkg-deb', ['--root-owner-group', '--build', tree, deb], { stdio: 'ignore' });
  const sum = createHash('sha256').update(readFileSync(deb)).digest('hex');
  const entry = `${control}Filename: ./${debian}.deb\nSize: ${statSync(deb).size}\nSHA256: ${sum}\n\n`;
  writeFileSync(join(repository, 'Packages'), entry);
  writeFileSync(join(root, 'etc/apt/sources.list'), 'deb [trusted=yes] file:/archive ./\n');
  const archive = join(folder, 'own-image.tar');
  execFileSync('tar', ['--create', '--file', archive, '--directory', root, '.']);
  execFileSync('docker', ['--host', `unix://${socket}`, 'import', archive, reference], { stdio: 'ignore' });
}
