import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalJson } from '../../../src/base/canonical-json.ts';
import { keyNames, keys } from '../../../src/config/definition.ts';
import { type LoadedConfig, loadConfig } from '../../../src/config/load-config.ts';
import { assemblePlan } from '../../../src/plan/assemble-plan.ts';
import type { BoxStep, Mount } from '../../../src/plan/box-plan.ts';
import { judgeAsks, refusal } from '../../../src/policy/judge-asks.ts';
import { planInputs } from '../../support/plan-inputs.ts';

const list = (...items: readonly string[]) => fc.subarray([...items]);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
const mounts = [
  { source: '~/a', target: '/a' },
  { source: '/b', target: '/b', access: 'read-write' },
  { source: '/b', target: '/b', access: 'read-only' },
];

/** Values for every key that a project may write, as they stand in a file. */
const document = fc.record(
  {
    'project-path': maybe(fc.constantFrom('fixed', 'mirror')),
    env: maybe(fc.record({ pass: list('A', 'B', 'C'), set: fc.constant({ D: '1' }) })),
    network: maybe(list('tcp:db.example:5432', 'tcp:127.0.0.1:6000', 'unix:/run/db/socket')),
    mounts: maybe(fc.subarray(mounts, { maxLength: 1 })),
    limits: maybe(
      fc.record({
        memory: fc.constantFrom('1GiB', '64GiB', 'none'),
        processes: fc.constantFrom(10, 4096, 100_000, 'none'),
        time: fc.constantFrom('1m', '2h', 'none'),
        files: fc.constantFrom(100, 65_536, 'none'),
      }),
    ),
    image: maybe(fc.constantFrom('rust:1', 'evil.example/x')),
    export: maybe(fc.boolean()),
    'export-check': maybe(fc.boolean()),
    pinned: maybe(fc.boolean()),
    engine: maybe(fc.constantFrom('auto', 'bwrap', 'docker')),
    suite: maybe(fc.constantFrom('bookworm', 'trixie')),
    layers: maybe(list('zlib', 'openssl')),
    'unwalled-build-scripts': maybe(list('a', 'b', '*')),
    nix: maybe(
      fc.record(
        {
          nixpkgs: fc.constantFrom('a'.repeat(40), 'https://mirror.example/a.tar.gz'),
          'rust-overlay': fc.constantFrom('b'.repeat(40), 'https://mirror.example/b.tar.gz'),
          fetches: list(`a:sha256:${'0'.repeat(64)}`, `b:sha256:${'0'.repeat(64)}`),
        },
        { requiredKeys: [] },
      ),
    ),
  },
  { requiredKeys: [] },
);
const userDocument = fc.record(
  { project: document, 'allowed-images': maybe(list('rust:*', 'registry.example/**')) },
  { requiredKeys: ['project'] },
);

