import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EngineReport, Guarantee } from '../../../src/engine/engine.ts';
import { assemblePlan } from '../../../src/plan/assemble-plan.ts';
import { judgePlan, wallsGap, weakLimits } from '../../../src/policy/judge-plan.ts';
import { planInputs } from '../../support/plan-inputs.ts';

const report = (...enforces: Guarantee[]): EngineReport => ({
  engine: 'bwrap',
  version: '1',
  path: '/usr/bin/bwrap',
  ids: 'mapped',
  enforces: new Set(enforces),
  gaps: { 'memory-limit': 'no control group' },
});
const walls = ['read-only-project', 'no-network'] as const;

const planWith = async (limits: readonly string[]) => {
  const plan = assemblePlan(await planInputs({ flags: { limits } }));
  assert.ok(plan.ok);
  return plan.value;
};

describe('judgePlan', () => {
  it('lets a plan run whose default limits cannot be held, and says which', async () => {
    const plan = await planWith([]);
    assert.deepEqual(judgePlan(plan, report(...walls)), []);
    const weak = weakLimits(plan.box?.limits ?? assert.fail(), report(...walls));
    assert.deepEqual(weak.find(({ limit }) => limit === 'memory')?.why, 'no control group');
  });

  it('refuses a limit that was asked for and cannot be held', async () => {
    const [problem, ...more] = judgePlan(await planWith(['memory=1GiB']), report(...walls));
    assert.equal(more.length, 0);
    assert.equal(problem?.code, 'not-enforceable');
    assert.equal(problem?.why, 'no control group');
    assert.match(problem?.what ?? '', /memory/);
    assert.deepEqual(judgePlan(await planWith(['memory=1GiB']), report(...walls, 'memory-limit')), []);
  });

  it('refuses an engine without a wall', async () => {
    const problems = judgePlan(await planWith([]), report('read-only-project'));
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['not-enforceable'],
    );
  });
});

describe('wallsGap', () => {
  it('says why build scripts have no walls of their own here, and nothing where they have or were not to have', async () => {
    const plan = await planWith([]);
    assert.equal(wallsGap(plan, report('build-script-walls')), null);
    const old = { ...report(), gaps: { 'build-script-walls': 'needs another kernel' } };
    assert.equal(wallsGap(plan, old), 'needs another kernel');
    const box = { ...(plan.box ?? assert.fail()), buildScriptWalls: null };
    assert.equal(wallsGap({ ...plan, box }, old), null);
    const toolchain = { ...plan.toolchain, name: 'stable-x86_64-unknown-linux-musl' } as typeof plan.toolchain;
    assert.match(wallsGap({ ...plan, toolchain }, report('build-script-walls')) ?? '', /musl/);
  });
});
