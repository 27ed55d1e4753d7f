import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holdFinished } from '../../../src/report/hold-finished.ts';

async function pass(chunks: readonly string[]): Promise<readonly [passed: string, kept: string]> {
  const { stream, release } = holdFinished();
  let passed = '';
  stream.on('data', (piece: Buffer) => {
    passed += piece.toString();
  });
  for (const chunk of chunks) stream.write(Buffer.from(chunk));
  stream.end();
  await new Promise((done) => stream.on('end', done));
  return [passed, release().toString()];
}

const failed = '{"reason":"build-finished","success":false}\n';
const artifact = '{"reason":"compiler-artifact","fresh":true}\n';

test('the last word of a build that failed is kept back, wherever it was cut', async () => {
  const said = `${artifact}${failed}`;
  for (let at = 0; at <= said.length; at++)
    assert.deepEqual(await pass([said.slice(0, at), said.slice(at)]), [artifact, failed], String(at));
});

test('all else passes: a build that succeeded, the same word in the middle, output without an end of line', async () => {
  const good = '{"reason":"build-finished","success":true}\n';
  assert.deepEqual(await pass([artifact, good]), [artifact + good, '']);
  assert.deepEqual(await pass([failed, artifact]), [failed + artifact, '']);
  assert.deepEqual(await pass(['{"reason":']), ['{"reason":', '']);
  assert.deepEqual(await pass(['']), ['', '']);
});
