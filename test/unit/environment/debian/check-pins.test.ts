import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAddedPins, checkDebianPins } from '../../../../src/environment/debian/check-pins.ts';
import type { DebianPackage, DebianPins } from '../../../../src/lock/pins.ts';

const sound: DebianPackage = {
  name: 'zlib1g',
  version: '1:1.2.13.dfsg-1',
  architecture: 'amd64',
  archive: 'debian',
  path: 'pool/main/z/zlib/zlib1g_1.2.13.dfsg-1_amd64.deb',
  sizeBytes: 86684,
  sha256: 'a'.repeat(64),
};
const pins = (change: Partial<DebianPackage>, whole: Partial<DebianPins> = {}): DebianPins => ({
  suite: 'bookworm',
  architecture: 'amd64',
  layers: [],
  snapshot: '20261126T000000Z',
  packages: [{ ...sound, ...change }],
  rootSha256: 'b'.repeat(64),
  ...whole,
});

test('pins as we write them are taken', () => {
  assert.equal(checkDebianPins(pins({})).ok, true);
  assert.equal(checkDebianPins(pins({ path: 'pool/main/g/gcc-12/g++-12_12.2.0-14+deb12u1~x_amd64.deb' })).ok, true);
});

const hostile: readonly Partial<DebianPackage>[] = [
  { name: 'a,b' },
  { name: '--option' },
  { name: '../x' },
  { version: '1 2' },
  { archive: 'elsewhere' },
  { path: '../etc/passwd.deb' },
  { path: 'pool/../../x.deb' },
  { path: '/pool/x.deb' },
  { path: 'pool/main/a/a.deb?x=1' },
  { path: 'pool//x.deb' },
  { sha256: '../../x' },
  { sizeBytes: -1 },
  { sizeBytes: Number.NaN },
];
for (const change of hostile) {
  test(`refused: ${JSON.stringify(change)}`, () => {
    const result = checkDebianPins(pins(change));
    assert.ok(!result.ok);
    assert.equal(result.problems[0]?.code, 'lock-outdated');
    const added = { names: [], snapshot: '20261126T000000Z', packages: [{ ...sound, ...change }] };
    assert.ok(!checkDebianPins(pins({}, { added: { ...added, baseSha256: 'c'.repeat(64) } })).ok);
    const onImage = { ...added, suite: 'bookworm', architecture: 'amd64', layers: [] };
    assert.ok(!checkAddedPins(onImage).ok);
    assert.ok(checkAddedPins({ ...onImage, packages: [sound] }).ok);
    assert.ok(!checkAddedPins({ ...onImage, packages: [sound], suite: '../x' }).ok);
  });
}

test('a root, suite or time that is none, and a package named twice, are refused', () => {
  assert.equal(checkDebianPins(pins({}, { rootSha256: '../x' })).ok, false);
  assert.equal(checkDebianPins(pins({}, { suite: 'x y' })).ok, false);
  assert.equal(checkDebianPins(pins({}, { snapshot: 'now' })).ok, false);
  assert.equal(checkDebianPins(pins({}, { packages: [sound, sound] })).ok, false);
});

test('what is added has a base and a time', () => {
  const added = { names: ['less'], snapshot: '20261126T000000Z', packages: [sound], baseSha256: 'c'.repeat(64) };
  assert.equal(checkDebianPins(pins({}, { added })).ok, true);
  assert.ok(!checkDebianPins(pins({}, { added: { ...added, baseSha256: '../roots' } })).ok);
  assert.ok(!checkDebianPins(pins({}, { added: { ...added, snapshot: '../x' } })).ok);
});
