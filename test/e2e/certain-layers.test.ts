import assert from 'node:assert/strict';
import test from 'node:test';
import { engine, project } from '../support/rig.ts';

/** A package of the project that says what it needs to the crate system-deps, whose script fails without it. */
const declaring = (metadata: string, more = '') => ({
  'sys/Cargo.toml': `[package]\nname = "asound-sys"\nversion = "0.1.0"\nedition = "2021"\n${more}\n[build-dependencies]\nsystem-deps = "=6.2.2"\n\n${metadata}\n`,
  'sys/src/lib.rs': '',
  'sys/build.rs': 'fn main() { system_deps::Config::new().probe().unwrap(); }\n',
});
const app = (dependencies: string) => ({
  'Cargo.toml': `[package]\nname = "certain"\nversion = "0.1.0"\nedition = "2021"\n\n${dependencies}\n`,
  'src/main.rs': 'fn main() {}\n',
});
const sys = '[dependencies]\nasound-sys = { path = "sys" }\n';
const alsa = '[package.metadata.system-deps]\nalsa = "1.0"\n';
const onlyCertain = { 'cargo-boxed.yaml': 'layers: {infer: certain}\n' };
const declared = { ...app(sys), ...declaring(alsa) };

test('what a crate declares that it needs is there before the first build, and is looked for once', async (context) => {
  const made = project(context, declared);

  const built = await made.boxed(['check']);
  assert.equal(built.status, 0, built.text);
  assert.match(
    built.stderr,
    /The layer alsa is added: asound-sys says in its manifest that it needs the pkg-config module alsa/,
  );
  assert.doesNotMatch(built.stderr, /Learning|error/);
  const again = await made.boxed(['check']);
  assert.equal(again.status, 0, again.text);
  assert.doesNotMatch(again.stderr, /is added|Checking/);
  const held = JSON.parse((await made.boxed(['layers', '--json'])).stdout);
  assert.deepEqual(
    held.layers.map(({ name, why }: { name: string; why: string }) => [name, why]),
    [['alsa', 'asound-sys says in its manifest that it needs the pkg-config module alsa']],
  );
});

test('with `certain` a lock has it with its reason, and a build that fails teaches nothing', async (context) => {
  const silent = 'fn main() { println!("cargo:rerun-if-changed=build.rs"); panic!("No package \'libpulse\' found") }\n';
  const made = project(context, { ...declared, ...onlyCertain });

  const locked = await made.boxed(['lock']);
  assert.equal(locked.status, 0, locked.text);
  const told = {
    crate: 'asound-sys',
    kind: 'layer',
    name: 'alsa',
    told: 'manifest',
    wanted: 'the pkg-config module alsa',
  };
  const pins = JSON.parse(made.read('cargo-boxed.lock'));
  assert.deepEqual([pins.debian.layers, pins.learned], [['alsa'], [told]]);
  const pinned = await made.boxed(['--pinned', 'check']);
  assert.equal(pinned.status, 0, pinned.text);
  assert.doesNotMatch(pinned.stderr, /is added/);
  const other = project(context, { ...declared, ...onlyCertain, 'sys/build.rs': silent });
  const failed = await other.boxed(['check']);
  assert.equal(failed.status, 101, failed.text);
  assert.match(failed.stderr, /The layer alsa is added/);
  assert.doesNotMatch(failed.stderr, /Learning/);
});

// Who decides what is certain does not depend on the engine.
if (engine === 'bwrap') {
  const none = 'fn main() {}\n';
  for (const [what, files] of [
    ['is optional', declaring('[package.metadata.system-deps.alsa]\nversion = "1.0"\noptional = true\n')],
    [
      'is of a feature that is off',
      declaring('[package.metadata.system-deps.alsa]\nversion = "1"\nfeature = "sound"\n'),
    ],
    ['is of another system', declaring(`[package.metadata.system-deps.'cfg(windows)']\nalsa = "1.0"\n`)],
    ['is bundled', declaring(alsa, '[features]\ndefault = ["bundled"]\nbundled = []\n')],
    ['is no name', declaring('[package.metadata.system-deps]\n"--libs" = "1"\n"../alsa" = "1"\n')],
  ] as const) {
    test(`what ${what} is not added`, async (context) => {
      const made = project(context, { ...app(sys), ...files, 'sys/build.rs': none });
      const built = await made.boxed(['check']);
      assert.equal(built.status, 0, built.text);
      assert.doesNotMatch(built.stderr, /is added/);
    });
  }

  test('a crate that this build does not compile, and one that it does with other words, are told apart', async (context) => {
    const rarely = `[dependencies]\nasound-sys = { path = "sys", optional = true }\n`;
    const made = project(context, { ...declared, ...app(rarely) });
    const without = await made.boxed(['check']);
    assert.equal(without.status, 0, without.text);
    assert.doesNotMatch(without.stderr, /is added/);
    made.write('cargo-boxed.yaml', 'layers: {infer: off}\n');
    const off = await made.boxed(['check', '--features', 'asound-sys']);
    assert.equal(off.status, 101, off.text);
    assert.doesNotMatch(off.stderr, /is added/);
    made.write('cargo-boxed.yaml', onlyCertain['cargo-boxed.yaml']);
    const withIt = await made.boxed(['check', '--features', 'asound-sys']);
    assert.equal(withIt.status, 0, withIt.text);
    assert.match(withIt.stderr, /The layer alsa is added/);
    assert.equal((await made.boxed(['check'])).status, 0);
  });

  test('what was measured is certain: no script of the crate has to fail first', async (context) => {
    const made = project(context, { ...app('[dependencies]\nopenssl-sys = "=0.9.118"\n'), ...onlyCertain });
    const built = await made.boxed(['check']);
    assert.equal(built.status, 0, built.text);
    assert.match(built.stderr, /The layer openssl is added: openssl-sys is known to need it/);
    const named = project(context, {
      ...app('[dependencies]\nopenssl-sys = "=0.9.118"\n'),
      'cargo-boxed.yaml': 'packages: [libssl-dev]\n',
    });
    const own = await named.boxed(['check']);
    assert.equal(own.status, 0, own.text);
    assert.doesNotMatch(own.stderr, /is added/);
  });
}
