import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { lockPackages } from '../../../src/fetch/lock-packages.ts';
import { billOfMaterials } from '../../../src/oci/bill-of-materials.ts';
import { imageMaterials, projectMaterials } from '../../../src/oci/materials.ts';

const registry = 'registry+https://registry.example/index';
const lock = `version = 4

[[package]]
name = "own"
version = "0.1.0"
dependencies = ["leaf"]

[[package]]
name = "leaf"
version = "1.0.0+b1"
source = "${registry}"
checksum = "${'a'.repeat(64)}"

[[package]]
name = "other"
version = "2.0.0"
source = "sparse+https://other.example/index/"
checksum = "${'b'.repeat(64)}"

[[package]]
name = "from-git"
version = "0.3.0"
source = "git+https://git.example/team/one?branch=main#${'c'.repeat(40)}"
`;

function bill(format: 'cyclonedx' | 'spdx'): string {
  const crates = lockPackages(lock);
  assert.ok(crates.ok, JSON.stringify(crates));
  const zlib = {
    name: 'zlib1g',
    version: '1:1.2.13.dfsg-1',
    architecture: 'amd64',
    archive: 'debian',
    path: 'pool/main/z/zlib/zlib1g_1.deb',
    sizeBytes: 1,
    sha256: 'd'.repeat(64),
  };
  const components = [{ name: 'cargo-x86_64-unknown-linux-gnu', sha256: 'e'.repeat(64) }];
  const toolchain = { name: 'stable', version: '1.95.0', manifestSha256: 'f'.repeat(64), components };
  const materials = {
    inImage: imageMaterials('bookworm', [zlib], toolchain),
    ofProject: projectMaterials(crates.value, (source) => source === registry),
  };
  const meaning = {
    architecture: 'amd64',
    epoch: 1_700_000_000,
    identity: '0123456789abcdef'.repeat(4),
    suite: 'bookworm',
    layers: [],
    toolchain: '1.95.0',
  };
  const subject = { image: 'team/env:1', project: 'own', meaning, version: '0.1.0' };
  return billOfMaterials(format, subject, materials);
}

const purls = [
  'pkg:cargo/from-git@0.3.0?vcs_url=git%2Bhttps%3A%2F%2Fgit.example%2Fteam%2Fone%40cccccccccccccccccccccccccccccccccccccccc',
  'pkg:cargo/leaf@1.0.0%2Bb1',
  'pkg:cargo/other@2.0.0?repository_url=sparse%2Bhttps%3A%2F%2Fother.example%2Findex%2F',
  'pkg:deb/debian/zlib1g@1%3A1.2.13.dfsg-1?arch=amd64&distro=bookworm',
  'pkg:generic/cargo-x86_64-unknown-linux-gnu@1.95.0',
];

test('CycloneDX takes ours, and it names everything by purl, sum and place', async () => {
  const text = bill('cyclonedx');
  const faults = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text);
  assert.equal(faults, null, JSON.stringify(faults));
  const { components, dependencies, serialNumber } = JSON.parse(text);
  assert.deepEqual(components.flatMap(({ purl }: { purl?: string }) => purl ?? []).sort(), purls);
  assert.match(serialNumber, /^urn:uuid:01234567-89ab-8def-8123-/);
  assert.equal(dependencies.length, 2);
  const git = components.find(({ name }: { name: string }) => name === 'from-git');
  assert.match(git.externalReferences[0].url, /^git\+https:/);
  assert.equal(bill('cyclonedx'), text);
});

test('SPDX has the same, each in relation to the image or to the project', () => {
  const text = bill('spdx');
  const { packages, relationships } = JSON.parse(text);
  const git = packages.find(({ name }: { name: string }) => name === 'from-git');
  assert.equal(git.downloadLocation, `git+https://git.example/team/one@${'c'.repeat(40)}`);
  const named = packages.flatMap(({ externalRefs }: { externalRefs?: readonly { referenceLocator: string }[] }) =>
    (externalRefs ?? []).map(({ referenceLocator }) => referenceLocator),
  );
  assert.deepEqual(named.sort(), purls);
  const ids = new Set(['SPDXRef-DOCUMENT', ...packages.map(({ SPDXID }: { SPDXID: string }) => SPDXID)]);
  for (const { spdxElementId, relatedSpdxElement } of relationships)
    assert.ok(ids.has(spdxElementId) && ids.has(relatedSpdxElement));
  assert.equal(bill('spdx'), text);
});
