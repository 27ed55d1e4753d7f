import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { unpackCrate } from '../../../src/archive/unpack-crate.ts';
import { type UnpackEnd, type UnpackLimits, unpackLimits } from '../../../src/archive/unpack-job.ts';
import { type ArchiveEntry, crateOf, honestCrate, tarOf } from '../../support/crate-archive.ts';

const prefix = 'a-1.0.0';
const good = { name: `${prefix}/src/lib.rs`, content: '' };

interface Unpacked {
  readonly end: UnpackEnd;
  readonly folder: string;
  readonly store: string;
}

async function unpack(context: TestContext, archive: Buffer, limits: Partial<UnpackLimits> = {}): Promise<Unpacked> {
  const base = mkdtempSync(join(tmpdir(), 'cargo-boxed-unpack-'));
  context.after(() => rmSync(base, { recursive: true, force: true }));
  const store = join(base, 'store');
  mkdirSync(store);
  writeFileSync(join(base, 'a.crate'), archive);
  const end = await unpackCrate(
    {
      kind: 'whole',
      archive: join(base, 'a.crate'),
      prefix,
      sha256: createHash('sha256').update(archive).digest('hex'),
      workFolder: join(base, 'work'),
      store,
    },
    { ...unpackLimits, ...limits },
  );
  assert.ok(!readdirSync(base).includes('work'), 'nothing is left of the work');
  return { end, folder: join(store, end.kind === 'unpacked' ? end.folder : ''), store };
}

test('an honest crate: its files, plain modes, and the sum for cargo', async (context) => {
  const archive = await crateOf([
    { name: `${prefix}/`, type: 'directory' },
    { name: `${prefix}/Cargo.toml`, content: '[package]\n', mode: 0o666 },
    { name: `${prefix}/run.sh`, content: '#!/bin/sh\n', mode: 0o6777, uid: 12, gid: 13 },
    { name: `${prefix}/deep/er/file`, content: 'x'.repeat(100_000), mode: 0o000 },
  ]);
  const { end, folder } = await unpack(context, archive);
  assert.equal(end.kind, 'unpacked');
  assert.equal(readFileSync(join(folder, 'deep/er/file'), 'utf8').length, 100_000);
  const mode = (file: string) => statSync(join(folder, file)).mode & 0o7777;
  const executable = 0o755 & ~process.umask();
  const plain = 0o644 & ~process.umask();
  assert.deepEqual(['Cargo.toml', 'run.sh', 'deep/er/file'].map(mode), [plain, executable, plain]);
  assert.equal(statSync(join(folder, 'run.sh')).uid, process.getuid?.());
  assert.deepEqual(JSON.parse(readFileSync(join(folder, '.cargo-checksum.json'), 'utf8')), {
    files: {},
    package: createHash('sha256').update(archive).digest('hex'),
  });
});

test('the folder of a crate: the same everywhere, another for another archive, and nothing that its sum tells', async (context) => {
  const entries = [good, { name: `${prefix}/Cargo.toml`, content: '[package]\n' }];
  const archive = await crateOf(entries);
  const folderOf = ({ end }: Unpacked) => (end.kind === 'unpacked' ? end.folder : assert.fail(end.kind));
  const folder = folderOf(await unpack(context, archive));
  assert.equal(folderOf(await unpack(context, archive)), folder);
  assert.match(folder, /^[0-9a-f]{64}$/);
  assert.notEqual(folderOf(await unpack(context, await crateOf([good]))), folder);
  const sums = ['sha256', 'sha1', 'md5'].map((kind) => createHash(kind).update(archive).digest('hex'));
  const ofSums = sums.flatMap((sum) => ['sha256', 'sha512'].map((kind) => createHash(kind).update(sum).digest('hex')));
  assert.ok(![...sums, ...ofSums].some((sum) => sum.startsWith(folder)));
});

const hostile: readonly (readonly [string, readonly ArchiveEntry[], RegExp])[] = [
  ['a symbolic link', [good, { name: `${prefix}/x`, type: 'symlink', linkname: '/etc' }], /link/],
  [
    'a file through a link',
    [
      { name: `${prefix}/x`, type: 'symlink', linkname: '/tmp' },
      { name: `${prefix}/x/y`, content: 'y' },
    ],
    /link/,
  ],
  ['a hard link', [good, { name: `${prefix}/x`, type: 'link', linkname: '/etc/passwd' }], /link/],
  ['a climbing path', [good, { name: `${prefix}/../b-1.0.0/src/lib.rs`, content: 'evil' }], /plainest/],
  ['an absolute path', [good, { name: '/tmp/evil', content: 'evil' }], /absolute/],
  ['another crate’s folder', [good, { name: 'b-1.0.0/src/lib.rs', content: 'evil' }], /outside/],
  [
    'a character device',
    [good, { name: `${prefix}/x`, type: 'character-device', devmajor: 1, devminor: 3 }],
    /character-device/,
  ],
  ['a FIFO', [good, { name: `${prefix}/x`, type: 'fifo' }], /fifo/],
  ['the same file twice', [good, good], /another entry/],
  ['the same file by other case', [good, { name: `${prefix}/src/LIB.rs`, content: '' }], /another entry/],
  ['the same folder by other case', [good, { name: `${prefix}/SRC/main.rs`, content: '' }], /differently/],
  ['a file where a folder is', [good, { name: `${prefix}/src`, content: '' }], /another entry/],
  ['a folder where a file is', [good, { name: `${prefix}/src/lib.rs/x`, content: '' }], /a file where it has a folder/],
  ['a file in the place of the crate', [{ name: prefix, content: '' }], /another entry/],
];

