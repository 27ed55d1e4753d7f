import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { deleteTree } from '../../../src/customs/delete-tree.ts';
import { asUser } from '../../support/as-identity.ts';

let within = '';
beforeEach(() => {
  within = mkdtempSync(join(tmpdir(), 'customs-delete-'));
});
afterEach(() => rmSync(within, { recursive: true, force: true }));

async function gone(relative: string) {
  const descriptors = readdirSync('/proc/self/fd').length;
  const result = await deleteTree({ within, relative });
  assert.ok(result.ok, JSON.stringify(result));
  assert.equal(readdirSync('/proc/self/fd').length, descriptors);
  return result.value;
}

describe('deleting a tree', () => {
  it('gives up where files are made faster than they are deleted', async () => {
    for (let folder = 0; folder < 3; folder += 1) {
      mkdirSync(join(within, `a/${folder}`), { recursive: true });
      for (let file = 0; file < 3500; file += 1) writeFileSync(join(within, `a/${folder}/${file}`), '');
    }
    const result = await deleteTree({ within, relative: 'a', startedMs: 0 });
    assert.match(JSON.stringify(result), /goes on writing/);
    assert.ok(!existsSync(join(within, 'a')));
    const [left = ''] = readdirSync(within);
    await gone(left);
    assert.deepEqual(readdirSync(within), []);
  });

  it('counts what it deleted and leaves the neighbours', async () => {
    mkdirSync(join(within, 'targets/a/b/c'), { recursive: true });
    mkdirSync(join(within, 'targets/other'));
    writeFileSync(join(within, 'targets/a/b/x'), 'x');
    assert.deepEqual(await gone('targets/a'), { files: 1, folders: 3 });
    assert.deepEqual(readdirSync(join(within, 'targets')), ['other']);
  });

  it('takes a missing tree for deleted', async () => {
    assert.deepEqual(await gone('nothing/here'), { files: 0, folders: 0 });
    assert.deepEqual(await gone('nothing'), { files: 0, folders: 0 });
  });

  it('deletes a link or a file in place of a tree, not what it points to', async () => {
    mkdirSync(join(within, 'keep'));
    writeFileSync(join(within, 'keep/x'), 'x');
    symlinkSync('keep', join(within, 'link'));
    writeFileSync(join(within, 'file'), 'x');
    await gone('link');
    await gone('file');
    assert.deepEqual(readdirSync(within), ['keep']);
    assert.deepEqual(readdirSync(join(within, 'keep')), ['x']);
  });

  it('follows no link on the way to the tree', async () => {
    mkdirSync(join(within, 'keep/a'), { recursive: true });
    symlinkSync('keep', join(within, 'link'));
    const result = await deleteTree({ within, relative: 'link/a' });
    assert.ok(!result.ok);
    assert.ok(existsSync(join(within, 'keep/a')));
  });

  it('follows no link inside of the tree', async () => {
    const outside = join(within, 'outside');
    mkdirSync(join(outside, 'folder'), { recursive: true });
    writeFileSync(join(outside, 'folder/precious'), 'x');
    mkdirSync(join(within, 'tree/sub'), { recursive: true });
    symlinkSync(outside, join(within, 'tree/out'));
    symlinkSync('/', join(within, 'tree/sub/root'));
    symlinkSync('../../outside/folder/precious', join(within, 'tree/sub/file'));
    symlinkSync('loop', join(within, 'tree/loop'));
    await gone('tree');
    assert.equal(readFileSync(join(outside, 'folder/precious'), 'utf8'), 'x');
    assert.deepEqual(readdirSync(within), ['outside']);
  });

  it('deletes folders without any rights, set-id files, FIFOs and sockets', async () => {
    mkdirSync(join(within, 'tree/a/b/c'), { recursive: true });
    writeFileSync(join(within, 'tree/a/b/set-id'), 'x');
    chmodSync(join(within, 'tree/a/b/set-id'), 0o7777);
    writeFileSync(join(within, 'tree/a/none'), 'x');
    chmodSync(join(within, 'tree/a/none'), 0);
    execFileSync('mkfifo', [join(within, 'tree/a/fifo')]);
    chmodSync(join(within, 'tree/a/b/c'), 0o000);
    chmodSync(join(within, 'tree/a/b'), 0o1000);
    chmodSync(join(within, 'tree/a'), 0o400);
    chmodSync(join(within, 'tree'), 0o000);
    assert.deepEqual(await gone('tree'), { files: 3, folders: 4 });
    assert.deepEqual(readdirSync(within), []);
  });

  it('deletes names of any bytes', async () => {
    mkdirSync(join(within, 'tree'));
    const names = ['new\nline', ' ', '-rf', '*', '\\', '"', "'", '\u202e', '...', '__proto__', 'x'.repeat(255)];
    for (const name of names) mkdirSync(join(within, 'tree', name));
    for (const bytes of [Buffer.from([0xff, 0xfe]), Buffer.from([0xc3, 0x28]), Buffer.from([1, 27, 127])]) {
      const folder = Buffer.concat([Buffer.from(`${within}/tree/`), bytes]);
      mkdirSync(folder);
      writeFileSync(Buffer.concat([folder, Buffer.from('/'), bytes]), 'x');
    }
    await gone('tree');
    assert.deepEqual(readdirSync(within), []);
  });

  it('deletes 4000 levels', async () => {
    const script = `const fs = require('node:fs');
      process.chdir(process.argv[1]);
      for (let level = 0; level < 4000; level += 1) {
        fs.mkdirSync('${'d'.repeat(20)}');
        process.chdir('${'d'.repeat(20)}');
        if (level % 100 === 0) fs.writeFileSync('file', '');
      }`;
    mkdirSync(join(within, 'tree'));
    execFileSync(process.execPath, ['-e', script, join(within, 'tree')]);
    assert.deepEqual(await gone('tree'), { files: 40, folders: 4001 });
    assert.deepEqual(readdirSync(within), []);
  });

  it('deletes more files in one folder than are listed at once', async () => {
    mkdirSync(join(within, 'tree'));
    for (let index = 0; index < 2500; index += 1) writeFileSync(join(within, `tree/${index}`), '');
    for (let index = 0; index < 1200; index += 1) mkdirSync(join(within, `tree/d${index}`));
    assert.deepEqual(await gone('tree'), { files: 2500, folders: 1201 });
  });

  asUser('says what it could not delete', async () => {
    mkdirSync(join(within, 'tree'));
    chmodSync(within, 0o500);
    const result = await deleteTree({ within, relative: 'tree' });
    chmodSync(within, 0o700);
    assert.ok(!result.ok);
    assert.equal(result.problems[0]?.code, 'storage');
    assert.match(result.problems[0]?.why ?? '', /permission/);
  });

  it('takes a path that climbs for a fault of ours', async () => {
    for (const relative of ['..', '../x', 'a/../../x', '', 'a/..']) {
      await assert.rejects(deleteTree({ within, relative }), /not a path below/);
    }
  });
});
