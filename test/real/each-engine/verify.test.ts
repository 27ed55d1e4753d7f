import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { project, tree } from '../../support/rig.ts';

test('a program of real crates, with build scripts and a procedural macro, is the same in two unlike boxes', async (context) => {
  const lock = readFileSync(join(tree, 'test/try-project/Cargo.lock'), 'utf8');
  const made = project(context, {
    'Cargo.toml': `[package]
name = "try-project"
version = "0.1.0"
edition = "2021"

[dependencies]
serde = { version = "1", features = ["derive"] }
serde_json = "1"
`,
    'Cargo.lock': lock,
    'src/main.rs': `#[derive(serde::Serialize, Debug)]
struct Point { x: u32 }

fn main() { println!("{}", serde_json::to_string(&Point { x: 3 }).unwrap()) }
`,
  });
  const ended = await made.boxed(['--json', 'verify', 'build', '--release'], { limitSeconds: 600 });
  assert.equal(ended.status, 0, ended.text);
  const { equal, builds, artifacts } = JSON.parse(ended.stdout);
  assert.deepEqual([equal, builds], [true, 2]);
  assert.deepEqual(
    artifacts.map(({ path }: { path: string }) => path),
    ['release/try-project'],
  );
});
