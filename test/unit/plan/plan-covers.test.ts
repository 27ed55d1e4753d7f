import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalJson } from '../../../src/base/canonical-json.ts';
import type { SecretFacts } from '../../../src/facts/facts.ts';
import { assemblePlan } from '../../../src/plan/assemble-plan.ts';
import type { Request } from '../../../src/plan/plan-inputs.ts';
import { planInputs } from '../../support/plan-inputs.ts';

const secrets: SecretFacts = {
  hidden: [
    { path: '.aws', kind: 'folder', reason: 'secret' },
    { path: '.env', kind: 'file', reason: 'secret' },
    { path: '.git/token', kind: 'file', reason: 'repository' },
  ],
  outside: [
    {
      source: '~/data',
      hidden: [{ path: 'in/.env', kind: 'file', reason: 'secret' }],
      cleaned: [{ path: '.git/config', content: '', sha256: 'e'.repeat(64) }],
    },
  ],
  cleaned: [{ path: '.git/config', content: '[core]\n', sha256: 'a'.repeat(64) }],
};

async function covers(request: Partial<Request> = {}): Promise<readonly string[]> {
  const inputs = await planInputs({ request });
  const plan = assemblePlan({ ...inputs, facts: { ...inputs.facts, secrets } });
  assert.ok(plan.ok);
  const mounts = plan.value.box?.mounts ?? [];
  const binds = mounts.flatMap((mount) => (mount.kind === 'bind' ? [mount] : []));
  const own = binds.filter(({ source }) => source.anchor === 'nothing' || source.anchor === 'cleaned');
  assert.ok(own.every(({ access }) => access === 'read-only'));
  const project = binds.findIndex(({ target }) => target === '/box/project');
  assert.ok(own.every((mount) => binds.indexOf(mount) > project));
  assert.doesNotMatch(canonicalJson(plan.value), /\[core\]/);
  return own.map(({ source, target }) => `${source.anchor}/${source.path.slice(0, 6)} ${target}`);
}

test('what is hidden is covered after the project is mounted', async () => {
  assert.deepEqual(await covers(), [
    'nothing/folder /box/project/.aws',
    'nothing/file /box/project/.env',
    'nothing/file /box/project/.git/token',
    'cleaned/aaaaaa /box/project/.git/config',
  ]);
});

test('what is hidden of a granted folder is covered right after its mount', async () => {
  const inputs = await planInputs();
  const mount = { source: '~/data', target: '/data', access: 'read-write' } as const;
  const config = { ...inputs.config, mounts: { value: [mount], origin: { kind: 'default' } as const } };
  const plan = assemblePlan({ ...inputs, config, facts: { ...inputs.facts, secrets } });
  assert.ok(plan.ok);
  const mounts = (plan.value.box?.mounts ?? []).flatMap((one) => (one.kind === 'bind' ? [one] : []));
  const at = mounts.findIndex(({ target }) => target === '/data');
  assert.deepEqual(
    mounts.slice(at + 1).map(({ source, target, access }) => [source.anchor, target, access]),
    [
      ['nothing', '/data/in/.env', 'read-only'],
      ['cleaned', '/data/.git/config', 'read-only'],
    ],
  );
});

test('of a writable copy only the real repository is covered', async () => {
  const repository = ['nothing/file /box/project/.git/token', 'cleaned/aaaaaa /box/project/.git/config'];
  assert.deepEqual(await covers({ class: 'source-writing', gitFolder: true }), repository);
  assert.deepEqual(await covers({ class: 'source-writing', gitFolder: false }), []);
});

test('showing a file changes the identity, since cargo would not see the change', async () => {
  const identity = async (show: readonly string[]) => {
    const inputs = await planInputs();
    const config = { ...inputs.config, show: { value: show, origin: { kind: 'default' } as const } };
    const plan = assemblePlan({ ...inputs, config });
    return plan.ok ? plan.value.identity : '';
  };
  assert.notEqual(await identity(['.env']), await identity([]));
});
