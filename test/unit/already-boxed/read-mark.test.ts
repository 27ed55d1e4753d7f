import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { readMark } from '../../../src/already-boxed/read-mark.ts';

const identity = 'a'.repeat(64);
const isRoot = process.getuid?.() === 0;

function rootWith(context: TestContext, text: string | null): string {
  const root = mkdtempSync(join(tmpdir(), 'cargo-boxed-mark-'));
  context.after(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, 'box'), { mode: 0o755 });
  if (text !== null) writeFileSync(join(root, 'box/image.json'), text, { mode: 0o444 });
  return root;
}

function why(root: string): string {
  const mark = readMark(root);
  return mark.kind === 'none' ? mark.why : assert.fail('it is a mark');
}

test('a mark that root has made names what it is of', {
  skip: !isRoot && 'only root makes files of root',
}, (context) => {
  const root = rootWith(context, JSON.stringify({ version: 1, identity, more: 1 }));
  assert.deepEqual(readMark(root), { kind: 'mark', identity });
});

test('nothing else is one', { skip: !isRoot && 'only root makes files of root' }, (context) => {
  assert.match(why(rootWith(context, null)), /there is no/);
  for (const text of ['', '{', '[]', 'null', '{"version":2}', `{"version":1,"identity":"${'A'.repeat(64)}"}`, '\xff'])
    assert.match(why(rootWith(context, text)), /is not what an image|cannot be read/, text);
  const writable = rootWith(context, JSON.stringify({ version: 1, identity }));
  chmodSync(join(writable, 'box'), 0o1777);
  assert.match(why(writable), /by others than root/);
  const foreign = rootWith(context, JSON.stringify({ version: 1, identity }));
  chownSync(join(foreign, 'box/image.json'), 1000, 1000);
  assert.match(why(foreign), /by others than root/);
  const link = rootWith(context, null);
  symlinkSync('/etc/passwd', join(link, 'box/image.json'));
  assert.match(why(link), /by others than root|cannot be read/);
});
