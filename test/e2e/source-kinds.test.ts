import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { git, startGitServer } from '../support/git-server.ts';
import { hostCargo } from '../support/host-cargo.ts';
import { type RegistryStandIn, startRegistry } from '../support/registry-stand-in.ts';
import { cleanVariables, type Project, plainProgram, project, projectIn, temporaryFolder } from '../support/rig.ts';

async function registry(
  context: TestContext,
  options: Parameters<typeof startRegistry>[0] = {},
): Promise<RegistryStandIn> {
  const made = await startRegistry(options);
  context.after(() => made.stop());
  await made.publish({ name: 'leaf', version: '1.0.0', files: { 'src/lib.rs': 'pub const SAYS: &str = "leaf";\n' } });
  const branch = 'pub fn says() -> String { format!("branch and {}", leaf::SAYS) }\n';
  const dependencies = [{ name: 'leaf', requirement: '1' }];
  await made.publish({ name: 'branch', version: '1.2.0', dependencies, files: { 'src/lib.rs': branch } });
  return made;
}

function uses(context: TestContext, dependencies: string, config: string): Project {
  return project(context, {
    'Cargo.toml': `[package]\nname = "uses"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\n${dependencies}\n`,
    'src/main.rs': 'fn main() { println!("{}", branch::says()); }\n',
    '.cargo/config.toml': config,
  });
}

async function runs(made: Project, expected: string, ...words: readonly string[]): Promise<void> {
  const ended = await made.boxed(['run', '--quiet', ...words]);
  assert.equal(ended.status, 0, ended.text);
  assert.equal(ended.stdout, expected);
}

test('a local registry in the place of the default one: archives and an index in the project', async (context) => {
  const made = await registry(context, { mirror: true });
  const config = '[source.crates-io]\nreplace-with = "here"\n\n[source.here]\nlocal-registry = "third-party"\n';
  const here = uses(context, 'branch = "1"', config);
  for (const [name, version, folder] of [
    ['leaf', '1.0.0', 'le/af'],
    ['branch', '1.2.0', 'br/an'],
  ] as const) {
    here.write(`third-party/${name}-${version}.crate`, made.archive(name, version));
    here.write(`third-party/index/${folder}/${name}`, made.indexText(name));
  }
  const before = made.requests().length;
  await runs(here, 'branch and leaf\n');
  assert.match(here.read('Cargo.lock'), /name = "leaf"[\s\S]*checksum/);
  await runs(here, 'branch and leaf\n', '--locked', '--offline');
  assert.equal(made.requests().length, before, 'nobody was asked');

  // A crate that nobody has in a store yet, with other bytes than its index promises.
  const unseen = `pub fn says() -> &'static str { "${Date.now()}" }\n`;
  await made.publish({ name: 'branch', version: '1.3.0', files: { 'src/lib.rs': unseen } });
  here.write('third-party/index/br/an/branch', made.indexText('branch'));
  here.write('third-party/branch-1.3.0.crate', made.archive('branch', '1.2.0'));
  here.write('Cargo.lock', here.read('Cargo.lock').replace(/\[\[package\]\]\nname = "branch"[\s\S]*?\n\n/, ''));
  const spoilt = await here.boxed(['build']);
  assert.equal(spoilt.status, 65, spoilt.text);
  assert.match(spoilt.stderr, /branch v?1\.3\.0/);
});

test('what `cargo vendor` makes of a registry and a repository, with the configuration that it prints', async (context) => {
  const made = await registry(context);
  const host = await startGitServer();
  context.after(() => host.stop());
  const sources = projectIn(join(temporaryFolder(context), 'by-git'));
  sources.write('Cargo.toml', '[package]\nname = "by-git"\nversion = "0.3.0"\nedition = "2021"\n');
  sources.write('src/lib.rs', 'pub const SAYS: &str = "git";\n');
  const commit = host.commit('by-git', sources.folder);
  const vendored = uses(
    context,
    `branch = { version = "1", registry = "mine" }\nby-git = { git = "${host.url}/by-git.git", rev = "${commit}" }`,
    `[registries.mine]\nindex = "${made.index}"\n`,
  );
  vendored.write('src/main.rs', 'fn main() { println!("{}, {}", branch::says(), by_git::SAYS); }\n');
  const printed = await hostCargo(vendored, ['vendor', 'third-party']);
  assert.equal(printed.status, 0, printed.text);
  vendored.write('.cargo/config.toml', `${vendored.read('.cargo/config.toml')}\n${printed.stdout}`);
  const before = made.requests().length;
  await runs(vendored, 'branch and leaf, git\n', '--locked');
  assert.equal(made.requests().length, before, 'nobody was asked');
});

