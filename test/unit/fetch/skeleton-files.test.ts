import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeSkeleton } from '../../../src/fetch/make-skeleton.ts';
import { skeletonFiles } from '../../../src/fetch/skeleton-files.ts';
import { cargoConfig, manifestFacts, projectFacts, toml } from './support.ts';

const paths = (...parameters: Parameters<typeof skeletonFiles>) => skeletonFiles(...parameters).map(({ path }) => path);

test('manifests, lock, configuration, and a stub for every target', () => {
  const project = projectFacts(
    [
      manifestFacts('[workspace]\nmembers = ["a"]\n'),
      manifestFacts(
        '[package]\nname = "a"\nlinks = "z"\ndefault-run = "a"\n[lib]\npath = "lib/x.rs"\n[[bin]]\nname = "b"\n[[bin]]\nname = "c"\npath = "./bins/../c.rs"\n[[example]]\nname = "e"\n[[test]]\nname = "t"\n[[bench]]\nname = "n"\n',
        'members/a',
        'member',
      ),
    ],
    { lockfile: { state: 'present', text: 'version = 4\n', sha256: '' } },
  );
  assert.deepEqual(paths(project, toml('[source.a]\nregistry = "x"\n')), [
    '.cargo/config.toml',
    'Cargo.lock',
    'Cargo.toml',
    'members/a/Cargo.toml',
    'members/a/benches/n.rs',
    'members/a/build.rs',
    'members/a/c.rs',
    'members/a/examples/e.rs',
    'members/a/lib/x.rs',
    'members/a/src/bin/b.rs',
    'members/a/src/lib.rs',
    'members/a/src/main.rs',
    'members/a/tests/t.rs',
  ]);
});

test('no path leaves the skeleton, and no stub replaces a manifest', () => {
  const text =
    '[package]\nname = "a"\nbuild = "/etc/cron.d/x"\n[lib]\npath = "../../../outside.rs"\n[[bin]]\nname = "../../up"\n[[bin]]\nname = "m"\npath = "Cargo.toml"\n[[bin]]\nname = "z"\npath = "a\\u0000b"\n';
  const files = skeletonFiles(projectFacts([manifestFacts(text)]), {});
  assert.deepEqual(
    files.map(({ path }) => path),
    ['Cargo.toml', 'src/lib.rs', 'up.rs'],
  );
  assert.equal(files[0]?.text, text);
});

test('a build script does nothing, and is there where something is needed for one', () => {
  const scripts = (text: string) =>
    skeletonFiles(projectFacts([manifestFacts(`[package]\nname = "a"\n${text}`)]), {}).flatMap((file) =>
      file.text === 'fn main() {}\n' ? [file.path] : [],
    );
  assert.deepEqual(scripts(''), []);
  assert.deepEqual(scripts('build = "made/by.rs"\n'), ['made/by.rs']);
  assert.deepEqual(scripts('[build-dependencies]\ncc = "1"\n'), ['build.rs']);
  assert.deepEqual(scripts('[target.\'cfg(unix)\'.build-dependencies]\ncc = "1"\n'), ['build.rs']);
  assert.deepEqual(scripts('build = false\n[build-dependencies]\ncc = "1"\n'), []);
});

test('the configuration stands where the project has it', () => {
  const project = projectFacts([manifestFacts('[package]\nname = "a"\n', 'deep/er')], {
    workspace: 'deep/er',
    cargoConfig: { ...cargoConfig(''), files: ['deep/.cargo/config.toml', '.cargo/config.toml'] },
  });
  assert.ok(paths(project, toml('[source.a]\nregistry = "x"\n')).includes('deep/.cargo/config.toml'));
});

test('targets that collide with each other do not stop it', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'cargo-boxed-skeleton-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const text =
    '[package]\nname = "a"\n[[bin]]\nname = "b"\npath = "src"\n[[bin]]\nname = "c"\npath = "src/lib.rs/x.rs"\n';
  makeSkeleton(projectFacts([manifestFacts(text)], { current: 'sub' }), {}, folder);
  assert.deepEqual(readdirSync(folder).sort(), ['Cargo.toml', 'src', 'sub']);
});
