import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { fetchInputs } from '../../../src/commands/pipeline/fetch.ts';
import type { Planned } from '../../../src/commands/pipeline/make-plan.ts';
import type { Session } from '../../../src/commands/session.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import type { ResolvedBox } from '../../../src/engine/engine.ts';
import { readProject } from '../../../src/facts/read-project.ts';
import { fetchPhase } from '../../../src/fetch/fetch-phase.ts';
import { locations } from '../../../src/host/locations.ts';
import { assemblePlan } from '../../../src/plan/assemble-plan.ts';
import { fixedFacts, planInputs } from '../../support/plan-inputs.ts';

const chosen = `env: {pass: [CHOSEN_TOKEN], set: {CHOSEN_VARIABLE: chosen-value, CARGO_HTTP_PROXY: chosen-proxy}}
layers: [zlib]
network: ["tcp:chosen.example:5432", "unix:/run/chosen/socket"]
mounts: [{source: ~/chosen-folder, target: /chosen-target}]
image: chosen.example/image
environment: debian
project-path: mirror
`;

test('nothing that a project chose reaches the fetch phase, where the tokens are', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'cargo-boxed-fetch-phase-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const project = join(folder, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'cargo-boxed.yaml'), chosen);
  writeFileSync(
    join(project, 'Cargo.toml'),
    '[package]\nname = "p"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nitoa = "1"\n',
  );
  const read = readProject({ directory: project, manifestPath: null, homeDirectory: folder, cargoHome: folder });
  assert.ok(read.ok, JSON.stringify(read));
  const loaded = await loadConfig({
    flags: { limits: [] },
    variables: {},
    directory: project,
    userFile: null,
    projectFile: join(project, 'cargo-boxed.yaml'),
    metadata: null,
  });
  assert.ok(loaded.ok, JSON.stringify(loaded));
  const { config } = loaded.value;
  const facts = fixedFacts(read.value);
  const host = { ...facts.host, cargoHome: folder, variables: { CHOSEN_TOKEN: 'chosen-secret' } };
  const inputs = { ...(await planInputs()), config, facts: { ...facts, host } };
  const plan = assemblePlan(inputs);
  assert.ok(plan.ok && plan.value.box !== null, JSON.stringify(plan));
  assert.match(
    JSON.stringify(plan.value.box),
    /chosen-value.*chosen-folder.*chosen\.example/,
    'the build box has it all',
  );

  const boxes: ResolvedBox[] = [];
  const session = {
    locations: locations({ CARGO_BOXED_HOME: join(folder, 'home') }),
    reporter: { foreignStream: () => ({ stream: new PassThrough(), color: false, columns: null }) },
    interruption: { signal: new AbortController().signal },
  } as unknown as Session;
  const engine = {
    run: async (box: ResolvedBox) => {
      boxes.push(box);
      return { ok: true, value: { kind: 'finished', status: 101 } };
    },
  };
  const settled = { pins: inputs.pins, file: '', kind: 'own' };
  const planned = { ...inputs, plan: plan.value, settled, chosen: { engine } } as unknown as Planned;
  const root = async () => ({ ok: true, value: { kind: 'directory', path: '/our-own-root' } }) as const;
  await fetchPhase({ ...fetchInputs(session, planned), root });

  assert.ok(boxes.length > 0, 'a fetch box was run');
  for (const box of boxes) {
    assert.doesNotMatch(JSON.stringify(box), /chosen/i);
    assert.equal(box.workingDirectory, '/box/project');
    assert.deepEqual(box.root, { kind: 'directory', path: '/our-own-root' });
    const outside = box.mounts.filter(({ target }) => !target.startsWith('/box/') && !target.startsWith('/etc/'));
    assert.deepEqual(
      outside.map(({ target }) => target),
      ['/tmp'],
    );
  }
});
