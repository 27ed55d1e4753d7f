import assert from 'node:assert/strict';
import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { rememberFile } from '../../../src/facts/remember-file.ts';
import { temporaryFolder } from '../../support/rig.ts';

test('a file that was looked at is remembered until it changes, also when its times are set back', async (context) => {
  const folder = temporaryFolder(context, 'remember');
  const [file, memory] = [join(folder, 'file'), join(folder, 'memory.json')];
  let asked = 0;
  const ask = () => {
    asked += 1;
    return readFileSync(file, 'utf8');
  };
  writeFileSync(file, 'one');
  assert.equal(rememberFile(memory, file, ask), 'one');
  assert.equal(rememberFile(memory, file, ask), 'one');
  assert.equal(asked, 2, 'the young may change again within one tick');
  await setTimeout(2100);
  rememberFile(memory, file, ask);
  assert.equal(rememberFile(memory, file, ask), 'one');
  assert.equal(asked, 3);
  writeFileSync(file, 'two');
  utimesSync(file, 0, 0);
  assert.equal(rememberFile(memory, file, ask), 'two');
});

test('a memory that is broken or cannot be written costs only time', (context) => {
  const folder = temporaryFolder(context, 'remember');
  const [file, memory] = [join(folder, 'file'), join(folder, 'memory.json')];
  writeFileSync(file, 'one');
  writeFileSync(memory, '{"');
  assert.equal(
    rememberFile(memory, file, () => 1),
    1,
  );
  assert.equal(
    rememberFile(join(file, 'below'), file, () => 2),
    2,
  );
});
