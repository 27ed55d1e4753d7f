import assert from 'node:assert/strict';
import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import test from 'node:test';
import { lockOf, plainProgram, project, temporaryFolder, withoutWalls } from '../../support/rig.ts';

test('a committed link in the place of target is refused, and nothing is written behind it', async (context) => {
  const elsewhere = temporaryFolder(context, 'elsewhere');
  const made = project(context, plainProgram('linked', 'fn main() {}\n'));
  symlinkSync(elsewhere, made.path('target'));
  const ended = await made.boxed(['build']);
  assert.notEqual(ended.status, 0, ended.text);
  assert.match(ended.stderr, /target/);
  assert.deepEqual(readdirSync(elsewhere), []);
});

test('a link in the place of target/boxed is refused', async (context) => {
  const elsewhere = temporaryFolder(context, 'elsewhere');
  const made = project(context, plainProgram('linked', 'fn main() {}\n'));
  mkdirSync(made.path('target'));
  symlinkSync(elsewhere, made.path('target/boxed'));
  const ended = await made.boxed(['build']);
  assert.notEqual(ended.status, 0, ended.text);
  assert.deepEqual(readdirSync(elsewhere), []);
});

test('libraries, examples and several binaries come out', async (context) => {
  const made = project(context, {
    'Cargo.toml':
      '[package]\nname = "many"\nversion = "0.1.0"\nedition = "2021"\n\n[lib]\ncrate-type = ["cdylib", "staticlib", "rlib"]\n',
    'Cargo.lock': lockOf('many'),
    'src/lib.rs': '#[no_mangle] pub extern "C" fn answer() -> u32 { 42 }\n',
    'src/bin/one.rs': 'fn main() {}\n',
    'src/bin/two.rs': 'fn main() {}\n',
    'examples/shows.rs': 'fn main() {}\n',
  });
  const ended = await made.boxed(['build', '--all-targets']);
  assert.equal(ended.status, 0, ended.text);
  for (const file of ['libmany.so', 'libmany.a', 'one', 'two', 'examples/shows']) {
    assert.ok(lstatSync(made.path('target/boxed/debug', file)).isFile(), file);
  }
});

test('what a build script puts into the target does not come out as a link or with set-id bits', async (context) => {
  const made = project(context, {
    ...plainProgram('plants', 'fn main() {}\n'),
    'build.rs': `use std::os::unix::fs::{symlink, PermissionsExt};
fn main() {
    let out = std::path::PathBuf::from(std::env::var("CARGO_TARGET_DIR").unwrap_or("/box/target/out".into())).join("debug");
    let _ = std::fs::create_dir_all(&out);
    let _ = symlink("/etc/passwd", out.join("planted-link"));
    let _ = std::fs::write(out.join("planted-setuid"), "#!/bin/sh");
    let _ = std::fs::set_permissions(out.join("planted-setuid"), std::fs::Permissions::from_mode(0o6777));
}
`,
  });
  const ended = await made.boxed(['build'], { variables: withoutWalls });
  assert.equal(ended.status, 0, ended.text);
  for (const name of readdirSync(made.path('target/boxed/debug'))) {
    const stat = lstatSync(made.path('target/boxed/debug', name));
    assert.ok(stat.isFile() || stat.isDirectory(), name);
    assert.equal(stat.mode & 0o7002, 0, name);
  }
});

test('with export-check a result that holds the path of the home stays in the box', async (context) => {
  const made = project(context, plainProgram('baked', 'fn main() { println!("{}", env!("BAKED")); }\n'));
  const baked = '/home/ada-of-the-canaries/file';
  const more = { HOME: '/home/ada-of-the-canaries', BAKED: baked, CARGO_BOXED_ENV_PASS: 'BAKED' };
  const open = await made.boxed(['build'], { variables: more });
  assert.equal(open.status, 0, open.text);
  assert.ok(lstatSync(made.path('target/boxed/debug/baked')).isFile());
  rmSync(made.path('target'), { recursive: true });
  const checked = await made.boxed(['build'], { variables: { ...more, CARGO_BOXED_EXPORT_CHECK: 'true' } });
  assert.equal(checked.status, 0, checked.text);
  assert.match(checked.text, /Not exported: debug\/baked: it holds the path of the home/);
  assert.ok(!existsSync(made.path('target/boxed/debug/baked')));
});
