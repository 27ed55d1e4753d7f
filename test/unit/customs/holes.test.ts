import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { exportCache } from '../../../src/cache/export-cache.ts';
import { exportArtifacts } from '../../../src/customs/export-artifacts.ts';
import { boundHoles } from '../../../src/customs/holes.ts';
import { sumIntermediates } from '../../../src/customs/sum-intermediates.ts';

const GiB = 1024 ** 3;

/** A target with an honest file and one of terabytes that takes no disk. */
function targetOf(context: TestContext, sizeBytes: number) {
  const folder = mkdtempSync(join(tmpdir(), 'holes-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const deps = join(folder, 'target/debug/deps');
  mkdirSync(deps, { recursive: true });
  for (const name of ['libhonest.rlib', 'libholes.rlib']) writeFileSync(join(deps, name), 'bytes');
  truncateSync(join(deps, 'libholes.rlib'), sizeBytes);
  return { folder, target: join(folder, 'target') };
}

test('honest files are taken, also where a disk compresses them or says late what is on it', () => {
  const takes = boundHoles();
  for (let file = 0; file < 1000; file += 1) assert.ok(takes(GiB, GiB / 5));
  assert.ok(boundHoles()(3 * GiB, 0));
  assert.ok(boundHoles()(GiB, GiB + 4096));
});

test('holes are taken up to a bound for all files together', () => {
  const takes = boundHoles();
  assert.equal(takes(5 * GiB, 0), false);
  const taken = Array.from({ length: 1000 }, () => takes(GiB / 4, 4096)).filter((is) => is).length;
  assert.ok(taken >= 15 && taken <= 20, String(taken));
  // What is all there is taken whatever came before it.
  assert.ok(takes(GiB, GiB));
});

test('a file of holes does not fill the disk with its zeros, nor is it read for hours', async (context) => {
  const { folder, target } = targetOf(context, 8 * 1024 * GiB);
  const archive = join(folder, 'cache.tar');
  const packed = await exportCache({ identity: 'x', target, packages: [], crates: [] }, archive);
  assert.deepEqual([packed.files, packed.leftOut], [1, 1]);
  assert.ok(statSync(archive).size < 1024 * 1024);
  truncateSync(join(target, 'debug/deps/libholes.rlib'), GiB);
  for (let more = 0; more < 5; more += 1) {
    writeFileSync(join(target, `debug/deps/libmore${more}.rlib`), '');
    truncateSync(join(target, `debug/deps/libmore${more}.rlib`), 1024 ** 4);
  }
  assert.ok((await sumIntermediates(target)).sums.has('debug/deps/libhonest.rlib'));
});

test('a result of holes stays where it is', async (context) => {
  const { folder, target } = targetOf(context, 0);
  const files = Array.from({ length: 6 }, (_, index) => join(target, 'debug', `app${index}`));
  for (const file of files) {
    writeFileSync(file, '');
    truncateSync(file, 4 * GiB);
  }
  const ended = await exportArtifacts({
    from: target,
    to: { projectRoot: folder, relative: 'boxed' },
    record: join(folder, 'record.json'),
    // None of the four gigabytes that are taken has to be written for this test.
    canaries: [{ what: 'a zero', word: '\0' }],
  });
  assert.ok(ended.ok, JSON.stringify(ended));
  const holes = ended.value.refused.filter(({ reason }) => reason.includes('holes'));
  assert.equal(holes.length, 5);
});
