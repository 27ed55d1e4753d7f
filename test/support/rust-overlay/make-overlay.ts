import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Programs of each component; what is not named here no test needs. */
const programs = {
  cargo: ['cargo'],
  rustc: ['rustc', 'rustdoc'],
  clippy: ['cargo-clippy', 'clippy-driver'],
  rustfmt: ['cargo-fmt', 'rustfmt'],
} as const;

/** The toolchain of this machine that the stand-in is made of. */
function hostToolchain(): string {
  const rustupHome = process.env.RUSTUP_HOME ?? join(homedir(), '.rustup');
  const settings = readFileSync(join(rustupHome, 'settings.toml'), 'utf8');
  const name = /^default_toolchain = "([^"]+)"$/m.exec(settings)?.[1] ?? '';
  return realpathSync(join(rustupHome, 'toolchains', name));
}

/**
 * A tarball as one of rust-overlay is served, with this machine's own toolchain in it; `folder` gets it. Another
 * `revision` has another sum and makes the same. Gives its `file://` URL.
 */
export function makeOverlay(folder: string, revision = 'the first'): string {
  const source = join(folder, 'rust-overlay-stand-in');
  const toolchain = hostToolchain();
  const host =
    readdirSync(join(toolchain, 'lib/rustlib')).find((name) => /^(x86_64|aarch64)-unknown-linux-gnu$/.test(name)) ?? '';
  rmSync(source, { recursive: true, force: true });
  mkdirSync(join(source, 'sysroot/bin'), { recursive: true });
  for (const name of ['default.nix', 'build.sh']) cpSync(join(import.meta.dirname, name), join(source, name));
  for (const name of Object.values(programs).flat()) {
    const file = join(toolchain, 'bin', name);
    if (existsSync(file)) cpSync(file, join(source, 'sysroot/bin', name));
  }
  const lib = join(source, 'sysroot/lib');
  mkdirSync(join(lib, 'rustlib'), { recursive: true });
  for (const name of readdirSync(join(toolchain, 'lib'))) {
    if (/\.so/.test(name)) cpSync(join(toolchain, 'lib', name), join(lib, name), { verbatimSymlinks: true });
  }
  // rustc wants to see the linker of its own, which our `cc` then leaves out; what that would start is not needed.
  for (const part of ['lib', 'bin/gcc-ld'])
    cpSync(join(toolchain, 'lib/rustlib', host, part), join(lib, 'rustlib', host, part), { recursive: true });
  const version = execFileSync(join(toolchain, 'bin/rustc'), ['--version'], { encoding: 'utf8' }).split(' ')[1] ?? '';
  const lists = Object.entries(programs).map(
    ([name, list]) => `${name} = [ ${list.map((one) => `"${one}"`).join(' ')} ];`,
  );
  writeFileSync(
    join(source, 'about.nix'),
    `{ version = "${version}"; host = "${host}"; revision = "${revision}";
  components = [ "cargo" "rustc" "rust-std" "rust-src" "clippy" "rustfmt" ];
  programs = { ${lists.join(' ')} }; }\n`,
  );
  const tar = join(folder, 'rust-overlay.tar');
  execFileSync('tar', [
    ...['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=u+rw,go+r'],
    ...['-cf', tar, '-C', folder, 'rust-overlay-stand-in'],
  ]);
  rmSync(source, { recursive: true });
  chmodSync(tar, 0o644);
  return `file://${tar}`;
}
