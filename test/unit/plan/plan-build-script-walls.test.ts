import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '../../../src/config/load-config.ts';
import { assemblePlan } from '../../../src/plan/assemble-plan.ts';
import type { BoxPlan } from '../../../src/plan/box-plan.ts';
import { wallRules } from '../../../src/plan/plan-build-script-walls.ts';
import type { Request } from '../../../src/plan/plan-inputs.ts';
import { planInputs } from '../../support/plan-inputs.ts';

async function planWith(unwalled: string | undefined, request: Partial<Request> = {}): Promise<BoxPlan> {
  const inputs = await planInputs({ request });
  const loaded = await loadConfig({
    flags: { limits: [] },
    variables: unwalled === undefined ? {} : { CARGO_BOXED_UNWALLED_BUILD_SCRIPTS: unwalled },
    directory: '/nonexistent',
    userFile: '/nonexistent/config.yaml',
    projectFile: null,
    metadata: null,
  });
  assert.ok(loaded.ok, JSON.stringify(loaded));
  const plan = assemblePlan({ ...inputs, config: loaded.value.config });
  assert.ok(plan.ok, JSON.stringify(plan));
  return plan.value;
}

const mountsOf = ({ box }: BoxPlan) =>
  (box?.mounts ?? []).filter((mount) => mount.kind === 'bind' && mount.source.anchor === 'walls');

test('every box in which something of a project runs has walls, mounted read-only', async () => {
  for (const request of [{}, { class: 'source-writing' }, { program: 'other', arguments: ['sh'] }] as const) {
    const plan = await planWith(undefined, request);
    assert.deepEqual(plan.box?.buildScriptWalls, {
      writable: ['/dev/shm'],
      ownSources: [],
      devices: ['/dev'],
      sharedCrates: ['scratch'],
      unwalled: [],
    });
    const mounts = mountsOf(plan);
    assert.deepEqual(mounts.map(({ target }) => target).sort(), ['/box/wall', '/etc/ld.so.preload']);
    assert.ok(mounts.every((mount) => mount.kind === 'bind' && mount.access === 'read-only'));
  }
});

test('a package that goes without is named; all at once need no walls', async () => {
  const usual = await planWith(undefined);
  const named = await planWith('ort-sys, app');
  assert.deepEqual(named.box?.buildScriptWalls?.unwalled, ['app', 'ort-sys']);
  assert.equal(mountsOf(named).length, 2);
  const none = await planWith('*');
  assert.equal(none.box?.buildScriptWalls, null);
  assert.deepEqual(mountsOf(none), []);
  assert.equal(new Set([usual, named, none].map(({ identity }) => identity)).size, 3, 'targets do not mix');
  assert.equal((await planWith(undefined, { class: 'creating' })).box?.buildScriptWalls, null);
});

test('the rules are pairs of texts that end with a zero', () => {
  const walls = {
    writable: ['/a b\n', '/dev/shm'],
    ownSources: ['/box/project'],
    devices: ['/dev'],
    sharedCrates: ['scratch'],
    unwalled: ['x'],
  };
  const rules = wallRules(walls, { HOME: '/box/home', TMPDIR: '/tmp', PATH: '/bin' }).split('\0');
  assert.deepEqual(rules, [
    ...['HOME', '/box/home', 'TMPDIR', '/tmp', 'below', '/tmp/w', 'within', '/box/target/build'],
    ...[
      'write',
      '/a b\n',
      'write',
      '/dev/shm',
      'own',
      '/box/project',
      'device',
      '/dev',
      'shared',
      'scratch',
      'free',
      'x',
      '',
    ],
  ]);
});
