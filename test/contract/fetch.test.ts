import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { Facts } from '../../src/facts/facts.ts';
import { extraFeatures } from '../../src/fetch/extra-features.ts';
import { nothingBeyondLock } from '../../src/fetch/fetch-inputs.ts';
import { fetchPhase } from '../../src/fetch/fetch-phase.ts';
import type { Fetched } from '../../src/fetch/fetched.ts';
import { runLockWriting } from '../../src/fetch/run-lock-writing.ts';
import { wantedTargets } from '../../src/fetch/wanted-targets.ts';
import { inside, noLimits } from '../../src/plan/box-plan.ts';
import { crateOf } from '../support/crate-archive.ts';
import { git, startGitServer } from '../support/git-server.ts';
import { type FetchRig, fetchRig, smallRoot, testFacts, testToolchain } from '../support/plain-bwrap.ts';
import { type RegistryOptions, type RegistryStandIn, startRegistry } from '../support/registry-stand-in.ts';

let base = '';
let root = '';

before(() => {
  base = mkdtempSync(join(tmpdir(), 'cargo-boxed-fetch-'));
  chmodSync(base, 0o755);
  root = smallRoot(join(base, 'root'), testToolchain());
});
after(() => {
  // The store cannot be listed, which is what `rm` does first.
  execFileSync('chmod', ['-R', 'u+rwX', base]);
  rmSync(base, { recursive: true, force: true });
});

interface Place {
  readonly project: string;
  readonly home: string;
  readonly cargoHome: string;
  write(file: string, text: string): void;
  facts(variables?: Readonly<Record<string, string>>): Facts;
  rig(facts: Facts, more?: Parameters<typeof fetchRig>[3]): FetchRig;
}

let places = 0;
function place(): Place {
  const folder = join(base, `place-${places++}`);
  const project = join(folder, 'project');
  const cargoHome = join(folder, 'person/.cargo');
  mkdirSync(cargoHome, { recursive: true });
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(project, file)), { recursive: true });
    writeFileSync(join(project, file), text);
  };
  write('src/lib.rs', 'pub fn here() {}\n');
  return {
    project,
    home: join(folder, 'home'),
    cargoHome,
    write,
    facts: (variables = {}) => testFacts(project, cargoHome, variables),
    rig: (facts, more) => fetchRig(join(folder, 'home'), root, facts, more),
  };
}

function manifest(dependencies: string, more = ''): string {
  return `[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\n${dependencies}\n${more}`;
}

async function registry(context: TestContext, options: RegistryOptions = {}): Promise<RegistryStandIn> {
  const made = await startRegistry(options);
  context.after(() => made.stop());
  await made.publish({ name: 'leaf', version: '1.0.0' });
  await made.publish({
    name: 'branch',
    version: '1.2.0',
    dependencies: [{ name: 'leaf', requirement: '1' }],
    files: { 'src/lib.rs': 'pub fn here() { leaf::here() }\n' },
  });
  return made;
}

/** Fetches, brings the lock back as the command would, and gives what was fetched. */
async function fetched(at: Place, rig: FetchRig): Promise<Fetched> {
  const result = await fetchPhase(rig.inputs);
  assert.ok(result.ok, `${JSON.stringify(result)}\n${rig.said()}`);
  if (result.value.lockfile.kind === 'changed') at.write('Cargo.lock', result.value.lockfile.text);
  return result.value;
}

/** Runs a program in a box like a build's: no network, project, view and store read-only. */
async function boxed(
  at: Place,
  view: Fetched['view'],
  argv: readonly string[],
): Promise<{ status: number; said: string }> {
  const facts = at.facts();
  const rig = at.rig(facts);
  const target = join(at.home, 'target');
  mkdirSync(target, { recursive: true });
  const stream = new PassThrough();
  let said = '';
  stream.on('data', (piece: Buffer) => {
    said += piece.toString('utf8');
  });
  const bind = (source: string, to: string, access: 'read-only' | 'read-write' = 'read-only') =>
    ({ kind: 'bind', source, target: to, access }) as const;
  const outcome = await rig.inputs.runBox(
    {
      id: `check-${places}-${Date.now()}`,
      root: { kind: 'directory', path: root },
      argv,
      workingDirectory: inside.project,
      variables: {
        PATH: `${inside.toolchain}/bin`,
        HOME: inside.home,
        CARGO_HOME: inside.cargoHome,
        CARGO_NET_OFFLINE: 'true',
        CARGO_TARGET_DIR: inside.targetDirectory,
      },
      mounts: [
        bind(at.project, inside.project),
        bind(target, inside.target, 'read-write'),
        bind(join(view.path, 'cargo-home'), inside.cargoHome),
        bind(join(view.path, 'crates'), inside.crates),
        bind(join(at.home, 'cache/store'), inside.store),
        bind(facts.toolchain?.path ?? '', inside.toolchain),
        { kind: 'tmpfs', target: inside.home, sizeBytes: null },
        { kind: 'tmpfs', target: '/tmp', sizeBytes: null },
      ],
      network: 'none',
      devices: [],
      limits: noLimits,
      streams: 'pipes',
      uid: facts.host.uid,
      gid: facts.host.gid,
    },
    { stdin: 'none', stdout: stream, stderr: stream },
    new AbortController().signal,
  );
  assert.ok(outcome.ok && outcome.value.kind === 'finished', `${JSON.stringify(outcome)}\n${said}`);
  return { status: outcome.value.status, said };
}

