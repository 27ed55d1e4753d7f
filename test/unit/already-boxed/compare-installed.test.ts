import assert from 'node:assert/strict';
import test from 'node:test';
import { compareInstalled } from '../../../src/already-boxed/compare-installed.ts';
import type { DebianPackage } from '../../../src/lock/pins.ts';

const locked = (name: string, version: string): DebianPackage => ({
  ...{ name, version, architecture: 'amd64', archive: 'debian', path: 'pool/x.deb', sizeBytes: 1 },
  sha256: 'a'.repeat(64),
});
const packages = [locked('gcc', '4:12.2'), locked('zlib1g', '1:1.2')];
const toolchain = {
  name: 'stable',
  version: '1.95.0',
  manifestSha256: 'm',
  components: [{ name: 'rustc', sha256: 'r' }],
};
const stanza = (name: string, version: string) => `Package: ${name}\nVersion: ${version}\nArchitecture: amd64\n`;
const status = [stanza('gcc', '4:12.2'), stanza('zlib1g', '1:1.2')].join('\n');
const components = [{ name: 'rustc', sha256: 'r' }];

test('what is as the lock says has no differences', () => {
  assert.deepEqual(compareInstalled(packages, toolchain, { packages: status, components }), []);
});

test('each difference is named, the first few of many', () => {
  const other = [stanza('gcc', '4:12.3'), stanza('evil', '1')].join('\n');
  assert.deepEqual(
    compareInstalled(packages, toolchain, { packages: other, components: [{ name: 'rustc', sha256: 'x' }] }),
    [
      'it has gcc 4:12.3, not 4:12.2',
      'it lacks zlib1g 1:1.2',
      'it has evil 1, which the lock does not',
      'the component rustc of its toolchain is not that of the lock',
    ],
  );
  const many = Array.from({ length: 20 }, (_, index) => locked(`p${index}`, '1'));
  const said = compareInstalled(many, toolchain, { packages: status, components });
  assert.equal(said.length, 6);
  assert.match(said[5] ?? '', /and 17 more/);
});

test('what cannot be read is a difference', () => {
  assert.equal(compareInstalled(packages, toolchain, { packages: null, components: null }).length, 2);
});
