import assert from 'node:assert/strict';
import { test } from 'node:test';
import { registrySources } from '../../../src/fetch/registry-sources.ts';
import { tomlText } from '../../../src/fetch/toml-text.ts';
import { viewConfig } from '../../../src/fetch/view-config.ts';
import { cargoConfig, manifestFacts, toml } from './support.ts';

const builtIn = 'registry+https://built-in.invalid/index';
const other = 'sparse+https://other.invalid/index/';
const crate = (source: string, name = 'leaf') => ({
  name,
  version: '1.0.0',
  source,
  sha256: 'a'.repeat(64),
  dependencyCount: 0,
});

function config(crates: readonly string[], project: string, user = '', manifest = '[package]\nname = "a"\n') {
  const facts = cargoConfig(project, user);
  const sources = registrySources(
    crates.map((source) => crate(source)),
    facts,
    {},
  );
  return toml(tomlText(viewConfig(facts, [manifestFacts(manifest)], {}, sources)));
}

test('the built-in registry is replaced by the view', () => {
  assert.deepEqual(
    config([builtIn], '').source,
    toml('[crates-io]\nreplace-with = "boxed-0"\n[boxed-0]\ndirectory = "/box/crates/0"\n'),
  );
});

test('another registry by its URL, and its name for manifests when the user alone knows it', () => {
  const made = config(
    [builtIn, other],
    '',
    `[registries.mine]\nindex = "${other}"\ntoken = "t"\n`,
    '[package]\nname = "a"\n[dependencies]\nx = { version = "1", registry = "mine" }\n',
  );
  assert.deepEqual(
    made.source,
    toml(`
[crates-io]
replace-with = "boxed-0"
[boxed-0]
directory = "/box/crates/0"
[boxed-1]
directory = "/box/crates/1"
[boxed-1-origin]
registry = "${other}"
replace-with = "boxed-1"
`),
  );
  assert.deepEqual(made.registries, toml(`[mine]\nindex = "${other}"\n`));
});

test('a mirror of the project: its last link is replaced and nothing of it is said twice', () => {
  const made = config(
    [builtIn],
    '[source.crates-io]\nreplace-with = "one"\n[source.one]\nregistry = "https://one.invalid"\nreplace-with = "two"\n[source.two]\nregistry = "https://two.invalid"\n',
  );
  assert.deepEqual(made.source, toml('[two]\nreplace-with = "boxed-0"\n[boxed-0]\ndirectory = "/box/crates/0"\n'));
});

test('a mirror of the project that the user defines, in [source] or [registries]', () => {
  const project = '[source.crates-io]\nreplace-with = "near"\n';
  for (const user of [
    '[source.near]\nregistry = "https://near.invalid"\n',
    '[registries.near]\nindex = "https://near.invalid"\n',
  ]) {
    const made = config([builtIn], project, user);
    assert.deepEqual(
      made.source,
      toml(
        '[near]\nregistry = "https://near.invalid"\nreplace-with = "boxed-0"\n[boxed-0]\ndirectory = "/box/crates/0"\n',
      ),
    );
  }
});

test('a mirror of the user does not show inside', () => {
  const made = config(
    [builtIn],
    '',
    '[source.crates-io]\nreplace-with = "near"\n[source.near]\nregistry = "https://near.invalid"\n',
  );
  assert.deepEqual(
    made.source,
    toml('[crates-io]\nreplace-with = "boxed-0"\n[boxed-0]\ndirectory = "/box/crates/0"\n'),
  );
});

test('of the user’s own configuration only what is harmless and exists inside', () => {
  const made = config(
    [],
    '',
    `
[build]
jobs = 3
rustflags = ["-C", "target-cpu=native"]
rustc-wrapper = "/usr/bin/sccache"
target-dir = "/elsewhere"
[target.x86_64-unknown-linux-gnu]
linker = "clang"
runner = "qemu"
[target.aarch64-unknown-linux-gnu]
linker = "/opt/cross/gcc"
[profile.dev]
debug = 1
[profile.dev.package."*"]
opt-level = 3
[alias]
b = ["build", "--release"]
[env]
SECRET = "s"
`,
  );
  assert.deepEqual(
    { build: made.build, target: made.target, profile: made.profile, alias: made.alias, env: made.env },
    {
      ...toml(
        '[build]\njobs = 3\nrustflags = ["-C", "target-cpu=native"]\n[target.x86_64-unknown-linux-gnu]\nlinker = "clang"\n[profile.dev]\ndebug = 1\n[profile.dev.package."*"]\nopt-level = 3\n[alias]\nb = ["build", "--release"]\n',
      ),
      env: undefined,
    },
  );
});
