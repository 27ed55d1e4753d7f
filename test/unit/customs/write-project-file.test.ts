import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
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
import { afterEach, beforeEach, describe, it } from 'node:test';
import { writeProjectFile } from '../../../src/customs/write-project-file.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'customs-write-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function refused(relative: string, why: RegExp) {
  const result = writeProjectFile({ root, relative, content: 'new' });
  assert.ok(!result.ok);
  assert.equal(result.problems[0]?.code, 'path');
  assert.match(result.problems[0]?.why ?? '', why);
}

describe('writing a file into the project', () => {
  it('makes it, and replaces it with mode and owner kept', () => {
    const file = join(root, 'Cargo.lock');
    assert.ok(writeProjectFile({ root, relative: 'Cargo.lock', content: 'one' }).ok);
    assert.equal(statSync(file).mode & 0o777, 0o666 & ~process.umask());
    chmodSync(file, 0o640);
    const before = statSync(file);
    assert.ok(writeProjectFile({ root, relative: 'Cargo.lock', content: Buffer.from('two') }).ok);
    assert.equal(readFileSync(file, 'utf8'), 'two');
    assert.equal(statSync(file).mode & 0o777, 0o640);
    assert.deepEqual([statSync(file).uid, statSync(file).gid], [before.uid, before.gid]);
    assert.deepEqual(readdirSync(root), ['Cargo.lock']);
  });

  it('writes below a folder that exists', () => {
    mkdirSync(join(root, 'crates/a'), { recursive: true });
    assert.ok(writeProjectFile({ root, relative: 'crates/a/Cargo.toml', content: 'x' }).ok);
    assert.equal(readFileSync(join(root, 'crates/a/Cargo.toml'), 'utf8'), 'x');
    const missing = writeProjectFile({ root, relative: 'none/Cargo.toml', content: 'x' });
    assert.ok(!missing.ok);
  });

  it('refuses a link, a FIFO and a folder in its place', () => {
    writeFileSync(join(root, 'precious'), 'precious');
    symlinkSync('precious', join(root, 'Cargo.lock'));
    refused('Cargo.lock', /symbolic link/);
    symlinkSync('nowhere', join(root, 'dangling'));
    refused('dangling', /symbolic link/);
    execFileSync('mkfifo', [join(root, 'fifo')]);
    refused('fifo', /FIFO/);
    mkdirSync(join(root, 'folder'));
    refused('folder', /folder/);
    assert.equal(readFileSync(join(root, 'precious'), 'utf8'), 'precious');
    assert.ok(lstatSync(join(root, 'Cargo.lock')).isSymbolicLink());
  });

  it('goes through no link on the way', () => {
    mkdirSync(join(root, 'elsewhere'));
    symlinkSync('elsewhere', join(root, 'crates'));
    refused('crates/Cargo.toml', /through a link/);
    assert.deepEqual(readdirSync(join(root, 'elsewhere')), []);
  });

  it('takes a path that climbs for a fault of ours', () => {
    for (const relative of ['../x', 'a/../../x', '', '..']) {
      assert.throws(() => writeProjectFile({ root, relative, content: 'x' }), /not a path below/);
    }
  });
});
