import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { canonicalJson } from '../../../src/base/canonical-json.ts';
import { readProject } from '../../../src/facts/read-project.ts';
import { assemblePlan } from '../../../src/plan/assemble-plan.ts';
import { planInputs } from '../../support/plan-inputs.ts';

/** A plan a fixture project and engine, to be read as a design: `UPDATE_PLANS=1 npm run unit` writes them anew. */
const fixtures = join(dirname(fileURLToPath(import.meta.url)), '../../fixtures');
const plans = join(fixtures, 'plans');
const work = mkdtempSync(join(tmpdir(), 'plans-'));
after(() => rmSync(work, { recursive: true }));

const cases = [
  { name: 'build', request: {} },
  { name: 'test', request: { arguments: ['test'], output: 'tests', exports: false } },
  { name: 'fmt', request: { class: 'source-writing', arguments: ['fmt'], exports: false } },
] as const;

/** A copy outside of this repository, which would be mounted as the project's own otherwise. */
function readFixture(name: string) {
  const directory = join(work, name);
  if (!existsSync(directory)) cpSync(join(fixtures, 'projects', name), directory, { recursive: true });
  const project = readProject({
    directory,
    manifestPath: null,
    homeDirectory: '/nonexistent',
    cargoHome: '/nonexistent',
  });
  assert.ok(project.ok, JSON.stringify(project));
  return project.value;
}

for (const name of readdirSync(join(fixtures, 'projects'))) {
  for (const engine of ['bwrap', 'docker'] as const) {
    for (const { name: command, request } of cases) {
      test(`${command} of ${name} on ${engine}`, async () => {
        const plan = assemblePlan(await planInputs({ project: readFixture(name), engine, request }));
        assert.ok(plan.ok, JSON.stringify(plan));
        const text = canonicalJson(plan.value, 2);
        const file = join(plans, `${name}.${command}.${engine}.json`);
        if (process.env.UPDATE_PLANS === '1') {
          mkdirSync(plans, { recursive: true });
          writeFileSync(file, text);
        }
        assert.ok(existsSync(file), `${file} is missing: UPDATE_PLANS=1 npm run unit`);
        assert.equal(text, readFileSync(file, 'utf8'));
      });
    }
  }
}
