import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { startGitServer } from '../support/git-server.ts';
import { lockHead, plainProgram, project, temporaryFolder } from '../support/rig.ts';

function gitCrate(folder: string, answer: number): string {
  mkdirSync(join(folder, 'src'), { recursive: true });
  writeFileSync(join(folder, 'Cargo.toml'), '[package]\nname = "by-git"\nversion = "0.1.0"\nedition = "2021"\n');
  writeFileSync(join(folder, 'src/lib.rs'), `pub fn answer() -> u32 { ${answer} }\n`);
  return folder;
}

test('git dependencies: two commits of one repository', async (context) => {
  const host = await startGitServer();
  context.after(() => host.stop());
  const sources = temporaryFolder(context, 'git');
  const first = host.commit('crate', gitCrate(sources, 1));
  const second = host.commit('crate', gitCrate(sources, 2));
  const source = `git = "${host.url}/crate.git"`;
  const made = project(context, {
    'Cargo.toml': `[package]\nname = "uses"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]
one = { package = "by-git", ${source}, rev = "${first}" }
two = { package = "by-git", ${source}, rev = "${second}" }\n`,
    'src/main.rs': 'fn main() { println!("{} {}", one::answer(), two::answer()); }\n',
  });
  const ended = await made.boxed(['run', '--quiet']);
  assert.equal(ended.status, 0, ended.text);
  assert.equal(ended.stdout, '1 2\n');
  const again = await made.boxed(['run', '--quiet', '--offline', '--locked']);
  assert.equal(again.stdout, '1 2\n', again.text);
});

test('a project that has vendored its crates builds from them', async (context) => {
  const made = project(context, {
    'Cargo.toml': '[package]\nname = "uses"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\nvendored = "1"\n',
    'Cargo.lock': `${lockHead}

[[package]]
name = "uses"
version = "0.1.0"
dependencies = [
 "vendored",
]

[[package]]
name = "vendored"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "${'1'.repeat(64)}"
`,
    '.cargo/config.toml': '[source.crates-io]\nreplace-with = "here"\n\n[source.here]\ndirectory = "vendor"\n',
    'vendor/vendored/Cargo.toml': '[package]\nname = "vendored"\nversion = "1.0.0"\nedition = "2021"\n',
    'vendor/vendored/.cargo-checksum.json': `{"files":{},"package":"${'1'.repeat(64)}"}`,
    'vendor/vendored/src/lib.rs': 'pub fn answer() -> u32 { 42 }\n',
    'src/main.rs': 'fn main() { println!("{}", vendored::answer()); }\n',
  });
  const ended = await made.boxed(['run', '--quiet']);
  assert.equal(ended.status, 0, ended.text);
  assert.equal(ended.stdout, '42\n');
});

test('path dependencies of a repository work from a workspace below its root', async (context) => {
  const made = project(context, {
    'shared/Cargo.toml': '[package]\nname = "shared"\nversion = "0.1.0"\nedition = "2021"\n',
    'shared/src/lib.rs': 'pub fn answer() -> u32 { 42 }\n',
    'app/Cargo.toml':
      '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\nshared = { path = "../shared" }\n',
    'app/src/main.rs': 'fn main() { println!("{}", shared::answer()); }\n',
  });
  execFileSync('git', ['init', '--quiet'], { cwd: made.folder });
  const ended = await made.boxed(['run', '--quiet'], { currentFolder: made.path('app') });
  assert.equal(ended.status, 0, ended.text);
  assert.equal(ended.stdout, '42\n');
});

test('a path dependency outside of what is mounted is named and not mounted', async (context) => {
  const outside = gitCrate(temporaryFolder(context, 'outside'), 1);
  const made = project(context, plainProgram('uses', 'fn main() {}\n'));
  made.write(
    'Cargo.toml',
    `[package]\nname = "uses"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\nby-git = { path = "${outside}" }\n`,
  );
  const ended = await made.boxed(['build']);
  assert.equal(ended.status, 77, ended.text);
  assert.match(ended.stderr, /Cargo\.toml:7:\d+/);
  assert.ok(ended.stderr.includes(outside), ended.text);
});

test('a feature of a dependency, written on the command line, brings crates that no lock names: recorded and said', async (context) => {
  const made = project(context, {
    'Cargo.toml':
      '[package]\nname = "uses"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\nsmallvec = "=1.13.2"\n',
    'src/main.rs': 'fn main() { println!("{}", smallvec::SmallVec::<[u8; 4]>::new().len()); }\n',
  });
  assert.equal((await made.boxed(['build'])).status, 0);
  const ended = await made.boxed(['build', '--features', 'smallvec/serde']);
  assert.equal(ended.status, 0, ended.text);
  assert.match(ended.stderr, /serde/);
  for (const words of [['check', '-qF', 'smallvec/serde'], ['check', '-vFsmallvec/serde'], ['wide']]) {
    const again = await made.boxed(words, { variables: { CARGO_ALIAS_WIDE: 'check --features smallvec/serde' } });
    assert.equal(again.status, 0, again.text);
  }
});

test("what looks like an option of cargo's, behind the first word of the program, is the program's", async (context) => {
  const made = project(
    context,
    plainProgram('says', 'fn main() { println!("{:?}", std::env::args().skip(1).collect::<Vec<_>>()); }\n'),
  );
  const words = [
    '--features',
    'no/such',
    '--target',
    'no-such',
    '-Zbuild-std',
    '--config',
    'x',
    '--message-format=json',
  ];
  for (const before of [['--'], ['word']]) {
    const ended = await made.boxed(['run', '--quiet', ...before, ...words]);
    assert.equal(ended.status, 0, ended.text);
    const got = before[0] === '--' ? words : ['word', ...words];
    assert.equal(ended.stdout, `[${got.map((word) => JSON.stringify(word)).join(', ')}]\n`);
  }
});
