import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { unpackCrates } from '../../../src/archive/unpack-crates.ts';
import { honestCrate } from '../../support/crate-archive.ts';

test('many crates go through threads; each end stands where its job stood', async (context) => {
  const base = mkdtempSync(join(tmpdir(), 'cargo-boxed-unpack-'));
  context.after(() => rmSync(base, { recursive: true, force: true }));
  const jobs = await Promise.all(
    Array.from({ length: 24 }, async (_, index) => {
      const prefix = `crate${index}-1.0.0`;
      const archive = await honestCrate(prefix, { 'src/lib.rs': `// ${index}` });
      writeFileSync(join(base, `${prefix}.crate`), archive);
      const sha256 = index === 7 ? '0'.repeat(64) : createHash('sha256').update(archive).digest('hex');
      return {
        kind: 'whole' as const,
        archive: join(base, `${prefix}.crate`),
        prefix,
        sha256,
        workFolder: join(base, `work${index}`),
        store: base,
      };
    }),
  );
  const running = new AbortController();
  const ends = await unpackCrates(jobs, { cpus: 2, signal: running.signal });
  assert.deepEqual(
    ends.map(({ kind }) => kind),
    jobs.map((_, index) => (index === 7 ? 'wrong-sum' : 'unpacked')),
  );
  const folders = ends.flatMap((end) => (end.kind === 'unpacked' ? [end.folder] : []));
  assert.equal(new Set(folders).size, 23);
  assert.ok(folders.every((folder) => existsSync(join(base, folder))));
  running.abort();
  const stopped = await unpackCrates(jobs, { cpus: 2, signal: running.signal });
  assert.ok(stopped.every(({ kind }) => kind === 'failed'));
});