for (const [what, entries, why] of hostile) {
  test(`refused: ${what}`, async (context) => {
    const { end, store } = await unpack(context, await crateOf(entries));
    assert.equal(end.kind, 'refused');
    assert.match(end.kind === 'refused' ? end.why : '', why);
    assert.deepEqual(readdirSync(store), []);
  });
}

test('a crate’s own checksum file does not count', async (context) => {
  const { end, folder } = await unpack(
    context,
    await crateOf([good, { name: `${prefix}/.cargo-checksum.json`, content: '{"files":{},"package":"00"}' }]),
  );
  assert.equal(end.kind, 'unpacked');
  assert.match(readFileSync(join(folder, '.cargo-checksum.json'), 'utf8'), /"package":"[0-9a-f]{64}"/);
});

test('bombs: too many bytes, by promise and in truth, and too many entries', async (context) => {
  const zeros = await honestCrate(prefix, { zeros: '\0'.repeat(3_000_000) });
  assert.match(whyOf((await unpack(context, zeros, { unpackedBytes: 1_000_000 })).end), /more than 1000000 bytes/);
  const lying = Buffer.from(zeros);
  lying.writeUInt32LE(10, lying.length - 4);
  assert.match(whyOf((await unpack(context, lying, { unpackedBytes: 1_000_000 })).end), /more than 1000000 bytes|gzip/);
  const many = await crateOf(Array.from({ length: 30 }, (_, index) => ({ name: `${prefix}/${index}`, content: '' })));
  assert.match(whyOf((await unpack(context, many, { entries: 20 })).end), /more than 20 entries/);
  assert.match(whyOf((await unpack(context, many, { archiveBytes: 100 })).end), /more than 100 bytes/);
});

test('damaged archives: cut off, no gzip, no tar, entries cut off', async (context) => {
  const whole = await honestCrate(prefix, { 'src/lib.rs': 'x'.repeat(5000) });
  assert.match(whyOf((await unpack(context, whole.subarray(0, whole.length / 2))).end), /gzip/);
  assert.match(whyOf((await unpack(context, Buffer.from('not an archive'))).end), /gzip/);
  assert.match(whyOf((await unpack(context, Buffer.alloc(0))).end), /gzip/);
  assert.match(whyOf((await unpack(context, gzipSync('x'.repeat(2000)))).end), /valid archive/);
  const tar = await tarOf([{ name: `${prefix}/a`, content: 'x'.repeat(5000) }]);
  assert.match(whyOf((await unpack(context, gzipSync(tar.subarray(0, 2048)))).end), /valid archive/);
});

test('another sum than the lock’s: named, and not unpacked', async (context) => {
  const base = mkdtempSync(join(tmpdir(), 'cargo-boxed-unpack-'));
  context.after(() => rmSync(base, { recursive: true, force: true }));
  const archive = await honestCrate(prefix, { 'src/lib.rs': '' });
  writeFileSync(join(base, 'a.crate'), archive);
  const job = {
    kind: 'whole' as const,
    archive: join(base, 'a.crate'),
    prefix,
    sha256: '0'.repeat(64),
    workFolder: join(base, 'w'),
    store: join(base, 'store'),
  };
  const actual = createHash('sha256').update(archive).digest('hex');
  assert.deepEqual(await unpackCrate(job), { kind: 'wrong-sum', actual });
  symlinkSync('a.crate', join(base, 'link.crate'));
  assert.equal((await unpackCrate({ ...job, archive: join(base, 'link.crate') })).kind, 'failed');
  assert.deepEqual(readdirSync(base).sort(), ['a.crate', 'link.crate']);
});

function whyOf(end: UnpackEnd): string {
  return end.kind === 'refused' ? end.why : `it was ${JSON.stringify(end)}`;
}

test('a folder with content is refused: nothing waits for what never comes', { timeout: 5000 }, async (context) => {
  const tar = await tarOf([{ name: `${prefix}/empty`, type: 'directory' }]);
  tar.write('00000000777', 124, 'latin1');
  tar.fill(' ', 148, 156);
  const sum = tar.subarray(0, 512).reduce((all, byte) => all + byte, 0);
  tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  assert.match(whyOf((await unpack(context, gzipSync(tar.subarray(0, 1024)))).end), /content, and is no file/);
});
