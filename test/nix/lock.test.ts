import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { makeStandIn } from '../support/nixpkgs/make-stand-in.ts';
import { inNix, writeConfiguration } from '../support/nixpkgs/nix-home.ts';
import { plainProgram, project, temporaryFolder } from '../support/rig.ts';

const app = plainProgram('pinned', 'fn main() {}\n');

test('the lock pins nixpkgs by its sum; what differs is named and never followed', async (context) => {
  const made = project(context, { ...app, 'cargo-boxed.yaml': 'layers: [zlib]\n' });
  const locked = await made.boxed(['lock'], inNix());
  assert.equal(locked.status, 0, locked.text);
  const { nix } = JSON.parse(made.read('cargo-boxed.lock'));
  assert.match(nix.nixpkgs.narHash, /^sha256-[A-Za-z0-9+/]{43}=$/);
  assert.match(nix.environment, /^[0-9a-z]{32}-cargo-boxed-environment$/);
  assert.deepEqual(nix.layers, ['zlib']);
  const built = await made.boxed(['--pinned', 'build'], inNix());
  assert.equal(built.status, 0, built.text);
  assert.equal((await made.boxed(['lock', '--check'], inNix())).status, 0);
  const text = made.read('cargo-boxed.lock');
  assert.match((await made.boxed(['lock'], inNix())).stdout, /as before/);
  assert.equal(made.read('cargo-boxed.lock'), text);

  made.write('cargo-boxed.yaml', 'layers: [zlib]\nnix: {packages: [zstd]}\n');
  const drifted = await made.boxed(['lock', '--check'], inNix());
  assert.equal(drifted.status, 65, drifted.text);
  assert.match(drifted.stderr, /pins the nix\.packages \[\], not \[zstd\]/);

  made.write('cargo-boxed.yaml', 'layers: [zlib]\n');
  const elsewhere = { ...nix, nixpkgs: { ...nix.nixpkgs, url: 'https://evil.example/nixpkgs.tar.gz' } };
  made.write('cargo-boxed.lock', JSON.stringify({ version: 1, nix: elsewhere }));
  const moved = await made.boxed(['build'], inNix());
  assert.equal(moved.status, 65, moved.text);
  assert.match(moved.stderr, /pins nixpkgs from https:\/\/evil\.example/);

  const other = { ...nix, environment: nix.environment.replace(/^.{4}/, '0000') };
  made.write('cargo-boxed.lock', JSON.stringify({ version: 1, nix: other }));
  const another = await made.boxed(['build'], inNix());
  assert.equal(another.status, 65, another.text);
  assert.match(another.stderr, /the Nix environment of the pins is not the pinned one/);
});

test('a changed nixpkgs is another sum: refused by the lock, taken by an update', async (context) => {
  const home = join(temporaryFolder(context, 'home'), 'home');
  const source = temporaryFolder(context, 'source');
  const url = makeStandIn(source);
  writeConfiguration(home, url);
  const made = project(context, app);
  const options = inNix({}, home);
  const locked = await made.boxed(['lock'], options);
  assert.equal(locked.status, 0, locked.text);
  const before = JSON.parse(made.read('cargo-boxed.lock')).nix;

  // The source is gone and so is the root: what is in the store asks no network.
  rmSync(join(source, 'nixpkgs.tar'));
  rmSync(join(home, 'cache/roots'), { recursive: true });
  const offline = await made.boxed(['build'], options);
  assert.equal(offline.status, 0, offline.text);

  makeStandIn(source, 'a changed revision');
  const same = await made.boxed(['lock'], options);
  assert.match(same.stdout, /as before/, same.text);
  const updated = await made.boxed(['lock', '--update', 'nixpkgs'], options);
  assert.equal(updated.status, 0, updated.text);
  assert.match(updated.stdout, /nixpkgs: file:.* → file:/);
  assert.notEqual(JSON.parse(made.read('cargo-boxed.lock')).nix.nixpkgs.narHash, before.nixpkgs.narHash);

  // The old sum, and neither root nor store have it any more.
  made.write('cargo-boxed.lock', JSON.stringify({ version: 1, nix: before }));
  const pruned = await made.boxed(['prune', '--all'], options);
  assert.equal(pruned.status, 0, pruned.text);
  const refused = await made.boxed(['build'], options);
  assert.equal(refused.status, 65, refused.text);
  assert.match(refused.stderr, /is not what cargo-boxed\.lock pins[\s\S]*lock --update nixpkgs/);
  assert.equal((await made.boxed(['lock', '--update', 'rust'], options)).status, 64);
  // Folders of crates cannot be listed by who cleans up.
  assert.equal((await made.boxed(['prune', '--all'], options)).status, 0);
});