test('a registry with an index in git', async (context) => {
  const host = await startGitServer();
  context.after(() => host.stop());
  const made = await registry(context, { knownAs: `${host.url}/index.git` });
  const index = projectIn(join(temporaryFolder(context), 'index'));
  index.write('config.json', JSON.stringify({ dl: `http://${made.host}/dl` }));
  index.write('le/af/leaf', made.indexText('leaf'));
  index.write('br/an/branch', made.indexText('branch'));
  host.commit('index', index.folder);
  const config = `[registries.old]\nindex = "${host.url}/index.git"\n`;
  const old = uses(context, 'branch = { version = "1", registry = "old" }', config);
  await runs(old, 'branch and leaf\n');
  assert.match(old.read('Cargo.lock'), /source = "registry\+http:.*index\.git"/);
  await runs(old, 'branch and leaf\n', '--locked', '--offline');
});

/** A repository with a package; `git` of a person with no settings. */
function repository(context: TestContext, name: string): Project {
  const made = projectIn(join(temporaryFolder(context, name), name));
  for (const [file, text] of Object.entries(
    plainProgram(name, 'fn main() { println!("{}", env!("CARGO_PKG_NAME")); }\n'),
  ))
    made.write(file, text);
  git(['init', '--quiet', '--initial-branch=main'], made.folder);
  git(['add', '--all'], made.folder);
  git(['commit', '--quiet', '--message', 'first'], made.folder);
  return made;
}

test('a worktree whose repository lies elsewhere', async (context) => {
  const made = repository(context, 'origin');
  const tree = projectIn(join(temporaryFolder(context, 'tree'), 'tree'));
  git(['worktree', 'add', '--quiet', '--force', tree.folder, '-b', 'other'], made.folder);
  await runs(tree, 'origin\n');
  const built = await tree.boxed(['build']);
  assert.equal(built.status, 0, built.text);
  assert.ok(existsSync(tree.path('target/boxed/debug/origin')));
  assert.equal(git(['status', '--porcelain', '--untracked-files=no'], tree.folder), '');
});

test('a repository with a submodule that has a package, from both', async (context) => {
  const inner = repository(context, 'inner');
  inner.write('src/lib.rs', 'pub const SAYS: &str = "from the submodule";\n');
  git(['add', '--all'], inner.folder);
  git(['commit', '--quiet', '--message', 'a library'], inner.folder);
  const outer = repository(context, 'outer');
  git(
    ['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.folder, 'third-party/inner'],
    outer.folder,
  );
  outer.write(
    'Cargo.toml',
    '[package]\nname = "outer"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\ninner = { path = "third-party/inner" }\n',
  );
  outer.write('src/main.rs', 'fn main() { println!("{}", inner::SAYS); }\n');
  await runs(outer, 'from the submodule\n');
  const within = await outer.boxed(['run', '--quiet'], { currentFolder: outer.path('third-party/inner') });
  assert.equal(within.stdout, 'inner\n', within.text);
});

const toolchains = join(cleanVariables().RUSTUP_HOME ?? join(homedir(), '.rustup'), 'toolchains');
const librarySources = 'lib/rustlib/src/rust/library/Cargo.lock';
const withSources = existsSync(toolchains)
  ? readdirSync(toolchains).find((name) => existsSync(join(toolchains, name, librarySources)))
  : undefined;

test('build-std: the standard library from its sources or, where no toolchain has them, the command that brings them', async (context) => {
  const made = project(context, plainProgram('whole', 'fn main() { println!("built"); }\n'));
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const words = ['run', '--quiet', '-Zbuild-std', '--target', `${machine}-unknown-linux-gnu`];
  const variables = { RUSTC_BOOTSTRAP: '1', CARGO_BOXED_ENV_PASS: 'RUSTC_BOOTSTRAP' };
  if (withSources === undefined) {
    context.diagnostic('no toolchain here has the component rust-src: that it builds was not tried');
    const ended = await made.boxed(words, { variables });
    assert.equal(ended.status, 78, ended.text);
    assert.match(ended.stderr, /rustup component add rust-src --toolchain \S+/);
    return;
  }
  const ended = await made.boxed([`+${withSources}`, ...words], { variables, limitSeconds: 900 });
  assert.equal(ended.status, 0, ended.text);
  assert.equal(ended.stdout, 'built\n');
});

test('build-std: to a toolchain without unstable features it is what it is to cargo on the host', async (context) => {
  const made = project(context, {
    ...plainProgram('stable', 'fn main() {}\n'),
    '.cargo/config.toml': '[unstable]\nbuild-std = ["std"]\n',
  });
  const stable = existsSync(toolchains) && readdirSync(toolchains).find((name) => /^(?:stable|\d)/.test(name));
  if (stable === false || stable === undefined) return context.diagnostic('no stable toolchain is here');
  const configured = await made.boxed([`+${stable}`, 'build']);
  assert.equal(configured.status, 0, configured.text);
  const asked = await made.boxed([`+${stable}`, 'build', '-Zbuild-std']);
  assert.equal(asked.status, 101, asked.text);
  assert.match(asked.stderr, /only accepted on the nightly channel/);
});
