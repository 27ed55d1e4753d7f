import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { inNix } from '../support/nixpkgs/nix-home.ts';
import { plainProgram, project, tree } from '../support/rig.ts';

test('every command of the README that names Nix works', async (context) => {
  const readme = readFileSync(join(tree, 'README.md'), 'utf8');
  const lines = [...readme.matchAll(/^\$ cargo-boxed (--environment nix .*?) {2}# not run here: test\/nix does$/gm)];
  assert.ok(lines.length >= 4);
  const made = project(context, plainProgram('from-readme', 'fn main() {}\n'));
  for (const [, words = ''] of lines) {
    const ended = await made.boxed(words.split(' '), inNix());
    assert.equal(ended.status, 0, `${words}\n${ended.text}`);
  }
});
