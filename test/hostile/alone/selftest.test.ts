import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { boxed, engine, sharedHome, temporaryFolder } from '../../support/rig.ts';

test('the self-test says what this machine holds, in less than 60 s, and leaves nothing', async (context) => {
  const currentFolder = temporaryFolder(context, 'selftest');
  const ended = await boxed(['--json', 'selftest'], { currentFolder, limitSeconds: 120 });
  assert.equal(ended.status, 0, ended.text);
  assert.ok(ended.milliseconds < 60_000);
  const said = JSON.parse(ended.stdout);
  assert.equal(said.engine.name, engine);
  assert.equal(said.held, true);
  assert.deepEqual(
    said.promises.map(({ promise, broken }: { promise: string; broken: unknown[] }) => [promise, broken.length]),
    ['network', 'secrets', 'files', 'kernel', 'walls', 'place'].map((promise) => [promise, 0]),
    ended.stdout,
  );
  const left = join(sharedHome, 'state/selftest');
  assert.deepEqual(existsSync(left) ? readdirSync(left) : [], []);
});

test('as text it is a table of promises', async (context) => {
  const ended = await boxed(['selftest'], { currentFolder: temporaryFolder(context, 'selftest') });
  assert.equal(ended.status, 0, ended.text);
  assert.match(ended.stdout, /^ok +No network, .*held against \d+ attacks$/m);
});
