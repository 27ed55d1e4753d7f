import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failure, success } from '../../../src/base/result.ts';
import type { CargoConfigFacts } from '../../../src/facts/facts.ts';
import { followGitFile } from '../../../src/facts/git-tracking.ts';
import { openListingCache } from '../../../src/facts/listing-cache.ts';
import { pathDependencies, pathPatches } from '../../../src/facts/path-dependencies.ts';
import { configuredPaths, readProjectCargoConfig } from '../../../src/facts/read-cargo-config.ts';
import { readProject } from '../../../src/facts/read-project.ts';
import { readToolchainFile } from '../../../src/facts/read-toolchain-file.ts';
import { vouchersFor } from '../../../src/facts/vouch.ts';
import { fetchConfig } from '../../../src/fetch/fetch-config.ts';
import { lockPackages } from '../../../src/fetch/lock-packages.ts';
import { neededCrates } from '../../../src/fetch/needed-crates.ts';
import { platformEdges } from '../../../src/fetch/platform-edges.ts';
import { registrySources } from '../../../src/fetch/registry-sources.ts';
import { stubSources } from '../../../src/fetch/stub-sources.ts';
import { targetMatches } from '../../../src/fetch/target-cfg.ts';
import { tomlText } from '../../../src/fetch/toml-text.ts';
import { viewConfig } from '../../../src/fetch/view-config.ts';
import { classifyCommand } from '../../../src/invocation/classify-command.ts';
import { readAliases } from '../../../src/invocation/read-aliases.ts';
import { readPins } from '../../../src/lock/read-pins.ts';
import { locateValue } from '../../../src/toml/locate-value.ts';
import { parseToml } from '../../../src/toml/parse.ts';
import { decoded, type Fed, type Parser, text } from '../parser.ts';

