import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, lstatSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import { readSingleFile } from '../../../src/archive/read-single-file.ts';
import { unpackCrate } from '../../../src/archive/unpack-crate.ts';
import { entryPath } from '../../../src/archive/unpack-entry-path.ts';
import { readArchivedManifest } from '../../../src/archive/unpack-manifest.ts';
import { importCache } from '../../../src/cache/import-cache.ts';
import { readDebMembers } from '../../../src/environment/debian/deb-archive.ts';
import { neededGlibc } from '../../../src/facts/needed-glibc.ts';
import { partOf } from '../../../src/oci/dependency-files.ts';
import { type ArchiveEntry, honestCrate, tarOf } from '../../support/crate-archive.ts';
import { type Parser, text } from '../parser.ts';
import { place, scratch } from './project.ts';

const prefix = 'one-1.0.0';
const limits = { archiveBytes: 4 * 1024 * 1024, unpackedBytes: 8 * 1024 * 1024, entries: 500 };
const block = 512;
const recordTypes = ['0', '1', '2', '3', '5', '6', '7', 'g', 'x', 'K', 'L', 'S', 'V', 'D', '\0'];

/** Archives of every shape that tar knows: links, long names of both kinds, sparse files, doubles. */
async function tars(): Promise<readonly Buffer[]> {
  const file = (name: string, more: Partial<ArchiveEntry> = {}): ArchiveEntry => ({
    name: `${prefix}/${name}`,
    content: 'fn main() {}\n',
    ...more,
  });
  const long = `${'deep/'.repeat(30)}file.rs`;
  const all: readonly (readonly ArchiveEntry[])[] = [
    [
      file('Cargo.toml', { content: '[package]\nname = "one"\n' }),
      file('src/lib.rs'),
      { name: `${prefix}/empty`, type: 'directory' },
    ],
    [file(long), file('Cargo.toml')],
    [{ name: `${prefix}/link`, type: 'symlink', linkname: '../../outside' }, file('link/escaped')],
    [{ name: `${prefix}/hard`, type: 'link', linkname: `${prefix}/../../outside` }, file('Cargo.toml')],
    [file('same'), file('SAME'), file('same/below')],
    [file('../escaped'), file('Cargo.toml')],
    [{ ...file('Cargo.toml'), pax: { path: '/etc/escaped', size: '9' } }, file('src/lib.rs')],
    [{ name: `${prefix}/device`, type: 'block-device', devmajor: 8, devminor: 0 }],
  ];
  return Promise.all(all.map(tarOf));
}

/** A GNU long name in front of the first entry. */
function withLongName(tar: Buffer, name: string): Buffer {
  const content = Buffer.alloc(Math.ceil((name.length + 1) / block) * block);
  content.write(name);
  const header = Buffer.from(tar.subarray(0, block));
  header.fill(0, 0, 100);
  header.write('././@LongLink', 0);
  header.write('L', 156);
  header.write(`${name.length.toString(8).padStart(11, '0')}\0`, 124);
  return Buffer.concat([repaired(header), content, tar]);
}

