import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { readToolchain } from '../../../src/facts/read-toolchain.ts';
import { addFiles, temporaryTree } from './temporary-tree.ts';

export const host = 'x86_64-unknown-linux-gnu';
export const stable = `stable-${host}`;

/** A rustup home with one installed toolchain, made of files that only look like one, and a project beside it. */
export function temporaryRustup(context: TestContext, settings = `default_toolchain = "${stable}"\n`) {
  const root = temporaryTree(context, { 'rustup/settings.toml': settings, 'project/sub/': '' });
  addToolchain(root, stable);
  return { root, project: join(root, 'project') };
}

export function addToolchain(root: string, name: string, version = '1.95.0 (59807616e 2026-04-14)'): void {
  const lib = `rustup/toolchains/${name}/lib`;
  addFiles(root, {
    [`rustup/toolchains/${name}/bin/cargo`]: 'cargo',
    [`rustup/toolchains/${name}/bin/rustc`]: 'rustc',
    [`${lib}/rustlib/components`]: `rustc-${host}\ncargo-${host}\nclippy-preview-${host}\nrust-std-${host}\nrust-src\n`,
    [`${lib}/rustlib/multirust-channel-manifest.toml`]: `manifest-version = "2"\n\n[pkg.rustc]\nversion = "${version}"\n`,
    [`${lib}/rustlib/manifest-cargo-${host}`]: 'file:bin/cargo\n',
    [`${lib}/rustlib/manifest-rustc-${host}`]: 'file:bin/rustc\ndir:lib/codegen\n',
    [`${lib}/codegen/a/one.so`]: 'one',
  });
}

export function readIn(
  root: string,
  more: Partial<Parameters<typeof readToolchain>[0]> = {},
): ReturnType<typeof readToolchain> {
  return readToolchain({
    override: null,
    variables: {},
    rustupHome: join(root, 'rustup'),
    directory: join(root, 'project/sub'),
    mountRoot: join(root, 'project'),
    architecture: 'x86_64',
    memory: null,
    ...more,
  });
}