const folder = mkdtempSync(join(tmpdir(), 'cargo-boxed-widening-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

async function load(user: object, project: object): Promise<LoadedConfig> {
  const [userFile, projectFile] = [join(folder, 'config.yaml'), join(folder, 'cargo-boxed.yaml')];
  writeFileSync(userFile, JSON.stringify(user));
  writeFileSync(projectFile, JSON.stringify(project));
  const loaded = await loadConfig({
    flags: { limits: [] },
    variables: {},
    directory: folder,
    userFile,
    projectFile,
    metadata: null,
  });
  assert.ok(loaded.ok, JSON.stringify(loaded));
  return loaded.value;
}

async function boxOf({ config }: LoadedConfig): Promise<BoxStep> {
  const plan = assemblePlan({ ...(await planInputs()), config });
  assert.ok(plan.ok && plan.value.box !== null, JSON.stringify(plan));
  return plan.value.box;
}

function isSubset(smaller: readonly unknown[], larger: readonly unknown[], what: string): void {
  const known = new Set(larger.map((item) => canonicalJson(item)));
  for (const item of smaller) assert.ok(known.has(canonicalJson(item)), `${what}: ${canonicalJson(item)}`);
}

/** Where the project stands is compared by itself: at the fixed path it says less of the host than at its own. */
function placed(mount: Mount): object {
  return mount.kind === 'bind' && mount.source.anchor === 'project' ? { ...mount, target: '' } : mount;
}

/** Nothing that the first box has is more than what the second has. */
function isNoWider(box: BoxStep, than: BoxStep): void {
  isSubset(box.passedVariables, than.passedVariables, 'variable');
  isSubset(box.doors, than.doors, 'door');
  // More walls are less: what makes them is mounted where others went without.
  const mounts = box.mounts.filter((mount) => mount.kind === 'tmpfs' || mount.source.anchor !== 'walls');
  isSubset(mounts.map(placed), than.mounts.map(placed), 'mount');
  if (than.buildScriptWalls !== null) {
    assert.ok(box.buildScriptWalls !== null, 'walls of build scripts');
    isSubset(box.buildScriptWalls.unwalled, than.buildScriptWalls.unwalled, 'build script without a wall');
    isSubset(box.buildScriptWalls.writable, than.buildScriptWalls.writable, 'writable path');
  }
  assert.equal(box.network, than.network);
  for (const [name, limit] of Object.entries(than.limits)) {
    const own = box.limits[name as keyof BoxStep['limits']];
    if (limit !== null) assert.ok(own !== null && own.value <= limit.value, `limit ${name}`);
  }
}

test('no set of keys of a project enlarges the box without a grant', async () => {
  let asking = 0;
  await fc.assert(
    fc.asyncProperty(userDocument, document, async ({ project: own, ...userOnly }, project) => {
      const user = { ...own, ...userOnly };
      const loaded = await load(user, project);
      if (refusal(judgeAsks(loaded.asks, [])) !== null) {
        asking += 1;
        return;
      }
      const alone = await load(user, {});
      isNoWider(await boxOf(loaded), await boxOf(alone));
      assert.ok(loaded.config.projectPath.value === 'fixed' || alone.config.projectPath.value === 'mirror');
      assert.equal(loaded.config.nix.nixpkgs.value, alone.config.nix.nixpkgs.value);
      assert.equal(loaded.config.nix.rustOverlay.value, alone.config.nix.rustOverlay.value);
      isSubset(loaded.config.nix.fetches.value, alone.config.nix.fetches.value, 'build with a network');
      assert.ok(!loaded.config.export.value || alone.config.export.value);
      assert.ok(loaded.config.exportCheck.value || !alone.config.exportCheck.value);
      assert.ok(loaded.config.pinned.value || !alone.config.pinned.value);
    }),
    { numRuns: 300 },
  );
  assert.ok(asking > 20 && asking < 290, `a fair mix: ${asking} of 300 asked`);
});

test('every key that a project may write is covered above, or cannot widen', () => {
  const covered = new Set([
    'project-path',
    'env.pass',
    'network',
    'mounts',
    'image',
    'export',
    'export-check',
    'pinned',
    'unwalled-build-scripts',
    'nix.nixpkgs',
    'nix.rust-overlay',
    'nix.fetches',
  ]);
  // A copy of the project is as much the box's own as the target: nothing of it comes back.
  // Layers and packages come from Debian's own archive, or from the nixpkgs that nobody but the user chooses.
  const root = ['environment', 'suite', 'layers', 'layers.infer', 'packages', 'nix.packages', 'toolchain'];
  // What these name is asked for by its content, whoever names it: test/nix/own-file and own-flake.
  const asked = ['nix.file', 'nix.flake', 'nix.shell'];
  const harmless = new Set(['engine', ...root, ...asked, 'env.set', 'project-files']);
  for (const name of keyNames) {
    const { writers, widening } = keys[name];
    if (writers !== 'everybody' || name.startsWith('limits.') || covered.has(name)) continue;
    // A new key with a widening belongs into the documents above; one without it, into the list of the harmless.
    assert.ok(widening.kind !== 'never' || harmless.has(name), `${name} is new: does it widen the box?`);
  }
});
