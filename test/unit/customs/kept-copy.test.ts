import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { updateKeptCopy } from '../../../src/customs/kept-copy.ts';

let scratch = '';
const at = (path: string) => join(scratch, path);

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'customs-kept-'));
  put('project/src/lib.rs', 'one');
  put('project/contrib/made.txt', 'committed');
  put('project/.env', 'canary');
  put('outside/file', 'outside');
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

function put(path: string, content = path): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), content);
}

async function update(exclude: readonly string[] = ['.env']): Promise<void> {
  const copied = await updateKeptCopy({ projectRoot: at('project'), to: at('copy'), exclude }, at('copy.json'));
  assert.ok(copied.ok, JSON.stringify(copied));
}
const read = (path: string) => readFileSync(at(path), 'utf8');

test('what a box wrote stays, and what the project has not changed keeps its time', async () => {
  await update();
  put('copy/contrib/made.txt', 'made anew');
  put('copy/src/generated.rs');
  utimesSync(at('copy/src/lib.rs'), 1000, 1000);
  await update();
  assert.equal(read('copy/contrib/made.txt'), 'made anew');
  assert.equal(read('copy/src/generated.rs'), 'copy/src/generated.rs');
  assert.equal(statSync(at('copy/src/lib.rs')).mtimeMs, 1_000_000);
  assert.equal(existsSync(at('copy/.env')), false);
  assert.equal(read('project/contrib/made.txt'), 'committed');
});

test('what changed, came or went in the project does so in the copy', async () => {
  put('project/old/gone.rs');
  symlinkSync('src', at('project/link'));
  await update();
  put('copy/src/lib.rs', 'of the box');
  put('project/src/lib.rs', 'two');
  put('project/src/new.rs');
  rmSync(at('project/old'), { recursive: true });
  rmSync(at('project/link'));
  rmSync(at('copy/contrib/made.txt'));
  await update();
  assert.equal(read('copy/src/lib.rs'), 'two');
  assert.equal(read('copy/src/new.rs'), 'project/src/new.rs');
  assert.equal(read('copy/contrib/made.txt'), 'committed');
  assert.deepEqual([existsSync(at('copy/old')), existsSync(at('copy/link'))], [false, false]);
});

test('a file that is hidden from now on goes', async () => {
  await update([]);
  assert.equal(read('copy/.env'), 'canary');
  await update();
  assert.equal(existsSync(at('copy/.env')), false);
});

test('no link that a box left is followed', async () => {
  put('project/old/gone.rs');
  await update();
  renameSync(at('copy/src'), at('copy/moved'));
  symlinkSync(at('outside'), at('copy/src'));
  rmSync(at('copy/old'), { recursive: true });
  put('outside/gone.rs', 'outside');
  symlinkSync(at('outside'), at('copy/old'));
  rmSync(at('copy/contrib/made.txt'));
  symlinkSync(at('outside/file'), at('copy/contrib/made.txt'));
  rmSync(at('project/old'), { recursive: true });
  put('project/contrib/made.txt', 'changed');
  await update();
  assert.ok(lstatSync(at('copy/src')).isDirectory());
  assert.equal(read('copy/src/lib.rs'), 'one');
  assert.equal(read('copy/contrib/made.txt'), 'changed');
  assert.ok(lstatSync(at('copy/contrib/made.txt')).isFile());
  assert.deepEqual(
    [read('outside/file'), read('outside/gone.rs'), existsSync(at('outside/lib.rs'))],
    [...['outside', 'outside', false]],
  );
});

test('a file in the place of a folder, a folder in the place of a file, and the whole copy as a link', async () => {
  await update();
  rmSync(at('copy/src'), { recursive: true });
  put('copy/src', 'a file');
  rmSync(at('copy/contrib/made.txt'));
  put('copy/contrib/made.txt/deep/er');
  await update();
  assert.equal(read('copy/src/lib.rs'), 'one');
  assert.equal(read('copy/contrib/made.txt'), 'committed');
  rmSync(at('copy.json'));
  rmSync(at('copy'), { recursive: true });
  symlinkSync(at('outside'), at('copy'));
  await update();
  assert.ok(lstatSync(at('copy')).isDirectory());
  assert.equal(existsSync(at('outside/src')), false);
});

test('a copy that cannot be worked on, or whose record is gone or broken, is made anew', async () => {
  await update();
  put('copy/src/generated.rs');
  writeFileSync(at('copy.json'), '{');
  await update();
  assert.equal(existsSync(at('copy/src/generated.rs')), false);
  put('project/src/new.rs');
  chmodSync(at('copy/src'), 0);
  await update();
  assert.equal(read('copy/src/new.rs'), 'project/src/new.rs');
});