/** A folder of this run for parsers that read files; in memory where there is such a place. */
export const scratch = mkdtempSync(join(tmpdir(), 'cargo-boxed-fuzz-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));

export function place(name: string, bytes: Uint8Array): string {
  const file = join(scratch, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, bytes);
  return file;
}

const tomlWords = [
  '[',
  ']',
  '[[',
  ']]',
  '{',
  '}',
  ' = ',
  '"""',
  "'''",
  '\\u0041',
  '\\UFFFFFFFF',
  '1979-05-27T07:32:00Z',
  '.a',
  'a.',
];
const manifestWords = [
  ...tomlWords,
  ...['[workspace]\n', 'members', 'exclude', 'path', '[patch.x]\n', '[dependencies]\n', 'package', 'workspace = true'],
  ...[
    '../',
    '/',
    '*',
    '**/',
    '[!a-z]',
    "[target.'cfg(windows)'.dependencies]\n",
    'cfg(all(unix, not(windows)))',
    'x = 1\n',
  ],
];
const manifest = text(
  '[package]',
  'name = "app"',
  'version = "0.1.0"',
  'build = "build.rs"',
  '[workspace]',
  'members = ["crates/*", "tools"]',
  'exclude = ["old"]',
  '[dependencies]',
  'one = { path = "crates/one", version = "1" }',
  'two = { workspace = true }',
  '[target.\'cfg(any(windows, all(unix, not(target_os = "linux"))))\'.dependencies]',
  'three = "1"',
  '[workspace.dependencies]',
  'two = { version = "2", package = "deux" }',
  '[patch.crates-io]',
  'four = { path = "four" }',
  '[[bin]]',
  'name = "app"',
  'path = "./src/main.rs"',
);
const lock = text(
  'version = 4',
  '[[package]]',
  'name = "app"',
  'version = "0.1.0"',
  'dependencies = ["one", "two 2.0.0", "three 1.0.0 (registry+https://example.test/index)"]',
  '[[package]]',
  'name = "one"',
  'version = "1.0.0"',
  'source = "registry+https://example.test/index"',
  `checksum = "${'0'.repeat(64)}"`,
  '[[package]]',
  'name = "two"',
  'version = "2.0.0"',
  `source = "git+https://example.test/two?branch=main#${'0'.repeat(40)}"`,
  '[[patch.unused]]',
  'name = "four"',
  'version = "1.0.0"',
);
const cargoConfig = text(
  'paths = ["over"]',
  'include = ["more.toml", { path = "else.toml", optional = true }]',
  '[alias]',
  'x = "run --release"',
  'boxed = ["build", "--locked"]',
  '[source.crates-io]',
  'replace-with = "mirror"',
  '[source.mirror]',
  'registry = "sparse+https://example.test/index/"',
  '[source.vendored]',
  'directory = "vendor"',
  '[registries.own]',
  'index = "https://example.test/own"',
  '[target.x86_64-unknown-linux-gnu]',
  'linker = "clang"',
);
const toolchainFile = text('[toolchain]', 'channel = "1.95"', 'components = ["clippy"]', 'targets = ["wasm32-wasip1"]');
const none: CargoConfigFacts = { project: {}, user: {}, files: [] };
const targets = ['x86_64-unknown-linux-gnu', 'wasm32-unknown-unknown'];

function withText(bytes: Buffer, use: (source: string) => Fed): Fed {
  const source = decoded(bytes);
  return source === null ? undefined : use(source);
}

export const projectParsers: readonly Parser[] = [
  {
    name: 'toml',
    modules: ['toml/parse.ts', 'toml/locate-value.ts'],
    seeds: () => [manifest, cargoConfig],
    words: tomlWords,
    messages: 'words-only',
    mostBytes: 1024 * 1024,
    feed: (bytes) =>
      withText(bytes, (source) => {
        locateValue(source, 'Cargo.toml', 'a', ['members']);
        return parseToml(source, 'Cargo.toml');
      }),
  },
  {
    name: 'manifest',
    modules: ['fetch/stub-sources.ts', 'fetch/target-cfg.ts', 'fetch/fill-view.ts', 'fetch/fill-store.ts'],
    seeds: () => [manifest],
    words: manifestWords,
    messages: 'words-only',
    mostBytes: 1024 * 1024,
    feed: (bytes) =>
      withText(bytes, (source) => {
        stubSources(source);
        const parsed = parseToml(source, 'Cargo.toml');
        if (!parsed.ok) return parsed;
        pathDependencies(parsed.value, parsed.value);
        pathPatches(parsed.value);
        for (const keys of Object.values(platformEdges(parsed.value, parsed.value)))
          for (const key of keys.slice(0, 200)) for (const target of targets) targetMatches(key, target);
        return undefined;
      }),
  },
  {
    name: 'project',
    modules: ['facts/read-project.ts', 'facts/read-manifest.ts', 'facts/read-project-text.ts', 'host/read-file.ts'],
    seeds: () => [manifest],
    words: manifestWords,
    cost: 'dear',
    mostBytes: 1024 * 1024,
    feed: (bytes) => {
      place('project/Cargo.toml', bytes);
      place('project/.git/HEAD', Buffer.from('ref: refs/heads/main\n'));
      for (const name of ['crates/one', 'crates/two', 'tools', 'four'])
        place(
          `project/${name}/Cargo.toml`,
          Buffer.from(`[package]\nname = "${name.split('/').at(-1)}"\nversion = "1.0.0"\n`),
        );
      const read = readProject({
        directory: join(scratch, 'project'),
        manifestPath: null,
        homeDirectory: join(scratch, 'nobody'),
        cargoHome: join(scratch, 'nobody/.cargo'),
      });
      if (read.ok)
        for (const { folder } of read.value.manifests) assert.ok(!folder.startsWith('..'), 'a manifest from outside');
      return read;
    },
  },
  {
    name: 'cargo-lock',
    modules: [
      'fetch/lock-packages.ts',
      'fetch/registry-sources.ts',
      'fetch/run-lock-writing.ts',
      'fetch/standard-library.ts',
    ],
    seeds: () => [lock],
    words: [...tomlWords, '[[package]]\n', 'source', 'checksum', 'registry+', 'sparse+', 'git+', '?branch=', '#', '/'],
    mostBytes: 1024 * 1024,
    feed: (bytes) =>
      withText(bytes, (source) => {
        const packages = lockPackages(source);
        if (!packages.ok) return packages;
        const { crates, graph } = packages.value;
        for (const { name, version } of crates)
          assert.match(`${name}-${version}`, /^[^/\0]+$/, 'a name that is a path');
        neededCrates(graph, () => ({}), targets);
        const sources = registrySources(crates, none, { CARGO_REGISTRIES_OWN_INDEX: 'https://example.test/index' });
        tomlText(viewConfig(none, [], {}, sources));
        return undefined;
      }),
  },
  {
    name: 'cargo-config',
    modules: ['facts/read-cargo-config.ts', 'fetch/fetch-session.ts'],
    seeds: () => [cargoConfig],
    words: [...tomlWords, 'include', 'replace-with', '[source.x]\n', '[alias]\n', 'directory', '.toml"'],
    messages: 'words-only',
    cost: 'dear',
    mostBytes: 1024 * 1024,
    feed: (bytes) => {
      place('configured/.cargo/config.toml', bytes);
      place('configured/.cargo/more.toml', Buffer.from('[alias]\ny = "test"\n'));
      const root = join(scratch, 'configured');
      const read = readProjectCargoConfig(root, root);
      if (!read.ok) return read;
      for (const { where } of configuredPaths(read.value.files).slice(0, 20)) where();
      const facts = { project: read.value.merged, user: {}, files: [] };
      const { project } = fetchConfig(facts);
      const again = parseToml(tomlText(project), 'config.toml');
      assert.ok(again.ok, 'what is written for cargo cannot be read');
      const aliases = readAliases([read.value.merged]);
      for (const name of Object.keys(aliases).slice(0, 20)) classifyCommand(name, [], aliases);
      return undefined;
    },
  },
  {
    name: 'toolchain-file',
    modules: ['facts/read-toolchain-file.ts', 'facts/toolchain-name.ts', 'facts/choose-toolchain.ts'],
    seeds: () => [toolchainFile, text('nightly-2026-01-01'), text('[toolchain]', 'path = "here"')],
    words: [...tomlWords, 'channel', 'path', 'components', 'profile', 'stable', 'none'],
    messages: 'words-only',
    cost: 'dear',
    mostBytes: 1024 * 1024,
    feed: (bytes, cuts) => {
      const folder = join(scratch, `toolchain-${(cuts[0] ?? 0) % 2}`);
      place(`toolchain-${(cuts[0] ?? 0) % 2}/rust-toolchain${(cuts[0] ?? 0) % 2 === 0 ? '' : '.toml'}`, bytes);
      const read = readToolchainFile(folder, folder);
      const channel = read.ok ? (read.value?.channel ?? '') : '';
      assert.doesNotMatch(channel, /[/\s-]{2}|^-|\//, 'a channel that is a path or an option');
      return read;
    },
  },
  {
    name: 'pins',
    modules: ['lock/read-pins.ts', 'lock/explain-broken.ts', 'lock/json-break.ts', 'lock/lock-file.ts'],
    seeds: () => [
      text(
        '{"version":1,"debian":{"suite":"bookworm","architecture":"amd64","layers":["zlib"],"snapshot":"20261126T000000Z",',
        `"packages":[{"name":"a","version":"1:2~3","architecture":"amd64","archive":"debian","path":"pool/main/a.deb","sizeBytes":1,"sha256":"${'0'.repeat(64)}"}],`,
        `"rootSha256":"${'0'.repeat(64)}"},"image":{"reference":"rust:1","digest":"sha256:${'0'.repeat(64)}","cargo":null,"variables":{"PATH":"/bin"}},`,
        `"toolchain":{"name":"stable","version":"1.95.0","manifestSha256":"${'0'.repeat(64)}","components":[]},"extraCrates":[]}`,
      ),
    ],
    words: ['":', ',"', 'version', 'debian', 'packages', 'path', '../', '/../', 'pool/', 'sizeBytes', '{"', '"}'],
    cost: 'dear',
    mostBytes: 1024 * 1024,
    feed: (bytes) => {
      const read = readPins(place('pins/cargo-boxed.lock', bytes));
      for (const { path } of (read.ok && read.value?.debian?.packages) || [])
        assert.ok(!path.startsWith('/') && !path.split('/').includes('..'), 'a path that climbs');
      return read;
    },
  },
  {
    name: 'vendored-sums',
    modules: ['facts/vouch.ts', 'facts/known-bytes.ts'],
    seeds: () => [text(`{"files":{".env":"${'0'.repeat(64)}","src/lib.rs":"00"},"package":"00"}`)],
    words: ['{"', '":', '"files"', '.env', '__proto__', 'null'],
    cost: 'dear',
    mostBytes: 1024 * 1024,
    feed: (bytes) => {
      place('vendor/one/.cargo-checksum.json', bytes);
      place('vendor/one/.env', Buffer.from('A=1\n'));
      const vouchers = vouchersFor(join(scratch, 'vendor'), openListingCache(join(scratch, 'no-listings')));
      const secret = { path: 'one/.env', kind: 'file', reason: 'secret', repository: null, crate: 'one' } as const;
      assert.equal(vouchers.ask('', [secret]).isKnown(secret), false, 'a secret with another sum is known');
      return undefined;
    },
  },
  {
    name: 'git-file',
    modules: ['facts/git-tracking.ts'],
    seeds: () => [text('gitdir: ../other/.git/worktrees/one'), text('gitdir: /etc'), text('gitdir: .git/modules/x')],
    words: ['gitdir: ', '../', '/', '/etc/passwd', '/proc/self', '\0'],
    cost: 'dear',
    mostBytes: 1024 * 1024,
    feed: (bytes) => {
      const root = join(scratch, 'worktree');
      const followed = followGitFile(place('worktree/.git', bytes), root);
      // Outside nothing names this place, so only what lies below it can be meant.
      if (followed !== null) assert.ok(followed === root || followed.startsWith(`${root}/`), `it leads to ${followed}`);
      return success(followed);
    },
  },
];

export function refusedWith(why: string): Fed {
  return failure({ code: 'internal', what: 'refused', why });
}
