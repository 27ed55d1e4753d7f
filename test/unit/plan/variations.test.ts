import assert from 'node:assert/strict';
import test from 'node:test';
import { assemblePlan } from '../../../src/plan/assemble-plan.ts';
import type { BoxPlan } from '../../../src/plan/box-plan.ts';
import { possibleVariations, type Trial, type Variation, variations } from '../../../src/plan/variations.ts';
import { planInputs } from '../../support/plan-inputs.ts';

async function planOf(trial: Trial | null, engine: 'bwrap' | 'docker' = 'bwrap'): Promise<BoxPlan> {
  const plan = assemblePlan(await planInputs({ request: { trial }, engine }));
  if (!plan.ok) throw new Error(JSON.stringify(plan.problems));
  return plan.value;
}

/** What of two values is not equal, by its place. */
function differences(left: unknown, right: unknown, place = ''): readonly string[] {
  if (JSON.stringify(left) === JSON.stringify(right)) return [];
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return [place];
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  const at = (value: object, key: string) => (value as Record<string, unknown>)[key];
  return keys.flatMap((key) => differences(at(left, key), at(right, key), place === '' ? key : `${place}.${key}`));
}

const expected: Readonly<Record<Variation, RegExp>> = {
  'project-path': /^box\.(workingDirectory|mounts\.0\.target)$/,
  'target-path': /^box\.(mounts\.1\.target|variables\.CARGO_(TARGET_DIR|BUILD_BUILD_DIR))$/,
  home: /^box\.(variables\.HOME|mounts\.\d+\.target)$/,
  user: /^box\.(variables\.(USER|LOGNAME)|presents)$/,
  'host-name': /^box\.presents$/,
  locale: /^box\.variables\.(LANG|LC_ALL)$/,
  'time-zone': /^box\.variables\.TZ$/,
  clock: /^box\.mounts\.\d+(\.|$)/,
  cpus: /^box\.mounts\.\d+(\.|$)/,
  jobs: /^box\.variables\.CARGO_BUILD_JOBS$/,
  'file-order': /^box\.mounts\.\d+(\.|$)/,
  umask: /^box\.argv/,
};

for (const engine of ['bwrap', 'docker'] as const) {
  test(`with ${engine} each variation changes what it names and the target's name, and nothing else`, async () => {
    const usual = await planOf({ name: 'first', varies: [] }, engine);
    for (const name of variations) {
      const found = differences(usual, await planOf({ name: 'first', varies: [name] }, engine));
      assert.ok(found.includes('identity'), name);
      const rest = found.filter((place) => place !== 'identity');
      assert.ok(rest.length > 0, name);
      for (const place of rest) assert.match(place, expected[name], `${name}: ${place}`);
    }
  });
}

test('a trial has another target than the build that a person wants, and the same number of jobs said', async () => {
  const found = differences(await planOf(null), await planOf({ name: 'first', varies: [] }));
  assert.deepEqual(found, ['identity', 'box.variables.CARGO_BUILD_JOBS']);
  const again = differences(await planOf({ name: 'first', varies: [] }), await planOf({ name: 'again', varies: [] }));
  assert.deepEqual(again, ['identity']);
});

test('what cannot be varied is said: jobs that the command names, and ids with docker', () => {
  for (const words of [['-j2'], ['-j', '2'], ['--jobs=2'], ['--jobs', '2']]) {
    const { possible, not } = possibleVariations('bwrap', ['build', ...words]);
    assert.ok(!possible.includes('jobs') && not.jobs !== undefined, words.join(' '));
  }
  assert.deepEqual(possibleVariations('bwrap', ['build', '--release']), { possible: variations, not: {} });
  assert.match(possibleVariations('docker', ['build']).not.user ?? '', /by name only/);
});
