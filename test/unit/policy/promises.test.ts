import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bwrapGuarantees } from '../../../src/engine/bwrap/check-bwrap.ts';
import { engineFacts, engineReport } from '../../../src/engine/docker/engine-facts.ts';
import type { Guarantee } from '../../../src/engine/engine.ts';
import { enginePromises, guaranteeNames } from '../../../src/policy/promises.ts';
import { tree } from '../../support/rig.ts';
import { withTables } from '../../support/security-tables.ts';

test('the tables of SECURITY.md say what the code goes by', () => {
  const text = readFileSync(join(tree, 'SECURITY.md'), 'utf8');
  assert.equal(text, withTables(text), 'run `node --import tsx .config/make-security-tables.mjs`');
});

test('every guarantee that the policy asks for stands in the table, once', () => {
  const named = enginePromises.flatMap(({ guarantees }) => guarantees);
  assert.deepEqual([...named].sort(), [...guaranteeNames].sort());
});

const all: readonly Guarantee[] = ['memory-limit', 'process-limit', 'cpu-limit', 'build-script-walls'];
const has = {
  MemoryLimit: true,
  SwapLimit: true,
  PidsLimit: true,
  CpuCfsQuota: true,
  SecurityOptions: ['name=seccomp'],
};
const docker = (info: Parameters<typeof engineFacts>[1]) => engineReport(engineFacts({}, info), '/s').enforces;
const kinds = {
  bwrap: [bwrapGuarantees(all, true), bwrapGuarantees([], true), bwrapGuarantees([], false)],
  docker: [
    docker(has),
    docker({}),
    engineReport(engineFacts({}, has), '/s', 'a kernel without Landlock').enforces,
    docker({ ...has, SecurityOptions: ['name=seccomp', 'name=rootless'] }),
    docker({ SecurityOptions: ['name=rootless'] }),
  ],
} as const;

for (const engine of ['bwrap', 'docker'] as const) {
  test(`what the table says of ${engine} is what it reports: everywhere, nowhere, or in some places`, () => {
    for (const { what, guarantees, held } of enginePromises) {
      for (const guarantee of guarantees) {
        const where = kinds[engine].map((report) => report.has(guarantee));
        const said = /^(yes|no)\b/.exec(held[engine])?.[0] ?? 'somewhere';
        const is = where.every((one) => one) ? 'yes' : where.some((one) => one) ? 'somewhere' : 'no';
        assert.equal(said, is, `${what}: ${guarantee}`);
      }
    }
  });
}
