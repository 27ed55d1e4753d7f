import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import test from 'node:test';
import { type Project, plainProgram, project } from '../support/rig.ts';

const buildScript = `fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    std::fs::write("src/generated.rs", "pub const WORD: &str = \\"generated\\";").unwrap();
    std::fs::write("committed.txt", "by the box").unwrap();
}
`;

/** As many projects do: completions, bindings or protocol code that a build script writes beside the sources. */
function writesIntoItself(context: test.TestContext, more: Readonly<Record<string, string>> = {}): Project {
  return project(context, {
    ...plainProgram('writer', 'mod generated;\nfn main() {\n    println!("{}", generated::WORD);\n}\n'),
    'build.rs': buildScript,
    'committed.txt': 'as committed',
    ...more,
  });
}

const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
const copy = { variables: { CARGO_BOXED_PROJECT_FILES: 'copy' } };

test('a build script that writes into the project fails, and it is said how it may', async (context) => {
  const made = writesIntoItself(context);
  const ended = await made.boxed(['build']);
  assert.equal(ended.status, 101, ended.text);
  assert.match(ended.stderr, /note: .*may only read.*project-files: copy/);
});

test('with a copy it builds and runs, rebuilds what changed and nothing else, and the project stays as it is', async (context) => {
  const made = writesIntoItself(context);
  const first = await made.boxed(['run', '--quiet'], copy);
  assert.equal(first.status, 0, first.text);
  assert.equal(first.stdout, 'generated\n');
  const second = await made.boxed(['build'], copy);
  assert.equal(second.status, 0, second.text);
  assert.doesNotMatch(second.stderr, /Compiling/);
  made.write('src/main.rs', 'mod generated;\nfn main() {\n    println!("two {}", generated::WORD);\n}\n');
  const third = await made.boxed(['run', '--quiet'], copy);
  assert.equal(third.stdout, 'two generated\n', third.text);
  assert.equal(made.read('committed.txt'), 'as committed');
  assert.equal(existsSync(made.path('src/generated.rs')), false);
  const reset = await made.boxed(['reset']);
  assert.equal(reset.status, 0, reset.text);
});

test('of two builds at once, from nothing, each has a whole copy', async (context) => {
  const files = Array.from({ length: 2000 }, (_, index) => [`data/${index}.txt`, `${index}`] as const);
  const made = writesIntoItself(context, Object.fromEntries(files));
  const both = await Promise.all([made.boxed(['build'], copy), made.boxed(['check'], copy)]);
  for (const { status, text } of both) assert.equal(status, 0, text);
});

test('a build that asks git in a worktree is told why there is no repository', async (context) => {
  const main = project(context, {
    ...plainProgram('described', 'fn main() {}\n'),
    'build.rs': `fn main() {
    let git = std::process::Command::new("git").args(["describe", "--always"]).output().unwrap();
    assert!(git.status.success(), "{}", String::from_utf8_lossy(&git.stderr));
}
`,
  });
  const git = (...words: readonly string[]) => execFileSync('git', ['-C', main.folder, ...identity, ...words]);
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '--message', 'one');
  const worktree = main.path('../worktree');
  git('worktree', 'add', '--quiet', worktree);
  assert.equal((await main.boxed(['build'])).status, 0);
  const ended = await main.boxed(['build'], { currentFolder: worktree });
  assert.equal(ended.status, 101, ended.text);
  assert.match(ended.stderr, /note: This is a worktree or a submodule/);
});

test('a build that wants the network is told that a box has none', async (context) => {
  const made = project(context, {
    ...plainProgram('downloads', 'fn main() {}\n'),
    'build.rs': 'fn main() { std::net::TcpStream::connect("example.test:80").unwrap(); }\n',
  });
  const ended = await made.boxed(['build']);
  assert.equal(ended.status, 101, ended.text);
  assert.match(ended.stderr, /note: The build script of downloads wants the network, and a box has none/);
});

