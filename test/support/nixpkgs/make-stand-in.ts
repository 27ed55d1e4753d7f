import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Debian packages that the stand-in is made of: a compiler, a shell, and what a handful of layers name. */
const packages = [
  ...['bash', 'coreutils', 'libacl1', 'libattr1', 'libcrypt1', 'libpcre2-8-0', 'libselinux1', 'libtinfo6', 'perl-base'],
  ...['binutils-x86-64-linux-gnu', 'libbinutils', 'libctf-nobfd0', 'libctf0', 'libgprofng0', 'libjansson4'],
  ...['cpp-12', 'gcc-12', 'libcc1-0', 'libgcc-12-dev', 'libgmp10', 'libisl23', 'libmpc3', 'libmpfr6'],
  ...['libc6', 'libc6-dev', 'libgcc-s1', 'libstdc++6', 'linux-libc-dev'],
  ...[
    'libpkgconf3',
    'libssl-dev',
    'libssl3',
    'libzstd1',
    'patchelf',
    'pkgconf-bin',
    'zlib1g',
    'zlib1g-dev',
    'libsmartcols1',
    'util-linux',
  ],
  ...['libexpat1', 'libpython3.11-minimal', 'libpython3.11-stdlib', 'python3-minimal', 'python3.11-minimal'],
  ...['gperf', 'libasound2', 'libasound2-dev', 'libbpf-dev', 'libbpf1', 'libelf-dev', 'libelf1'],
  ...['liblz4-1', 'liblz4-dev', 'libsqlite3-0', 'libsqlite3-dev'],
];
const seedPackage = 'busybox-static';
const seedPrograms = [
  'ar',
  'awk',
  'basename',
  'cat',
  'chmod',
  'cp',
  'dirname',
  'find',
  'grep',
  'head',
  'ln',
  'ls',
  'mkdir',
  'mv',
  'readlink',
  'rm',
  'sed',
  'sh',
  'sleep',
  'sort',
  'tail',
  'tar',
  'touch',
  'tr',
  'uname',
  'xz',
];

const downloads = join(
  process.env.CARGO_BOXED_TEST_DOWNLOADS ?? join(homedir(), '.cache/cargo-boxed-tests'),
  'nixpkgs-archives',
);

/**
 * A tarball as one of nixpkgs is served, made of Debian's packages; `folder` gets it. Another `revision` has another sum
 * and makes the same. Gives its `file://` URL.
 */
export function makeStandIn(folder: string, revision = 'the first'): string {
  const source = join(folder, 'nixpkgs-stand-in');
  const texts = import.meta.dirname;
  mkdirSync(join(source, 'archives'), { recursive: true });
  for (const name of readdirSync(texts)) if (/\.(nix|sh)$/.test(name)) cpSync(join(texts, name), join(source, name));
  writeFileSync(join(source, 'revision'), `${revision}\n`);
  const files = obtainArchives();
  const sums = [...files].map(([name, file]) => {
    // Names of the store take neither `%` nor `~`.
    const plain = `${name}.deb`.replace(/[^A-Za-z0-9.+_-]/g, '-');
    cpSync(file, join(source, 'archives', plain));
    const sum = createHash('sha256').update(readFileSync(file)).digest('hex');
    return `  "${name}" = { file = "${plain}"; sha256 = "${sum}"; };\n`;
  });
  writeFileSync(join(source, 'archives.nix'), `{\n${sums.join('')}}\n`);
  unpackSeed(files.get(seedPackage) as string, join(source, 'seed/bin'));
  const tar = join(folder, 'nixpkgs.tar');
  execFileSync('tar', [
    '--sort=name',
    '--mtime=@0',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '-cf',
    tar,
    '-C',
    folder,
    'nixpkgs-stand-in',
  ]);
  rmSync(source, { recursive: true });
  chmodSync(tar, 0o644);
  return `file://${tar}`;
}

/** The packages' files by name, brought by apt once and kept from one run to the next. */
function obtainArchives(): ReadonlyMap<string, string> {
  const wanted = [...packages, seedPackage];
  mkdirSync(downloads, { recursive: true });
  const find = () =>
    new Map(
      wanted.flatMap((name) => {
        const file = readdirSync(downloads).find((entry) => entry.startsWith(`${name}_`));
        return file === undefined ? [] : [[name, join(downloads, file)] as const];
      }),
    );
  const there = find();
  const missing = wanted.filter((name) => !there.has(name));
  if (missing.length > 0) {
    const fresh = mkdtempSync(join(tmpdir(), 'cargo-boxed-archives-'));
    try {
      execFileSync('apt-get', ['download', '-q', ...missing], { cwd: fresh, stdio: ['ignore', 'ignore', 'pipe'] });
      for (const file of readdirSync(fresh)) cpSync(join(fresh, file), join(downloads, file));
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
  }
  return find();
}

function unpackSeed(archive: string, folder: string): void {
  const unpacked = mkdtempSync(join(tmpdir(), 'cargo-boxed-seed-'));
  try {
    execFileSync('dpkg-deb', ['-x', archive, unpacked]);
    mkdirSync(folder, { recursive: true });
    cpSync(join(unpacked, 'bin/busybox'), join(folder, 'busybox'));
    for (const name of seedPrograms) symlinkSync('busybox', join(folder, name));
  } finally {
    rmSync(unpacked, { recursive: true, force: true });
  }
}
