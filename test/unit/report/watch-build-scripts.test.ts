import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { watchBuildScripts } from '../../../src/report/watch-build-scripts.ts';

async function refusedIn(...pieces: readonly string[]): Promise<readonly string[]> {
  const watch = watchBuildScripts();
  const stream = new PassThrough();
  watch.listen(stream);
  for (const piece of pieces) stream.write(piece);
  await new Promise((resolve) => setImmediate(resolve));
  return watch.refused();
}

const failed = (name: string) => `\u001b[1merror\u001b[0m: failed to run custom build command for \`${name} v0.1.0\`\n`;

test('names whose build script failed when something was refused, also over a border of chunks', async () => {
  const whole = `${failed('ort-sys')}Os { code: 13, message: "Permission denied" }\n${failed('app')}`;
  assert.deepEqual(await refusedIn(whole), ['ort-sys', 'app']);
  assert.deepEqual(await refusedIn(whole.slice(0, 50), whole.slice(50, 100), whole.slice(100)), ['ort-sys', 'app']);
  assert.deepEqual(await refusedIn(failed('a'), 'x (os error 13)'), ['a']);
});

test('a name that a shell would act on is none of a package', async () => {
  for (const name of ['$(id)', 'a;id', 'a|b', '>x', 'a&']) {
    assert.deepEqual(await refusedIn(`${failed(name)}Permission denied`), []);
  }
  assert.deepEqual(await refusedIn(`${failed('größe_2-sys')}Permission denied`), ['größe_2-sys']);
});

test('says nothing when nothing was refused, or no build script failed', async () => {
  assert.deepEqual(await refusedIn(failed('a'), 'error: linker not found'), []);
  assert.deepEqual(await refusedIn('mkdir: Permission denied\nerror: could not compile `a`'), []);
});
