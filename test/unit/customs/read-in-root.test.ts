import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readInRoot } from '../../../src/customs/read-in-root.ts';

test('of a root plain files are read, and no link, device or pipe in their place', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'read-in-root-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const root = join(folder, 'root');
  mkdirSync(join(root, 'var/lib/dpkg'), { recursive: true });
  const file = join(root, 'var/lib/dpkg/status');
  assert.equal(readInRoot(root, 'var/lib/dpkg/status'), null);
  writeFileSync(file, 'Package: a\n');
  assert.equal(readInRoot(root, 'var/lib/dpkg/status'), 'Package: a\n');
  for (const target of ['/dev/zero', '/etc/passwd', 'status']) {
    rmSync(file);
    symlinkSync(target, file);
    assert.equal(readInRoot(root, 'var/lib/dpkg/status'), null, target);
  }
  rmSync(file);
  execFileSync('mkfifo', [file]);
  assert.equal(readInRoot(root, 'var/lib/dpkg/status'), null);
  symlinkSync('/etc', join(root, 'etc'));
  assert.equal(readInRoot(root, 'etc/passwd'), null);
});