async function checks(at: Place, view: Fetched['view'], ...more: readonly string[]): Promise<void> {
  const end = await boxed(at, view, [`${inside.toolchain}/bin/cargo`, 'check', '--locked', ...more]);
  assert.equal(end.status, 0, end.said);
}

describe('registries', () => {
  test('a project without a lock: it is resolved, brought back, fetched, and checks offline', async (context) => {
    const at = place();
    const { index } = await registry(context);
    at.write('Cargo.toml', manifest('branch = { version = "1", registry = "mine" }'));
    at.write('.cargo/config.toml', `[registries.mine]\nindex = "${index}"\n`);
    at.write('src/lib.rs', 'pub fn here() { branch::here() }\n');
    const first = await fetched(at, at.rig(at.facts()));
    assert.equal(first.lockfile.kind, 'changed');
    await checks(at, first.view);

    const again = at.rig(at.facts());
    const second = await fetched(at, again);
    assert.deepEqual([again.boxes(), second.view.path, second.lockfile.kind], [0, first.view.path, 'same']);

    at.write('Cargo.toml', manifest('branch = { version = "1.2", registry = "mine" }'));
    const seeded = at.rig(at.facts(), { lockfile: 'locked' });
    await fetched(at, seeded);
    assert.equal(seeded.boxes(), 1);
  });

  test('the store has each crate once, cannot be listed by its owner, has equal names everywhere', async (context) => {
    const [at, elsewhere] = [place(), place()];
    const { index } = await registry(context);
    for (const one of [at, elsewhere]) {
      one.write('Cargo.toml', manifest('branch = { version = "1", registry = "mine" }'));
      one.write('.cargo/config.toml', `[registries.mine]\nindex = "${index}"\n`);
    }
    const { view } = await fetched(at, at.rig(at.facts()));
    const { view: other } = await fetched(elsewhere, elsewhere.rig(elsewhere.facts()));
    const links = [view, other].map(({ path }) => readlinkSync(join(path, 'crates/0/leaf-1.0.0')));
    assert.equal(links[0], links[1]);
    const store = join(at.home, 'cache/store');
    assert.equal(statSync(store).mode & 0o777, 0o311);
    assert.equal(statSync(join(at.home, 'cache/store-names')).mode & 0o777, 0o700);
    assert.deepEqual(readdirSync(join(view.path, 'crates/0')).sort(), ['branch-1.2.0', 'leaf-1.0.0']);
    const listing = await boxed(at, view, ['/bin/ls', inside.store]);
    assert.notEqual(listing.status, 0);
    assert.match(listing.said, /Permission denied/);
    const known = await boxed(at, view, ['/bin/ls', `${inside.crates}/0/leaf-1.0.0/src`]);
    assert.deepEqual([known.status, known.said], [0, 'lib.rs\n']);
    assert.deepEqual(readdirSync(join(at.home, 'cache/fetch-runs')), []);
  });

  test('a stale lock: with --locked an error, else only what has to change does', async (context) => {
    const at = place();
    const made = await registry(context);
    at.write('Cargo.toml', manifest('leaf = { version = "1", registry = "mine" }'));
    at.write('.cargo/config.toml', `[registries.mine]\nindex = "${made.index}"\n`);
    await fetched(at, at.rig(at.facts()));
    await made.publish({ name: 'leaf', version: '1.1.0' });
    at.write(
      'Cargo.toml',
      manifest('leaf = { version = "1", registry = "mine" }\nbranch = { version = "1", registry = "mine" }'),
    );
    const locked = await fetchPhase(at.rig(at.facts(), { lockfile: 'locked' }).inputs);
    assert.deepEqual(locked.ok ? [] : locked.problems.map(({ code }) => code), ['lock-refused']);
    const changed = await fetched(at, at.rig(at.facts()));
    assert.ok(changed.lockfile.kind === 'changed');
    assert.match(changed.lockfile.text, /name = "leaf"\nversion = "1.0.0"/);
    assert.match(changed.lockfile.text, /name = "branch"/);
    await checks(at, changed.view);
  });

  test('a checksum that does not match is named and nothing is kept', async (context) => {
    const at = place();
    const made = await registry(context);
    await made.publish({
      name: 'swapped',
      version: '1.0.0',
      served: await crateOf([{ name: 'swapped-1.0.0/x', content: '' }]),
    });
    at.write('Cargo.toml', manifest('swapped = { version = "1", registry = "mine" }'));
    at.write('.cargo/config.toml', `[registries.mine]\nindex = "${made.index}"\n`);
    const result = await fetchPhase(at.rig(at.facts()).inputs);
    assert.deepEqual(result.ok ? [] : result.problems.map(({ code, what }) => [code, /swapped/.test(what)]), [
      ['checksum-mismatch', true],
    ]);
    assert.deepEqual(readdirSync(join(at.home, 'cache/views')), []);
  });

  test('an archive with a link is refused', async (context) => {
    const at = place();
    const made = await registry(context);
    const archive = await crateOf([
      { name: 'linked-1.0.0/Cargo.toml', content: '[package]\nname = "linked"\nversion = "1.0.0"\n' },
      { name: 'linked-1.0.0/src/lib.rs', content: '' },
      { name: 'linked-1.0.0/out', type: 'symlink', linkname: '/etc' },
    ]);
    await made.publish({ name: 'linked', version: '1.0.0', archive });
    at.write('Cargo.toml', manifest('linked = { version = "1", registry = "mine" }'));
    at.write('.cargo/config.toml', `[registries.mine]\nindex = "${made.index}"\n`);
    const result = await fetchPhase(at.rig(at.facts()).inputs);
    assert.ok(!result.ok);
    assert.deepEqual(
      result.problems.map(({ code }) => code),
      ['archive-refused'],
    );
    assert.match(`${result.problems[0]?.what} ${result.problems[0]?.why}`, /linked 1\.0\.0.*out: it is a link/);
  });

  test('a registry that is down is named', async (context) => {
    const at = place();
    const made = await registry(context);
    at.write('Cargo.toml', manifest('leaf = { version = "1", registry = "mine" }'));
    at.write('.cargo/config.toml', `[registries.mine]\nindex = "${made.index}"\n`);
    await made.stop();
    const result = await fetchPhase(at.rig(at.facts({ CARGO_NET_RETRY: '0' })).inputs);
    assert.ok(!result.ok);
    assert.equal(result.problems[0]?.code, 'fetch-failed');
    assert.match(result.problems[0]?.what ?? '', /127\.0\.0\.1:\d+/);
  });

  test('a host that is down is tried once', async () => {
    const at = place();
    const host = 'http://127.0.0.1:1/leaf.git';
    at.write('Cargo.toml', manifest(`leaf = { git = "${host}" }`));
    const locked = (name: string, more: string) => `[[package]]\nname = "${name}"\n${more}`;
    at.write(
      'Cargo.lock',
      [
        '# This file is automatically @generated by Cargo.\n# It is not intended for manual editing.\nversion = 4\n',
        locked('app', 'version = "0.1.0"\ndependencies = [\n "leaf",\n]\n'),
        locked('leaf', `version = "1.0.0"\nsource = "git+${host}#${'a'.repeat(40)}"\n`),
      ].join('\n'),
    );
    const rig = at.rig(at.facts());
    const result = await fetchPhase(rig.inputs);
    assert.ok(!result.ok);
    assert.match(result.problems[0]?.what ?? '', /leaf could not be fetched from http:\/\/127\.0\.0\.1:1\/leaf\.git/);
    assert.equal(rig.said().match(/Updating git repository/g)?.length, 1, rig.said());
  });

  test('a token goes to the registry that the user names, by file or by variable', async (context) => {
    const at = place();
    const made = await registry(context, { token: 'secret-token' });
    at.write('Cargo.toml', manifest('leaf = { version = "1", registry = "mine" }'));
    writeFileSync(join(at.cargoHome, 'config.toml'), `[registries.mine]\nindex = "${made.index}"\n`);
    const without = await fetchPhase(at.rig(at.facts()).inputs);
    assert.match(without.ok ? '' : (without.problems[0]?.what ?? ''), /wants a token/);
    const byVariable = await fetched(at, at.rig(at.facts({ CARGO_REGISTRIES_MINE_TOKEN: 'secret-token' })));
    assert.equal(byVariable.lockfile.kind, 'changed');
    writeFileSync(join(at.cargoHome, 'credentials.toml'), '[registries.mine]\ntoken = "secret-token"\n');
    at.write('Cargo.toml', manifest('branch = { version = "1", registry = "mine" }'));
    const { view } = await fetched(at, at.rig(at.facts()));
    await checks(at, view);
    assert.equal(statSync(join(at.home, 'cache/fetch-home/credentials.toml')).size, 0);
    assert.doesNotMatch(readFileSync(join(view.path, 'cargo-home/config.toml'), 'utf8'), /secret/);
  });

  test('a project cannot send the token of a registry to an address of its own', async (context) => {
    const at = place();
    const thief = await registry(context, { token: 'some-other-token' });
    at.write('Cargo.toml', manifest('leaf = { version = "1", registry = "mine" }'));
    at.write('.cargo/config.toml', `[registries.mine]\nindex = "${thief.index}"\n`);
    writeFileSync(join(at.cargoHome, 'credentials.toml'), '[registries.mine]\ntoken = "secret-token"\n');
    const result = await fetchPhase(at.rig(at.facts({ CARGO_REGISTRIES_MINE_TOKEN: 'secret-token' })).inputs);
    assert.match(result.ok ? '' : (result.problems[0]?.why ?? ''), /token for mine was not sent/);
    assert.ok(thief.requests().length > 0);
    assert.deepEqual(
      thief.requests().filter(({ authorization }) => authorization !== null),
      [],
    );
  });

  test('no program that the project names is run', async (context) => {
    const at = place();
    const made = await registry(context, { token: 'some-token' });
    const marker = '/box/project/ran';
    at.write('evil.sh', `#!/bin/sh\necho > ${marker}\n`);
    chmodSync(join(at.project, 'evil.sh'), 0o755);
    at.write('Cargo.toml', manifest('leaf = { version = "1", registry = "mine" }'));
    at.write(
      '.cargo/config.toml',
      `[build]\nrustc = "./evil.sh"\nrustc-wrapper = "./evil.sh"\n[registries.mine]\nindex = "${made.index}"\ncredential-provider = ["./evil.sh"]\n[registry]\nglobal-credential-providers = ["./evil.sh"]\n`,
    );
    const rig = at.rig(at.facts());
    const result = await fetchPhase(rig.inputs);
    assert.ok(!result.ok);
    assert.doesNotMatch(rig.said(), /evil/);
  });

  test('a mirror in the place of a registry, and vendored crates in the place of another', async (context) => {
    const at = place();
    const mirror = await registry(context, { mirror: true });
    at.write('Cargo.toml', manifest('branch = "1"'));
    at.write(
      '.cargo/config.toml',
      `[source.crates-io]\nreplace-with = "near"\n[source.near]\nregistry = "${mirror.index}"\n`,
    );
    at.write('src/lib.rs', 'pub fn here() { branch::here() }\n');
    const { view } = await fetched(at, at.rig(at.facts()));
    await checks(at, view);

    at.write('vendor/branch/Cargo.toml', '[package]\nname = "branch"\nversion = "1.2.0"\nedition = "2021"\n');
    at.write('vendor/branch/src/lib.rs', 'pub fn here() {}\n');
    const sum = /name = "branch"[^[]*checksum = "(\w+)"/.exec(
      readFileSync(join(at.project, 'Cargo.lock'), 'utf8'),
    )?.[1];
    at.write('vendor/branch/.cargo-checksum.json', `{"files":{},"package":"${sum}"}`);
    at.write('.cargo/config.toml', '[source.crates-io]\nreplace-with = "kept"\n[source.kept]\ndirectory = "vendor"\n');
    rmSync(join(at.project, 'Cargo.lock'));
    const before = mirror.requests().length;
    const vendored = await fetched(at, at.rig(at.facts()));
    await checks(at, vendored.view);
    assert.equal(mirror.requests().length, before);
    assert.deepEqual(readdirSync(join(vendored.view.path, 'crates')), []);
  });

  test('the user’s own mirror serves the fetch and does not show in the box', async (context) => {
    const at = place();
    const mirror = await registry(context, { mirror: true });
    at.write('Cargo.toml', manifest('leaf = "1"'));
    writeFileSync(
      join(at.cargoHome, 'config.toml'),
      `[source.crates-io]\nreplace-with = "near"\n[source.near]\nregistry = "${mirror.index}"\n[build]\nrustc = "/nowhere/rustc"\n[profile.dev]\ndebug = false\n`,
    );
    const { view } = await fetched(at, at.rig(at.facts()));
    const config = readFileSync(join(view.path, 'cargo-home/config.toml'), 'utf8');
    assert.match(config, /"debug" = false/);
    assert.doesNotMatch(config, /nowhere|127\.0\.0\.1/);
    await checks(at, view);
  });
});

describe('what is not in a registry', () => {
  test('a project that needs nothing uses no box', async () => {
    const at = place();
    at.write('Cargo.toml', manifest(''));
    at.write(
      'Cargo.lock',
      '# This file is automatically @generated by Cargo.\n# It is not intended for manual editing.\nversion = 4\n\n[[package]]\nname = "app"\nversion = "0.1.0"\n',
    );
    const rig = at.rig(at.facts(), { root: () => Promise.reject(new Error('no root is needed')) });
    const { view } = await fetched(at, rig);
    assert.equal(rig.boxes(), 0);
    await checks(at, view);
  });

  test('git dependencies: two commits of one repository, and nothing of other projects', async (context) => {
    const at = place();
    const server = await startGitServer();
    context.after(() => server.stop());
    const sources = join(at.home, 'sources');
    mkdirSync(join(sources, 'src'), { recursive: true });
    writeFileSync(join(sources, 'Cargo.toml'), '[package]\nname = "dep"\nversion = "0.1.0"\n');
    writeFileSync(join(sources, 'src/lib.rs'), 'pub fn first() {}\n');
    const elsewhere = await startGitServer();
    context.after(() => elsewhere.stop());
    const [first, copied] = [server, elsewhere].map((one) => one.commit('Some.Dep', sources));
    writeFileSync(join(sources, 'src/lib.rs'), 'pub fn second() {}\n');
    const second = server.commit('Some.Dep', sources);
    server.commit('other', sources);
    const url = `${server.url}/Some.Dep.git`;
    at.write(
      'Cargo.toml',
      manifest(
        `one = { package = "dep", git = "${url}", rev = "${first}" }\ntwo = { package = "dep", git = "${url}", rev = "${second}" }`,
      ),
    );
    at.write('src/lib.rs', 'pub fn here() { one::first(); two::second() }\n');
    const { view } = await fetched(at, at.rig(at.facts()));
    await checks(at, view);

    at.write('Cargo.toml', manifest(`other = { package = "dep", git = "${server.url}/other.git" }`));
    at.write('src/lib.rs', 'pub fn here() { other::second() }\n');
    rmSync(join(at.project, 'Cargo.lock'));
    const later = await fetched(at, at.rig(at.facts()));
    await checks(at, later.view);
    const repositories = (view: Fetched['view']) => readdirSync(join(view.path, 'cargo-home/git/db'));
    assert.deepEqual(
      repositories(later.view).map((name) => name.split('-')[0]),
      ['other'],
    );

    // The same name and the same commit from somewhere else: whose repository is not known by these.
    assert.equal(copied, first);
    at.write('Cargo.toml', manifest(`dep = { git = "${elsewhere.url}/Some.Dep.git" }`));
    at.write('src/lib.rs', 'pub fn here() { dep::first() }\n');
    rmSync(join(at.project, 'Cargo.lock'));
    const copy = await fetched(at, at.rig(at.facts()));
    await checks(at, copy.view);
    assert.equal(repositories(copy.view).length, 1);
    assert.ok(!repositories(view).includes(repositories(copy.view)[0] ?? ''));
  });
});

test('a git dependency with a submodule', async (context) => {
  const at = place();
  const server = await startGitServer();
  context.after(() => server.stop());
  const [outer, inner] = [join(at.home, 'outer'), join(at.home, 'inner')];
  for (const folder of [join(outer, 'src'), inner]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(inner, 'data.txt'), 'native sources live here');
  server.commit('inner', inner);
  writeFileSync(join(outer, 'Cargo.toml'), '[package]\nname = "dep"\nversion = "0.1.0"\n');
  writeFileSync(join(outer, 'src/lib.rs'), 'pub const DATA: &str = include_str!("../native/data.txt");\n');
  writeFileSync(join(outer, '.gitmodules'), `[submodule "native"]\npath = native\nurl = ${server.url}/inner.git\n`);
  // A folder that is a repository of its own is added as its commit: the same bytes and dates, so the same commit.
  const native = join(outer, 'native');
  cpSync(inner, native, { recursive: true });
  git(['init', '--quiet', '--initial-branch=main'], native);
  git(['add', '--all'], native);
  git(['commit', '--quiet', '--message', 'sources'], native);
  server.commit('outer', outer);
  at.write('Cargo.toml', manifest(`dep = { git = "${server.url}/outer.git" }`));
  at.write('src/lib.rs', 'pub const DATA: &str = dep::DATA;\n');
  const { view } = await fetched(at, at.rig(at.facts()));
  await checks(at, view);
  // What differs from run to run would differ from machine to machine.
  const [repository = ''] = readdirSync(join(view.path, 'cargo-home/git/checkouts'));
  const checkouts = join(view.path, 'cargo-home/git/checkouts', repository);
  const config = readFileSync(join(checkouts, readdirSync(checkouts)[0] ?? '', '.git/config'), 'utf8');
  assert.match(config, new RegExp(`url = file:///box/cargo/git/db/${repository}\n`));
});

test('no `file:` address leads to what another project had fetched', async (context) => {
  const at = place();
  const server = await startGitServer();
  context.after(() => server.stop());
  const sources = join(at.home, 'sources');
  mkdirSync(join(sources, 'src'), { recursive: true });
  writeFileSync(join(sources, 'Cargo.toml'), '[package]\nname = "secret"\nversion = "0.1.0"\n');
  writeFileSync(join(sources, 'src/lib.rs'), 'pub const SECRET: u8 = 1;\n');
  server.commit('secret', sources);
  const [near, evil] = [await registry(context), await registry(context)];
  const mine = (index: string) => `[registries.mine]\nindex = "${index}"\n`;
  at.write(
    'Cargo.toml',
    manifest(`secret = { git = "${server.url}/secret.git" }\nleaf = { version = "1", registry = "mine" }`),
  );
  at.write('.cargo/config.toml', mine(near.index));
  await fetched(at, at.rig(at.facts()));
  const kept = (folder: string) => readdirSync(join(at.home, 'cache/fetch-home', folder))[0] ?? '';
  const repository = kept('git/db');
  const checkout = `git/checkouts/${repository}/${kept(`git/checkouts/${repository}`)}`;
  const ways = [
    [`secret = { git = "file:///box/cargo/git/db/${repository}" }`, evil.index],
    [`secret = { git = "file:///box/cargo/${checkout}" }`, evil.index],
    // The sum of a crate stands in locks; its registry alone, or the cache of it, has the bytes.
    ['leaf = { version = "1", registry = "mine" }', evil.index],
  ] as const;
  const cache = `registry/cache/${kept('registry/cache')}`;
  evil.disturb(/config\.json/, (response) => {
    response.end(JSON.stringify({ dl: `file:///box/cargo/${cache}/{crate}-{version}.crate`, api: '' }));
  });
  for (const [dependency, index] of ways) {
    const other = place();
    other.write('Cargo.toml', manifest(dependency));
    other.write('.cargo/config.toml', mine(index));
    const rig = fetchRig(at.home, root, other.facts({ CARGO_NET_RETRY: '0' }));
    const result = await fetchPhase(rig.inputs);
    assert.deepEqual(
      result.ok ? [] : result.problems.map(({ code }) => code),
      ['fetch-failed'],
      `${dependency}\n${rig.said()}`,
    );
  }
});

test('crates of other targets are manifests and stubs, and say so when they are compiled after all', async (context) => {
  const at = place();
  const made = await registry(context);
  await made.publish({ name: 'deep', version: '1.0.0' });
  await made.publish({ name: 'win', version: '1.0.0', dependencies: [{ name: 'deep', requirement: '1' }] });
  await made.publish({
    name: 'both',
    version: '1.0.0',
    dependencies: [
      { name: 'win', requirement: '1', target: 'cfg(windows)' },
      { name: 'leaf', requirement: '1', target: 'cfg(unix)' },
    ],
    files: { 'src/lib.rs': '#[cfg(unix)]\npub fn here() { leaf::here() }\n' },
  });
  at.write('Cargo.toml', manifest('both = { version = "1", registry = "mine" }'));
  at.write('.cargo/config.toml', `[registries.mine]\nindex = "${made.index}"\n`);
  const targets = wantedTargets('x86_64-unknown-linux-gnu', ['check'], {}, at.facts().project.cargoConfig);
  const { view } = await fetched(at, at.rig(at.facts(), { targets }));
  await checks(at, view);
  const source = (name: string, from: typeof view) =>
    boxed(at, from, ['/bin/ls', '-l', `${inside.crates}/0/${name}-1.0.0/src/lib.rs`]);
  const [stub, whole] = [await source('deep', view), await source('leaf', view)];
  assert.notEqual(stub.said.split(/\s+/)[4], whole.said.split(/\s+/)[4]);

  const everything = await fetched(at, at.rig(at.facts()));
  assert.notEqual(everything.view.path, view.path);
  assert.equal((await source('deep', everything.view)).said.split(/\s+/)[4], whole.said.split(/\s+/)[4]);
  // What stands whole in the store is used whole from then on.
  const tree = await boxed(at, everything.view, [
    `${inside.toolchain}/bin/cargo`,
    'tree',
    '--locked',
    '--target',
    'all',
  ]);
  assert.match(tree.said, /deep v1\.0\.0/);
});

describe('commands that write the lock', () => {
  test('add and update change manifest and lock, and only those come back', async (context) => {
    const at = place();
    const made = await registry(context);
    at.write('Cargo.toml', manifest(''));
    at.write('.cargo/config.toml', `[registries.mine]\nindex = "${made.index}"\n`);
    const added = await runLockWriting(at.rig(at.facts()).inputs, ['add', 'leaf', '--registry', 'mine']);
    assert.ok(added.ok && added.value.status === 0, JSON.stringify(added));
    assert.deepEqual(
      added.value.files.map(({ path }) => path),
      ['Cargo.toml', 'Cargo.lock'],
    );
    assert.match(added.value.files[0]?.text ?? '', /leaf = \{ version = "1\.0\.0", registry = "mine" \}/);
    for (const { path, text } of added.value.files) at.write(path, text);

    await fetched(at, at.rig(at.facts()));
    await made.publish({ name: 'leaf', version: '1.1.0' });
    const updated = await runLockWriting(at.rig(at.facts()).inputs, ['update']);
    assert.ok(updated.ok, JSON.stringify(updated));
    assert.deepEqual(
      updated.value.files.map(({ path }) => path),
      ['Cargo.lock'],
    );
    assert.match(updated.value.files[0]?.text ?? '', /version = "1\.1\.0"/);
    assert.ok(!existsSync(join(at.home, 'cache/fetch-runs/skeleton')));
  });
});

/** A crate whose feature brings another one. */
const wide = {
  name: 'wide',
  version: '1.0.0',
  dependencies: [{ name: 'leaf', requirement: '1', optional: true }],
  features: { more: ['dep:leaf'] },
  files: { 'src/lib.rs': '#[cfg(feature = "more")]\npub fn here() { leaf::here() }\n' },
};

describe('features beyond the lock', () => {
  test('what DEP/FEATURE brings is resolved, recorded, and refused when pinned and not recorded', async (context) => {
    const at = place();
    const made = await registry(context);
    await made.publish(wide);
    at.write('Cargo.toml', manifest('wide = { version = "1", registry = "mine" }'));
    at.write('.cargo/config.toml', `[registries.mine]\nindex = "${made.index}"\n`);
    const plain = await fetched(at, at.rig(at.facts()));
    assert.deepEqual(plain.extraCrates, []);
    const facts = at.facts();
    const features = extraFeatures(['--features', 'wide/more'], facts.project.manifests);
    const refused = await fetchPhase(
      at.rig(facts, { beyondLock: { ...nothingBeyondLock, features, pinned: true } }).inputs,
    );
    assert.deepEqual(refused.ok ? [] : refused.problems.map(({ code }) => code), ['lock-outdated']);
    const open = await fetched(at, at.rig(facts, { beyondLock: { ...nothingBeyondLock, features } }));
    assert.deepEqual(
      open.extraCrates.map(({ name, version }) => `${name} ${version}`),
      ['leaf 1.0.0'],
    );
    await checks(at, open.view, '--features', 'wide/more');
    const recorded = { ...nothingBeyondLock, features, recorded: open.extraCrates, pinned: true };
    await fetched(at, at.rig(facts, { beyondLock: recorded }));
  });

  test('recorded crates win over newer ones, as those of a lock do, as long as they fit', async (context) => {
    const at = place();
    const made = await registry(context);
    await made.publish({ name: 'twig', version: '0.3.1' });
    await made.publish({ name: 'far', version: '1.0.0', dependencies: [{ name: 'twig', requirement: '0.3' }] });
    const wide = {
      name: 'wide',
      dependencies: [
        { name: 'far', requirement: '1', optional: true },
        { name: 'leaf', requirement: '1', optional: true },
      ],
      features: { more: ['dep:far'], less: ['dep:leaf'] },
      files: { 'src/lib.rs': '#[cfg(feature = "more")]\npub fn here() { far::here() }\n' },
    };
    await made.publish({ ...wide, version: '1.0.0' });
    const twice = (...members: readonly string[]) =>
      `[workspace]\nmembers = ${JSON.stringify(members)}\nresolver = "2"\n`;
    at.write('Cargo.toml', twice('app'));
    at.write('app/Cargo.toml', manifest('wide = { version = "1", registry = "mine" }'));
    at.write('app/src/lib.rs', 'pub fn here() {}\n');
    at.write('.cargo/config.toml', `[registries.mine]\nindex = "${made.index}"\n`);
    await fetched(at, at.rig(at.facts()));
    const beyond = (feature: string, recorded: Fetched['extraCrates'], pinned: boolean) => {
      const facts = at.facts();
      const features = extraFeatures(['--features', feature], facts.project.manifests);
      return at.rig(facts, { beyondLock: { ...nothingBeyondLock, features, recorded, pinned } });
    };
    const names = ({ extraCrates }: Fetched) => extraCrates.map(({ name, version }) => `${name} ${version}`).sort();
    const more = await fetched(at, beyond('wide/more', [], false));
    assert.deepEqual(names(more), ['far 1.0.0', 'twig 0.3.1']);
    const less = await fetched(at, beyond('wide/less', more.extraCrates, false));
    assert.deepEqual(names(less), ['leaf 1.0.0'], 'recorded for another feature: not of this one');
    const recorded = [...more.extraCrates, ...less.extraCrates];

    // As on another machine: what is in cargo's own cache of the index, cargo does not ask for again.
    const forget = () => {
      for (const folder of ['fetch-home/registry/index', 'views'])
        rmSync(join(at.home, 'cache', folder), { recursive: true });
    };
    await made.publish({ name: 'twig', version: '0.3.2' });
    await made.publish({ name: 'far', version: '1.1.0', dependencies: [{ name: 'twig', requirement: '0.3' }] });
    await made.publish({ name: 'leaf', version: '1.4.0' });
    forget();
    const fresh = await fetchPhase(beyond('wide/more', [], true).inputs);
    assert.match(fresh.ok ? '' : (fresh.problems[0]?.why ?? ''), /far 1\.1\.0/, 'newer ones are there');
    const pinned = await fetched(at, beyond('wide/more', recorded, true));
    assert.deepEqual(names(pinned), ['far 1.0.0', 'twig 0.3.1']);
    await checks(at, pinned.view, '-p', 'app', '--features', 'wide/more');
    const lock = readFileSync(join(at.project, 'Cargo.lock'), 'utf8');
    assert.ok(!lock.includes('far'), 'the lock of the project is as it was');

    // A newer wide, by way of the lock, wants more than what was recorded.
    await made.publish({
      ...wide,
      version: '1.5.0',
      dependencies: [{ name: 'far', requirement: '1.1', optional: true }],
      features: { more: ['dep:far'] },
    });
    const newer = await runLockWriting(at.rig(at.facts()).inputs, ['update']);
    assert.ok(newer.ok);
    at.write('Cargo.lock', newer.value.files[0]?.text ?? '');
    forget();
    const refused = await fetchPhase(beyond('wide/more', recorded, true).inputs);
    assert.deepEqual(refused.ok ? [] : refused.problems.map(({ code }) => code), ['lock-outdated']);
    const anew = await fetched(at, beyond('wide/more', recorded, false));
    assert.equal(names(anew)[0], 'far 1.1.0');
  });
});

test('what is beyond the lock has the bytes of its own registry, whoever else has a crate of that name', async (context) => {
  const at = place();
  const good = await registry(context);
  await good.publish(wide);
  // Archives lie in folders that are called like their registry: one more, and some of them come before the good one.
  for (let count = 0; count < 6; count++) {
    const evil = await startRegistry();
    context.after(() => evil.stop());
    await evil.publish({
      name: 'leaf',
      version: '1.0.0',
      files: { 'src/lib.rs': `pub fn here() { panic!() } // ${count}\n` },
    });
    const other = place();
    other.write('Cargo.toml', manifest('leaf = { version = "1", registry = "mine" }'));
    other.write('.cargo/config.toml', `[registries.mine]\nindex = "${evil.index}"\n`);
    await fetched(other, fetchRig(at.home, root, other.facts()));
  }
  at.write('Cargo.toml', manifest('wide = { version = "1", registry = "mine" }'));
  at.write('.cargo/config.toml', `[registries.mine]\nindex = "${good.index}"\n`);
  await fetched(at, at.rig(at.facts()));
  const facts = at.facts();
  const features = extraFeatures(['--features', 'wide/more'], facts.project.manifests);
  const rig = at.rig(facts, { beyondLock: { ...nothingBeyondLock, features } });
  const { extraCrates, view } = await fetched(at, rig);
  const sum = createHash('sha256').update(good.archive('leaf', '1.0.0')).digest('hex');
  assert.deepEqual(
    extraCrates.map(({ name, checksum }) => [name, checksum]),
    [['leaf', sum]],
  );
  await checks(at, view, '--features', 'wide/more');
});

test('cargo’s own default registry', async () => {
  const at = place();
  at.write('Cargo.toml', manifest('itoa = "1"\nsame-file = "1"'));
  at.write(
    'src/lib.rs',
    'pub fn here() -> bool { same_file::is_same_file("a", itoa::Buffer::new().format(1)).is_ok() }\n',
  );
  const { view } = await fetched(at, at.rig(at.facts(), { targets: ['x86_64-unknown-linux-gnu'] }));
  await checks(at, view);
});

test('an archive of a download that was cut short is fetched anew', async (context) => {
  const at = place();
  const made = await registry(context);
  at.write('Cargo.toml', manifest('branch = { version = "1", registry = "mine" }'));
  at.write('.cargo/config.toml', `[registries.mine]\nindex = "${made.index}"\n`);
  const { view } = await fetched(at, at.rig(at.facts()));
  const cache = join(at.home, 'cache/fetch-home/registry/cache');
  const archive = join(cache, readdirSync(cache)[0] ?? '', 'leaf-1.0.0.crate');
  writeFileSync(archive, readFileSync(archive).subarray(0, 100));
  for (const folder of ['store', 'views']) {
    execFileSync('chmod', ['-R', 'u+rwX', join(at.home, 'cache', folder)]);
    rmSync(join(at.home, 'cache', folder), { recursive: true });
  }
  const again = await fetched(at, at.rig(at.facts()));
  assert.equal(again.view.path, view.path);
  await checks(at, again.view);
});