/** Sums of headers made right again, so that what is behind them is read; every second input keeps its wrong ones. */
function repaired(tar: Buffer): Buffer {
  const fixed = Buffer.from(tar);
  for (let at = 0; at + block <= fixed.length; at += block) {
    const header = fixed.subarray(at, at + block);
    if (header.toString('latin1', 257, 262) !== 'ustar') continue;
    header.fill(0x20, 148, 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0').slice(-6)}\0 `, 148);
  }
  return fixed;
}

/** Changes the fields of headers, by numbers out of the case. */
function reshaped(tar: Buffer, cuts: readonly number[]): Buffer {
  const changed = Buffer.from(tar);
  const headers = Math.max(1, Math.floor(changed.length / block));
  const [which = 1, field = 1, value = 1] = cuts;
  const header = changed.subarray((which % headers) * block, (which % headers) * block + block);
  if (header.length < block) return changed;
  const fields: readonly (() => void)[] = [
    () => header.write(recordTypes[value % recordTypes.length] ?? '0', 156),
    () => header.write(`${['0', '1', '777', '77777777777', '-1', '9z'][value % 6]}\0`.padStart(12, '0'), 124),
    () => header.write(['../x', '/x', `${prefix}/..`, `${prefix}//a`, 'C:\\x', `${prefix}/a\0b`][value % 6] ?? '', 0),
    () => header.write(['../../outside', '/etc/passwd', prefix, '.'][value % 4] ?? '', 157),
    () => header.write(['../../..', '/abs', 'a'.repeat(155)][value % 3] ?? '', 345),
    () => header.write(['0007777', '0004755', '-000001'][value % 3] ?? '', 100),
    () => header.set(Buffer.from([0x80, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), 124),
    () => undefined,
  ];
  fields[field % fields.length]?.();
  return changed;
}

/** Nothing but plain files and folders, nothing with more rights than it needs, nothing beside the folder. */
function lookThrough(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const stat = lstatSync(path);
    assert.ok(stat.isFile() || stat.isDirectory(), `${name} is no file and no folder`);
    assert.equal(stat.mode & 0o7022, 0, `${name} has mode ${stat.mode.toString(8)}`);
    if (stat.isDirectory()) lookThrough(path);
  }
}

const manifests = () => honestCrate(prefix, { 'Cargo.toml': '[package]\nname = "one"\n', 'src/lib.rs': '' });

const ownNames = { packages: new Set(['own']), crates: new Set(['own']) };

export const archiveParsers: readonly Parser[] = [
  {
    name: 'target-paths',
    modules: ['oci/dependency-files.ts'],
    seeds: () => [
      text('build/debug/.fingerprint/own-0123456789abcdef/lib-own', 'build/debug/deps/libown-0123456789abcdef.rlib'),
      text('out/x86_64/debug/build/serde-0123456789abcdef/out', 'build/debug/deps/serde-0123456789abcdef.d'),
    ],
    words: ['own', '-0123456789abcdef', '/', 'debug', 'release', '.fingerprint', 'deps', 'lib', '.rlib', 'build', '\n'],
    mostBytes: 4096,
    feed: (bytes) => {
      for (const path of bytes.toString('utf8').split('\n')) {
        if (partOf(path, 'dev', ownNames) !== 'unit') continue;
        assert.match(path, /^(out|build)\//);
        // Where cargo looks; the same words in a dependency's own folder are nothing to it.
        assert.doesNotMatch(path, /^[^/]+(\/[^/]+)?\/debug\/\.fingerprint\/own-[0-9a-f]{16}(\/|$)/);
      }
      return undefined;
    },
  },
  {
    name: 'cache-archive',
    modules: ['archive/read-entries.ts', 'cache/cache-places.ts', 'cache/import-cache.ts'],
    seeds: async () => {
      const note: ArchiveEntry = { name: 'cargo-boxed-cache.json', content: '{"identity":"same","version":1}\n' };
      const target = (name: string, more: Partial<ArchiveEntry> = {}): ArchiveEntry => ({
        name: `target/${name}`,
        content: 'x',
        ...more,
      });
      const folder = target('way', { type: 'directory', content: '' });
      const all: readonly (readonly ArchiveEntry[])[] = [
        [note, folder, target('way/file'), { name: `packages/${'0'.repeat(64)}.deb`, content: 'x' }],
        [note, target('way', { type: 'symlink', linkname: '../../outside', content: '' }), target('way/file')],
        [note, target('a'), target('b', { type: 'link', linkname: 'target/a', content: '' })],
        [note, { name: 'crates/index-0123456789abcdef/one-1.0.0.crate', content: 'x' }],
      ];
      return Promise.all(all.map((entries) => tarOf(entries)));
    },
    words: ['ustar\0', 'target/', 'crates/', 'packages/', '../', '30 mtime=1.000000001\n', 'way', '.crate', '.deb'],
    cost: 'dear',
    mostBytes: 1024 * 1024,
    feed: async (bytes, cuts) => {
      const base = join(scratch, 'cache');
      rmSync(base, { recursive: true, force: true });
      for (const name of ['draft', 'packages', 'crates']) mkdirSync(join(base, name), { recursive: true });
      const file = join(base, 'archive.tar');
      writeFileSync(file, (cuts[0] ?? 0) % 4 === 0 ? bytes : repaired(reshaped(bytes, cuts)));
      const descriptor = openSync(file, 'r');
      try {
        return await importCache({
          file,
          descriptor,
          identity: 'same',
          target: { draft: join(base, 'draft'), place: join(base, 'target') },
          owner: null,
          packageFolder: join(base, 'packages'),
          crateFolder: join(base, 'crates'),
          packages: new Set(['0'.repeat(64)]),
          crates: new Map([['one-1.0.0.crate', new Set(['0'.repeat(64)])]]),
        });
      } finally {
        closeSync(descriptor);
        const known = ['archive.tar', 'crates', 'draft', 'packages', 'target'];
        assert.deepEqual(
          readdirSync(base).filter((name) => !known.includes(name)),
          [],
          'nothing beside the folders that it was given',
        );
        assert.deepEqual(readdirSync(join(base, 'packages')), [], 'no sum fits');
      }
    },
  },
  {
    name: 'crate-archive',
    modules: ['archive/unpack-archive.ts', 'archive/unpack-crate.ts'],
    seeds: async () => {
      const all = await tars();
      return [...all, ...all.slice(0, 2).map((tar) => withLongName(tar, `${prefix}/${'long/'.repeat(40)}x`))];
    },
    words: [
      'ustar\0',
      'ustar  \0',
      `${prefix}/`,
      '30 path=../../escaped\n',
      'SCHILY.',
      'GNU.sparse.major',
      'size=',
      '../',
    ],
    cost: 'dear',
    mostBytes: 1024 * 1024,
    feed: async (bytes, cuts) => {
      const tar = (cuts[0] ?? 0) % 4 === 0 ? bytes : repaired(reshaped(bytes, cuts));
      const archive = (cuts[1] ?? 0) % 16 === 1 ? bytes : gzipSync(tar, { level: 1 });
      const base = join(scratch, 'unpacked');
      rmSync(base, { recursive: true, force: true });
      mkdirSync(base);
      const [workFolder, store] = [join(base, 'work'), join(base, 'store')];
      mkdirSync(store);
      const sha256 = createHash('sha256').update(archive).digest('hex');
      const job = {
        kind: 'whole',
        archive: place('archive.crate', archive),
        prefix,
        sha256,
        workFolder,
        store,
      } as const;
      const end = await unpackCrate(job, limits);
      const wanted = end.kind === 'unpacked' ? end.folder : '';
      const left = [readdirSync(base).join(), readdirSync(store).join()];
      assert.deepEqual(left, ['store', wanted], `${end.kind} left ${left.join(': ')}`);
      assert.ok(!['outside', 'escaped'].some((name) => existsSync(join(scratch, name))), 'a file beside the folder');
      if (end.kind === 'unpacked') lookThrough(join(store, end.folder));
      assert.notEqual(end.kind, 'wrong-sum');
      if (end.kind === 'failed') assert.match(end.why, /^E(NAMETOOLONG|NOTDIR|INVAL)\b/, end.why);
      return undefined;
    },
  },
  {
    name: 'crate-manifest',
    modules: ['archive/unpack-manifest.ts'],
    seeds: async () => [gunzipSync(await manifests()), ...(await tars()).slice(0, 3)],
    words: ['ustar\0', `${prefix}/Cargo.toml`],
    mostBytes: 1024 * 1024,
    feed: async (bytes, cuts) => {
      const archive = (cuts[0] ?? 0) % 8 === 0 ? bytes : gzipSync(repaired(bytes), { level: 1 });
      const found = await readArchivedManifest((cuts[1] ?? 0) % 4 === 0 ? archive.subarray(0, -9) : archive, prefix);
      assert.ok(found === null || typeof found === 'string');
      return undefined;
    },
  },
  {
    name: 'single-file',
    modules: ['archive/read-single-file.ts'],
    seeds: tars,
    words: recordTypes,
    mostBytes: 1024 * 1024,
    feed: async (bytes) => {
      const read = await readSingleFile(Readable.from([bytes], { objectMode: false }), 4096).catch(() => null);
      assert.ok(read === null || read.length <= 4096);
      return undefined;
    },
  },
  {
    name: 'entry-path',
    modules: ['archive/unpack-entry-path.ts'],
    seeds: () => [text(`${prefix}/src/lib.rs`), text(`${prefix}/../x`), text(`/${prefix}/x`)],
    words: [`${prefix}/`, '/', '..', '.', '\\', '//', 'CON', 'a.'],
    mostBytes: 64 * 1024,
    feed: (bytes) => {
      const placed = entryPath(bytes.toString('utf8').trim(), prefix);
      if (!('path' in placed)) return undefined;
      const parts = placed.path.split('/');
      assert.ok(!placed.path.startsWith('/') && !parts.includes('..') && !placed.path.includes('\0'), placed.path);
      return undefined;
    },
  },
  {
    name: 'deb-archive',
    modules: ['environment/debian/deb-archive.ts', 'environment/debian/local-repository.ts'],
    seeds: () => [
      Buffer.from(
        ['debian-binary', 'control.tar.xz', 'data.tar.xz']
          .map(
            (name) =>
              `${name.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'100644'.padEnd(8)}${'4'.padEnd(10)}\`\n2.0\n`,
          )
          .reduce((all, member) => all + member, '!<arch>\n'),
      ),
    ],
    words: ['!<arch>\n', '`\n', '-60       `\n', '-1        `\n', '1e3       `\n', 'data.tar.xz     '],
    cost: 'dear',
    mostBytes: 1024 * 1024,
    feed: (bytes) => {
      const members = readDebMembers(place('package.deb', bytes)) ?? [];
      for (const { offset, sizeBytes } of members) assert.ok(sizeBytes >= 0 && offset + sizeBytes <= bytes.length);
      return undefined;
    },
  },
  {
    name: 'program',
    modules: ['facts/needed-glibc.ts'],
    seeds: () => [Buffer.from('\x7fELF\x02\x01GLIBC_2.2.5\0GLIBC_2.34\0')],
    words: ['GLIBC_2.', 'GLIBC_2.999', 'GLIBC_'],
    cost: 'dear',
    mostBytes: 1024 * 1024,
    feed: (bytes) => {
      const needed = neededGlibc(place('program', bytes));
      assert.ok(needed === null || (needed >= 0 && needed <= 999));
      return undefined;
    },
  },
];
