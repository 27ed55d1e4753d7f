import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { plainProgram, project, sharedHome, temporaryFolder } from '../support/rig.ts';

const withDependency = {
  'Cargo.toml': '[package]\nname = "uses"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\nitoa = "1"\n',
  'src/main.rs': 'fn main() { println!("{}", itoa::Buffer::new().format(42)); }\n',
};

test('a missing Cargo.lock is resolved and brought back', async (context) => {
  const made = project(context, withDependency);
  const ended = await made.boxed(['run', '--quiet']);
  assert.equal(ended.status, 0, ended.text);
  assert.equal(ended.stdout, '42\n');
  assert.match(made.read('Cargo.lock'), /name = "itoa"/);
});

test('a stale Cargo.lock is brought up to date, as cargo does', async (context) => {
  const made = project(context, { ...plainProgram('uses', 'fn main() {}\n'), ...withDependency });
  const ended = await made.boxed(['build']);
  assert.equal(ended.status, 0, ended.text);
  assert.match(made.read('Cargo.lock'), /name = "itoa"/);
});

test('a Cargo.lock that cargo would write in other words, without a dependency: written so, as cargo does', async (context) => {
  const made = project(context, plainProgram('by-hand', 'fn main() {}\n'));
  const asCargoWrites = made.read('Cargo.lock');
  made.write('Cargo.lock', asCargoWrites.replace(/^#.*\n/gm, ''));
  const ended = await made.boxed(['build']);
  assert.equal(ended.status, 0, ended.text);
  assert.equal(made.read('Cargo.lock'), asCargoWrites);
});

test("--locked without a fitting lock ends with cargo's own words and exit code, and nothing is written", async (context) => {
  const made = project(context, withDependency);
  const missing = await made.boxed(['build', '--locked']);
  assert.equal(missing.status, 101, missing.text);
  assert.match(missing.stderr, /--locked/);
  assert.ok(!existsSync(made.path('Cargo.lock')));
});

test('the second build of a project fetches nothing, and --offline is enough for it', async (context) => {
  const made = project(context, withDependency);
  assert.equal((await made.boxed(['build'])).status, 0);
  const again = await made.boxed(['build', '--offline', '--locked']);
  assert.equal(again.status, 0, again.text);
});

test('fetch alone brings what a build needs', async (context) => {
  const made = project(context, withDependency);
  const fetched = await made.boxed(['fetch']);
  assert.equal(fetched.status, 0, fetched.text);
  const built = await made.boxed(['build', '--offline']);
  assert.equal(built.status, 0, built.text);
});

test('a checksum in Cargo.lock that the crate does not have ends the command with 65', async (context) => {
  const made = project(context, withDependency);
  assert.equal((await made.boxed(['generate-lockfile'])).status, 0);
  const wrong = made.read('Cargo.lock').replace(/checksum = "[0-9a-f]{64}"/, `checksum = "${'0'.repeat(64)}"`);
  made.write('Cargo.lock', wrong);
  const ended = await made.boxed(['build']);
  assert.equal(ended.status, 65, ended.text);
  assert.match(ended.stderr, /itoa/);
});

test('cargo-boxed lock writes the pins, --pinned holds to them', async (context) => {
  const made = project(context, plainProgram('pinned', 'fn main() {}\n'));
  const locked = await made.boxed(['lock']);
  assert.equal(locked.status, 0, locked.text);
  const pins = made.read('cargo-boxed.lock');
  assert.match(pins, /"sha256"/);
  const built = await made.boxed(['--pinned', 'build']);
  assert.equal(built.status, 0, built.text);
  assert.equal(made.read('cargo-boxed.lock'), pins);
  rmSync(made.path('cargo-boxed.lock'));
  assert.equal((await made.boxed(['--pinned', 'build'])).status, 65);
});

test('lock says what has changed since it was written; --update asks Debian, and needs no project with --default', async (context) => {
  const made = project(context, plainProgram('updated', 'fn main() {}\n'));
  assert.equal((await made.boxed(['lock'])).status, 0);
  const pins = made.read('cargo-boxed.lock');
  const [, version = ''] = /"name": "libc6",[^}]*"version": "([^"]+)"/.exec(pins) ?? [];
  made.write('cargo-boxed.lock', pins.replace(/("name": "libc6",[^}]*"version": ")[^"]+/, '$10.1'));
  const again = await made.boxed(['lock', '--update']);
  assert.equal(again.status, 0, again.text);
  assert.ok(again.stdout.includes(`    libc6: 0.1 → `), again.text);
  assert.notEqual(version, '');

  const before = readFileSync(defaultPins(), 'utf8');
  const own = await made.boxed(['lock', '--default'], { currentFolder: temporaryFolder(context) });
  assert.equal(own.status, 0, own.text);
  assert.match(own.stdout, /as before/);
  assert.equal(readFileSync(defaultPins(), 'utf8'), before);
});

function defaultPins(): string {
  const architecture = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  return join(sharedHome, 'data/default', `bookworm-${architecture}.lock`);
}
