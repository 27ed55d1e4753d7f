import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { measureHeldFiles } from '../../../src/disk/held-files.ts';
import { measureTree } from '../../../src/disk/measure-tree.ts';
import { temporaryFolder } from '../../support/rig.ts';

const isRoot = process.getuid?.() === 0;

test('a tree is what its blocks are: links once, holes nothing, names as bytes', (context) => {
  const folder = temporaryFolder(context);
  const empty = measureTree(folder).bytes;
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0x0a])]), Buffer.alloc(100_000));
  mkdirSync(join(folder, 'sub'));
  linkSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0x0a])]), join(folder, 'sub/again'));
  symlinkSync('/', join(folder, 'link'));
  writeFileSync(join(folder, 'hole'), '');
  truncateSync(join(folder, 'hole'), 1e12);
  const { bytes, isWhole } = measureTree(folder);
  assert.ok(isWhole);
  // The file, a folder, and at least a block for the link and the hole.
  assert.equal(bytes - empty, 102_400 + 3 * 4096);
  const du = Number(execFileSync('du', ['-sk', folder], { encoding: 'utf8' }).split('\t')[0]) * 1024;
  assert.ok(Math.abs(bytes - du) <= 2 * 4096, `${bytes} ${du}`);
});

test('what cannot be read or reached is said', (context) => {
  const folder = temporaryFolder(context);
  // Root reads everything, so root is somebody else meanwhile.
  const nobody = 65_534;
  if (isRoot) chownSync(folder, nobody, nobody);
  if (isRoot) process.seteuid?.(nobody);
  try {
    mkdirSync(join(folder, 'closed'));
    writeFileSync(join(folder, 'closed/file'), Buffer.alloc(50_000));
    chmodSync(join(folder, 'closed'), 0);
    assert.equal(measureTree(folder).isWhole, false);
    assert.equal(measureTree(folder, { openUp: true }).isWhole, true);
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
});

test('a tree that is too deep is said to be more than was counted', (context) => {
  const folder = temporaryFolder(context);
  execFileSync('sh', ['-c', 'i=0; while [ $i -lt 520 ]; do mkdir d && cd d || exit 1; i=$((i+1)); done'], {
    cwd: folder,
  });
  assert.equal(measureTree(folder).isWhole, false);
});

test('counting can be given up', (context) => {
  assert.equal(measureTree(temporaryFolder(context), { giveUp: () => true }).isWhole, false);
});

test('a file without a name is found where it is held open', (context) => {
  const folder = temporaryFolder(context);
  const descriptor = openSync(join(folder, 'held'), 'w');
  writeFileSync(descriptor, Buffer.alloc(200_000));
  assert.equal(measureHeldFiles([process.pid], [folder]).bytes, 0);
  unlinkSync(join(folder, 'held'));
  assert.equal(measureHeldFiles([process.pid], [folder]).bytes, 200_704);
  closeSync(descriptor);
  assert.equal(measureHeldFiles([process.pid], [folder]).bytes, 0);
});
