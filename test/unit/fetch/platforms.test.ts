import assert from 'node:assert/strict';
import { test } from 'node:test';
import { neededCrates } from '../../../src/fetch/needed-crates.ts';
import { platformEdges } from '../../../src/fetch/platform-edges.ts';
import { stubSources } from '../../../src/fetch/stub-sources.ts';
import { targetMatches } from '../../../src/fetch/target-cfg.ts';
import { wantedTargets } from '../../../src/fetch/wanted-targets.ts';
import { cargoConfig, toml } from './support.ts';

const linux = 'x86_64-unknown-linux-gnu';

for (const [key, verdict] of [
  ['cfg(windows)', 'no'],
  ['cfg(unix)', 'yes'],
  ['cfg(target_os = "linux")', 'yes'],
  ['cfg(target_os="macos")', 'no'],
  ['cfg(not(windows))', 'yes'],
  ['cfg(any(windows, target_os = "macos"))', 'no'],
  ['cfg(all(unix, target_arch = "aarch64"))', 'no'],
  ['cfg(all(unix, target_feature = "avx"))', 'unknown'],
  ['cfg(all(windows, something_new))', 'no'],
  ['cfg(any(windows, tokio_unstable))', 'unknown'],
  ['cfg(target_env = "musl")', 'no'],
  ['cfg(all())', 'yes'],
  ['cfg(any())', 'no'],
  ['cfg(feature = "x")', 'unknown'],
  ['cfg(not(all(target_arch = "wasm32", target_os = "unknown")))', 'yes'],
  ['cfg(windows) x', 'unknown'],
  ['cfg(windows', 'unknown'],
  ['cfg(windows))', 'unknown'],
  ['cfg(not(windows, unix))', 'unknown'],
  ['cfg(version("1.0"))', 'unknown'],
  ['cfg(r#true)', 'unknown'],
  [linux, 'yes'],
  ['x86_64-pc-windows-gnu', 'no'],
] as const) {
  test(`${key} for Linux: ${verdict}`, () => {
    assert.equal(targetMatches(key, linux), verdict);
  });
}

test('of a target that is not known nothing is decided', () => {
  assert.equal(targetMatches('cfg(windows)', 'wasm32-unknown-unknown'), 'unknown');
  assert.equal(targetMatches(`cfg(${'not('.repeat(5000)}windows${')'.repeat(5000)})`, linux), 'unknown');
});

test('edges: only what is written below [target] and nowhere else', () => {
  const edges = platformEdges(
    toml(`
[dependencies]
both = "1"
[target."cfg(windows)".dependencies]
both = "1"
win = "1"
alias = { package = "real", version = "1" }
shared = { workspace = true }
[target."cfg(unix)".dependencies]
nix = "1"
[target."cfg(target_os = \\"macos\\")".build-dependencies]
win = "1"
`),
    toml('shared = { version = "1", package = "shared-real" }'),
  );
  assert.deepEqual(
    { ...edges },
    {
      win: ['cfg(windows)', 'cfg(target_os = "macos")'],
      real: ['cfg(windows)'],
      'shared-real': ['cfg(windows)'],
      nix: ['cfg(unix)'],
    },
  );
  assert.deepEqual(
    platformEdges(toml('[dependencies]\na = { version = "1", artifact = "bin" }\n[target.x.dependencies]\nb = "1"\n')),
    {},
  );
});

test('the walk keeps what any wanted target may need, and nothing that only others do', () => {
  const graph = [
    { name: 'app', version: '0.1.0', source: null, dependencies: ['io', 'win 1.0.0'] },
    { name: 'io', version: '1.0.0', source: 'registry+x', dependencies: ['win 2.0.0', 'libc'] },
    { name: 'libc', version: '1.0.0', source: 'registry+x', dependencies: [] },
    { name: 'win', version: '1.0.0', source: 'registry+x', dependencies: ['win-sys'] },
    { name: 'win', version: '2.0.0', source: 'registry+x', dependencies: ['win-sys'] },
    { name: 'win-sys', version: '1.0.0', source: 'registry+x', dependencies: [] },
    { name: 'git-dep', version: '1.0.0', source: 'git+y', dependencies: ['libc'] },
  ];
  const edges = (io: string, app: string) => (found: { name: string }) =>
    found.name === 'io' ? { win: [io] } : found.name === 'app' ? { win: [app] } : {};
  const names = (io: string, app: string, targets: readonly string[]) =>
    [...neededCrates(graph, edges(io, app), targets)].map((key) => key.split(' ').slice(0, 2).join(' ')).sort();
  assert.deepEqual(names('cfg(windows)', 'cfg(windows)', [linux]), [
    'app 0.1.0',
    'git-dep 1.0.0',
    'io 1.0.0',
    'libc 1.0.0',
  ]);
  assert.ok(names('cfg(unix)', 'cfg(windows)', [linux]).includes('win 2.0.0'));
  assert.ok(!names('cfg(unix)', 'cfg(windows)', [linux]).includes('win 1.0.0'));
  assert.equal(names('cfg(x)', 'cfg(x)', [linux]).length, 7);
});

test('wanted targets: the host and all that is named, or all when one is not understood', () => {
  const wanted = (words: readonly string[], project = '', variables = {}) =>
    wantedTargets(linux, words, variables, cargoConfig(project));
  assert.deepEqual(wanted(['build']), [linux]);
  assert.deepEqual(wanted(['build', '--target', 'aarch64-unknown-linux-musl']), ['aarch64-unknown-linux-musl', linux]);
  assert.deepEqual(wanted(['build', '--target=wasm32-unknown-unknown']), []);
  assert.deepEqual(wanted([], '[build]\ntarget = ["wasm32-wasip1"]\n'), []);
  assert.deepEqual(wanted([], '', { CARGO_BUILD_TARGET: 'custom.json' }), []);
  assert.deepEqual(wanted(['--config', 'build.target="x"']), []);
});

test('sources of a stub: what the manifest names', () => {
  assert.deepEqual(
    stubSources('[package]\nname = "a"\nbuild = "b.rs"\n[lib]\npath = "lib/x.rs"\n[[bin]]\npath = "./m.rs"\n'),
    ['b.rs', 'lib/x.rs', 'm.rs'],
  );
  assert.deepEqual(stubSources('[package]\nname = "a"\nlinks = "z"\nbuild = false\n'), ['build.rs', 'src/lib.rs']);
  assert.deepEqual(stubSources('no toml'), []);
});
