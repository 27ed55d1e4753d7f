import assert from 'node:assert/strict';
import test from 'node:test';
import { explainToolchain, missingOfToolchain } from '../../../../src/environment/nix/explain-toolchain.ts';
import { revisionOf } from '../../../../src/environment/nix/resolve-source.ts';

const releases = {
  stable: ['1.9.0', '1.94.0', '1.94.1', '1.98.0', 'latest'],
  nightly: ['2026-02-28', '2026-03-02', 'latest'],
};

function explain(said: string, channel: string, names: object = releases) {
  const missing = missingOfToolchain(said);
  assert.ok(missing !== null, said);
  return explainToolchain(missing, { channel }, names);
}

test('a release that rust-overlay does not have: the nearest, or a newer rust-overlay', () => {
  const near = explain('error: Stable 1.94.7 is not available', '1.94.7');
  assert.match(near.what, /no Rust 1\.94\.7/);
  assert.match(near.why ?? '', /newest that it has is 1\.98\.0/);
  assert.match(near.fix ?? '', /`1\.94\.1`/);
  assert.match(explain('error: No stable 2.0.* is available', '2.0').fix ?? '', /lock --update rust-overlay/);
  const nightly = explain('error: Nightly 2026-03-01 is not available', 'nightly-2026-03-01');
  assert.match(nightly.fix ?? '', /`nightly-2026-02-28`/);
  assert.match(explain('error: Stable 1.0.0 is not available', '1.0.0').fix ?? '', /`1\.9\.0`/);
  assert.match(explain('error: Beta latest is not available', 'beta', {}).fix ?? '', /lock --update rust-overlay/);
});

test('a component, target or profile that a release does not have, or not for this machine', () => {
  const names = {
    components: ['clippy', 'miri'],
    targets: ['wasm32-unknown-unknown'],
    profiles: ['default', 'minimal'],
  };
  const typo = explain('Unknown component `clipppy`, typo or not support', 'stable', names);
  assert.match(typo.fix ?? '', /Did you mean `clippy`/);
  const here = explain("Host component `miri` doesn't support `x86_64-unknown-linux-gnu`", 'stable', names);
  assert.match(here.what, /no component miri for this machine/);
  const target = explain('Unknown target `wasm32-unknown-unknwn`, typo', 'stable', names);
  assert.match(target.fix ?? '', /`wasm32-unknown-unknown`/);
  const profile = explain("error: Rust 1.95.0 doesn't have profile `defult`.", 'stable', names);
  assert.match(profile.why ?? '', /default, minimal/);
  assert.equal(missingOfToolchain('error: something else'), null);
});

test("the newest revision is a file of its own, or the branch master of git's list", () => {
  const [sum, other] = ['a'.repeat(40), 'b'.repeat(40)];
  assert.equal(revisionOf(sum), sum);
  const head = `001e# service=git-upload-pack\n0000015a${other} HEAD\0multi_ack symref=HEAD:refs/heads/master\n`;
  assert.equal(revisionOf(`${head}003f${other} refs/heads/feature\n003f${sum} refs/heads/master\n0000`), sum);
  assert.equal(revisionOf(`${head}0045${sum} refs/heads/master-2\n0000`), null);
  assert.equal(revisionOf('<html>not found</html>'), null);
});
