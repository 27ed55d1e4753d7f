/**
 * The crate of the self-test in a box: each probe tries one attack from a build script and from a program, and again
 * on the host, where nothing stops it.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Observation, probes, whyNotHeld } from '../../src/selftest/judge-probes.ts';
import { type Canaries, layCanaries } from '../../src/selftest/lay-canaries.ts';
import { engine, environment, identity } from '../support/rig.ts';
import { probeBox, probeOpen, probeProject } from './support/probe-run.ts';

let folder = '';
let canaries: Canaries;
let boxed: readonly Observation[] = [];
let open: readonly Observation[] = [];

/** What is linked in Nix needs its store at /nix; the same program from Debian shows that each attack can get through. */
const runsInTheOpen = environment === 'debian';

before(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'cargo-boxed-hostile-')));
  canaries = await layCanaries(folder, join(folder, 'state'));
  const made = probeProject(join(folder, 'boxed/project'), canaries);
  boxed = await probeBox(made, canaries);
  if (!runsInTheOpen) return;
  mkdirSync(join(folder, 'open'), { recursive: true });
  open = await probeOpen(folder, made.path('target/boxed/debug/boxed-probes'), canaries);
});

after(async () => {
  await canaries?.close();
  rmSync(folder, { recursive: true, force: true });
});

function seen(observations: readonly Observation[], name: string): string {
  return observations
    .filter(({ probe }) => probe === name)
    .map(({ phase, reached, detail }) => `${phase}: ${reached ? 'REACHED' : 'stopped'}, ${detail}`)
    .join('; ');
}

describe(`attacks from inside a box of ${engine}`, () => {
  for (const probe of probes) {
    const gap = whyNotHeld(probe, { engine, identity });
    it(`${probe.name}: ${gap === null ? 'stopped' : 'known to get through'}`, () => {
      const own = boxed.filter(({ probe: name }) => name === probe.name);
      const expected = probe.walled === true ? ['walled'] : ['build', 'run'];
      assert.deepEqual(
        own.map(({ phase }) => phase),
        expected,
        'it ran in the build script and in the program',
      );
      if (gap === null) assert.ok(!own.some(({ reached }) => reached), seen(boxed, probe.name));
    });
  }
});

describe('the same attacks without a box', () => {
  if (!runsInTheOpen) return;
  // What a wall stops gets through without one: walls.test.ts.
  for (const { name, open: needs, openWhere } of probes.filter(({ walled }) => walled !== true)) {
    const condition = [needs === 'root' ? 'as root' : null, openWhere === undefined ? null : `where ${openWhere}`];
    it(`${name}: gets through ${condition.filter((part) => part !== null).join(', ')}`, () => {
      const own = open.find(({ probe }) => probe === name);
      assert.ok(own !== undefined, 'it ran');
      const mustReach = openWhere === undefined && (needs !== 'root' || identity === 'root');
      if (mustReach) assert.ok(own.reached, seen(open, name));
    });
  }
});
