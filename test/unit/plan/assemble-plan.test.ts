import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { canonicalJson } from '../../../src/base/canonical-json.ts';
import { assemblePlan } from '../../../src/plan/assemble-plan.ts';
import type { BoxPlan } from '../../../src/plan/box-plan.ts';
import type { PlanInputs } from '../../../src/plan/plan-inputs.ts';
import { emptyProject, planInputs } from '../../support/plan-inputs.ts';

const planned = (inputs: PlanInputs): BoxPlan => {
  const plan = assemblePlan(inputs);
  assert.ok(plan.ok, JSON.stringify(plan));
  return plan.value;
};

describe('assemblePlan', () => {
  it('gives equal bytes for equal inputs, wherever the project stands', async () => {
    const here = planned(await planInputs());
    const elsewhere = planned(await planInputs({ project: { ...emptyProject, mountRoot: '/srv/other' } }));
    assert.equal(canonicalJson(here), canonicalJson(elsewhere));
  });

  it('holds no path of the host', async () => {
    const text = canonicalJson(planned(await planInputs()));
    assert.doesNotMatch(text, /\/home\/u/);
  });

  it('mounts the project read-only and only the target writable', async () => {
    const { box } = planned(await planInputs());
    const writable = box?.mounts.filter((mount) => mount.kind === 'bind' && mount.access === 'read-write');
    assert.deepEqual(
      writable?.map(({ target }) => target),
      ['/box/target'],
    );
    assert.equal(box?.network, 'none');
  });

  it('gives a source-writing command a writable copy, never the project', async () => {
    const { box } = planned(await planInputs({ request: { class: 'source-writing', gitFolder: true } }));
    const binds = box?.mounts.flatMap((mount) => (mount.kind === 'bind' ? [mount] : [])) ?? [];
    const project = binds.filter(({ source }) => source.anchor === 'project');
    assert.deepEqual(
      project.map(({ source, access }) => [source.path, access]),
      [['.git', 'read-only']],
    );
    assert.equal(binds.find(({ target }) => target === '/box/project')?.source.anchor, 'scratch');
  });

  it('gives a box that may write into the project a copy that is kept, with an identity of its own', async () => {
    const inputs = await planInputs({ request: { gitFolder: true } });
    const projectFiles = { value: 'copy', origin: { kind: 'default' } } as const;
    const copied = planned({ ...inputs, config: { ...inputs.config, projectFiles } });
    const binds = copied.box?.mounts.flatMap((mount) => (mount.kind === 'bind' ? [mount] : [])) ?? [];
    const project = binds.filter(({ source }) => source.anchor === 'project');
    assert.deepEqual(
      project.map(({ source, access }) => [source.path, access]),
      [['.git', 'read-only']],
    );
    assert.equal(binds.find(({ target }) => target === '/box/project')?.source.anchor, 'project-copy');
    assert.notEqual(copied.identity, planned(inputs).identity);
  });

  it('starts no box for commands that only need the fetch phase', async () => {
    assert.equal(planned(await planInputs({ request: { class: 'fetch' } })).box, null);
    assert.equal(planned(await planInputs({ request: { class: 'lock-writing' } })).box, null);
  });

  it('does not let a variable open the wall', async () => {
    const variables = [
      { name: 'HOME', value: '/root', changesResult: false },
      { name: 'CARGO_NET_OFFLINE', value: 'false', changesResult: false },
      { name: 'RUSTFLAGS', value: '-Cdebuginfo=0', changesResult: true },
    ];
    const { box } = planned(await planInputs({ request: { variables } }));
    assert.equal(box?.variables.HOME, '/box/home');
    assert.equal(box?.variables.CARGO_NET_OFFLINE, 'true');
    assert.equal(box?.variables.RUSTFLAGS, '-Cdebuginfo=0');
  });

  it('takes the terminal for a program and for tests, and pipes for cargo and for tests without one', async () => {
    const inputs = await planInputs({ request: { output: 'program' } });
    const host = { ...inputs.facts.host, terminal: { stdin: true, stdout: true, stderr: true } };
    const onTerminal = { ...inputs, facts: { ...inputs.facts, host } };
    assert.equal(planned(inputs).box?.streams, 'direct');
    assert.equal(planned(onTerminal).box?.streams, 'terminal');
    const as = (given: PlanInputs, output: 'filtered' | 'tests') =>
      planned({ ...given, request: { ...inputs.request, output } }).box?.streams;
    assert.equal(as(onTerminal, 'filtered'), 'pipes');
    assert.equal(as(onTerminal, 'tests'), 'terminal');
    assert.equal(as(inputs, 'tests'), 'pipes');
  });

  it('never asks by default for more open files than this process has', async () => {
    const inputs = await planInputs();
    const host = { ...inputs.facts.host, openFiles: 4096 };
    assert.equal(planned({ ...inputs, facts: { ...inputs.facts, host } }).box?.limits.openFiles?.value, 4096);
    const asked = await planInputs({ flags: { limits: ['files=9000'] } });
    assert.deepEqual(planned(asked).box?.limits.openFiles, { value: 9000, strength: 'required' });
  });

  it('refuses to plan an environment that is not pinned', async () => {
    const plan = assemblePlan({ ...(await planInputs()), pins: { version: 1 } });
    assert.ok(!plan.ok);
    assert.equal(plan.problems[0]?.code, 'lock-missing');
  });
});

describe('identity', () => {
  const identity = async (change: Parameters<typeof planInputs>[0]) => planned(await planInputs(change)).identity;

  it('changes with what changes the result, and with nothing else', async () => {
    const plain = await identity({});
    const variable = (name: string, changesResult: boolean) => ({
      request: { variables: [{ name, value: '1', changesResult }] },
    });
    assert.notEqual(await identity(variable('CI', true)), plain);
    assert.equal(await identity(variable('RUST_BACKTRACE', false)), plain);
    assert.equal(await identity({ request: { arguments: ['test'] } }), plain);
    assert.equal(await identity({ engine: 'docker' }), plain);
    assert.notEqual(await identity({ flags: { image: 'registry.example/rust:1', environment: 'image' } }), plain);
  });

  it('changes with the root and with the toolchain', async () => {
    const inputs = await planInputs();
    const plain = planned(inputs).identity;
    const debian = inputs.pins.debian;
    assert.ok(debian);
    const otherRoot = { ...inputs, pins: { ...inputs.pins, debian: { ...debian, rootSha256: 'd'.repeat(64) } } };
    assert.notEqual(planned(otherRoot).identity, plain);
    assert.ok(inputs.facts.toolchain);
    const toolchain = { ...inputs.facts.toolchain, manifestSha256: 'e'.repeat(64) };
    assert.notEqual(planned({ ...inputs, facts: { ...inputs.facts, toolchain } }).identity, plain);
  });
});
