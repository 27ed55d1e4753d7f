import assert from 'node:assert/strict';
import test from 'node:test';
import { inNix } from '../support/nixpkgs/nix-home.ts';
import { plainProgram, project } from '../support/rig.ts';

test('all attacks of the self-test are held in a box of Nix', async (context) => {
  const made = project(context, plainProgram('attacked', 'fn main() {}\n'));
  const ended = await made.boxed(['selftest', '--json'], inNix());
  assert.equal(ended.status, 0, ended.text);
  const { held, promises } = JSON.parse(ended.stdout);
  assert.equal(held, true);
  assert.ok(promises.length >= 6);
});