test('of a build script that fetches it is said what it wants, and what it goes without by', async (context) => {
  const made = project(context, {
    ...plainProgram('downloads', 'fn main() {}\n'),
    'build.rs': `fn main() {
    println!("cargo:rerun-if-env-changed=CFLAGS\\ncargo:rerun-if-env-changed=SDK_ARCHIVE");
    if std::env::var_os("SDK_ARCHIVE").is_some_and(|path| std::path::Path::new(&path).exists()) { return }
    println!("fetching https://example.test/sdk.zip");
    std::process::Command::new("curl").arg("https://example.test/sdk.zip").status().expect("failed to download the SDK");
}
`,
    'sdk.zip': 'fetched before',
  });
  made.write('Cargo.toml', `${made.read('Cargo.toml')}\n[features]\nvendored = []\n`);
  const ended = await made.boxed(['build']);
  assert.equal(ended.status, 101, ended.text);
  assert.match(
    ended.stderr,
    /note: The build script of downloads wants https:\/\/example\.test\/sdk\.zip, and a box has no/,
  );
  assert.match(ended.stderr, /its feature `vendored`, or where .* reads \(SDK_ARCHIVE\)/);
  assert.match(ended.stderr, /`env: \{set: \{SDK_ARCHIVE: \/box\/project\/…\}\}`/);
  // A program that fetches would be of no use.
  assert.doesNotMatch(ended.stderr, /curl is added/);
  made.write('cargo-boxed.yaml', 'env: {set: {SDK_ARCHIVE: /box/project/sdk.zip}}\n');
  const told = await made.boxed(['build']);
  assert.equal(told.status, 0, told.text);
});

test('a build that finds CMake too old is told both versions and where a newer one is', async (context) => {
  const made = project(context, {
    ...plainProgram('drawn', 'fn main() {}\n'),
    'cargo-boxed.yaml': 'suite: bookworm\n',
    'CMakeLists.txt': 'cmake_minimum_required(VERSION 90.1)\n',
    'build.rs': `fn main() {
    println!("cargo:rerun-if-env-changed=DRAWN_DIR");
    let folder = std::env::var("OUT_DIR").unwrap();
    assert!(std::process::Command::new("cmake").args([".", "-B", &folder]).status().unwrap().success());
}
`,
  });
  const ended = await made.boxed(['build']);
  assert.equal(ended.status, 101, ended.text);
  assert.match(ended.stderr, /note: drawn wants CMake 90\.1 or newer, and bookworm has 3\.25\.\d\. .*`suite: trixie`/);
});

test('a build script that only says it lacks something: by which variable it is told where that is', async (context) => {
  const made = project(context, {
    ...plainProgram('told', 'fn main() {}\n'),
    'build.rs': `fn main() {
    println!("cargo:rerun-if-env-changed=LIBWORDS");
    if std::env::var_os("LIBWORDS").is_none() { eprintln!("Cannot find an install of libwords"); std::process::exit(1) }
}
`,
  });
  const ended = await made.boxed(['build']);
  assert.equal(ended.status, 101, ended.text);
  assert.match(ended.stderr, /note: The build script of told reads LIBWORDS: .*`env: \{set: \{LIBWORDS: PATH\}\}`/);
});

test('a build that misses a linker is told the layer that has it', async (context) => {
  const made = project(context, {
    ...plainProgram('linked', 'fn main() {}\n'),
    'cargo-boxed.yaml': 'layers: {infer: off}\n',
    '.cargo/config.toml':
      '[target.x86_64-unknown-linux-gnu]\nlinker = "clang"\n[target.aarch64-unknown-linux-gnu]\nlinker = "clang"\n',
  });
  const ended = await made.boxed(['build']);
  assert.equal(ended.status, 101, ended.text);
  assert.match(ended.stderr, /note: .*`cargo-boxed layers add clang`/);
});

test('a build that misses a system library is told the layer that has it', async (context) => {
  const made = project(context, {
    ...plainProgram('sound', 'fn main() {}\n'),
    'cargo-boxed.yaml': 'layers: {infer: off}\n',
    'build.rs': `fn main() {
    let found = std::process::Command::new("pkg-config").args(["--print-errors", "--exists", "alsa"]).output().unwrap();
    assert!(found.status.success(), "{}", String::from_utf8_lossy(&found.stderr));
}
`,
  });
  const ended = await made.boxed(['build']);
  assert.equal(ended.status, 101, ended.text);
  assert.match(ended.stderr, /note: .*`cargo-boxed layers add alsa` gives them to it; for one run `--layer alsa`/);
});
