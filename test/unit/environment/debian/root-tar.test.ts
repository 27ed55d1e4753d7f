import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { openTar } from '../../../../src/environment/debian/root-tar.ts';
import { closedFolder } from '../../../../src/environment/debian/scratch.ts';

function scratch(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'cargo-boxed-test-'));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('what a container leaves is out of reach of others, and the tar alone is taken out of there', (context) => {
  const path = scratch(context);
  const folder = closedFolder({ path, remove: async () => {} });
  assert.equal(statSync(dirname(folder)).mode & 0o777, 0o700);
  const file = join(path, 'root.tar');
  writeFileSync(join(folder, 'root.tar'), 'a tar');
  assert.equal(openTar(join(folder, 'root.tar'), file), null);
  assert.ok(existsSync(file));
});

test('a set-id program, a link or nothing in the place of the tar stays where it is', (context) => {
  const path = scratch(context);
  const folder = closedFolder({ path, remove: async () => {} });
  const [closed, file] = [join(folder, 'root.tar'), join(path, 'root.tar')];
  assert.match(openTar(closed, file)?.why ?? '', /no regular file/);
  writeFileSync(closed, '#!/bin/sh\n');
  chmodSync(closed, 0o4755);
  assert.match(openTar(closed, file)?.why ?? '', /no regular file/);
  rmSync(closed);
  symlinkSync('/etc/hostname', closed);
  assert.match(openTar(closed, file)?.why ?? '', /no regular file/);
  assert.ok(!existsSync(file));
});
