import { canonicalJson } from '../base/canonical-json.ts';
import type { ImageMeaning } from './image-documents.ts';
import type { Material, Materials } from './materials.ts';

export type BillFormat = 'cyclonedx' | 'spdx';

/** What both formats say of the whole. */
export interface BillSubject {
  /** Of the image: `repository:tag`. */
  readonly image: string;
  readonly project: string;
  readonly meaning: ImageMeaning;
  /** Of this tool. */
  readonly version: string;
}

/** The end of the name of a file in this format, as its users know it. */
export const billSuffix: Readonly<Record<BillFormat, string>> = { cyclonedx: '.cdx.json', spdx: '.spdx.json' };

/**
 * A bill of materials of the image and of what the project is built from in it: CycloneDX 1.6 or SPDX 2.3, as JSON. From
 * the locks alone: no clock and nothing of this machine, so equal locks give equal bytes. Licences are not claimed.
 */
export function billOfMaterials(format: BillFormat, subject: BillSubject, materials: Materials): string {
  const text = format === 'cyclonedx' ? cycloneDx(subject, materials) : spdx(subject, materials);
  return canonicalJson(text, 2);
}

function timeOf({ epoch }: ImageMeaning): string {
  return new Date(epoch * 1000).toISOString().replace('.000Z', 'Z');
}

/** A name of the form that a random one has, from the identity of the image: RFC 9562, version 8. */
function uuidOf({ identity }: ImageMeaning): string {
  const [a, b, c, d, e] = [
    identity.slice(0, 8),
    identity.slice(8, 12),
    identity.slice(13, 16),
    identity.slice(17, 20),
    identity.slice(20, 32),
  ];
  return `${a}-${b}-8${c}-8${d}-${e}`;
}

function cycloneDx({ image, project, meaning, version }: BillSubject, { inImage, ofProject }: Materials): object {
  const component = ({ purl, name, version: is, sha256, repository }: Material) => ({
    type: 'library',
    'bom-ref': purl,
    name,
    version: is,
    purl,
    ...(sha256 === null ? {} : { hashes: [{ alg: 'SHA-256', content: sha256 }] }),
    ...(repository === null ? {} : { externalReferences: [{ type: 'vcs', url: repository }] }),
  });
  const refs = (materials: readonly Material[]) => materials.map(({ purl }) => purl);
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(meaning)}`,
    version: 1,
    metadata: {
      timestamp: timeOf(meaning),
      tools: { components: [{ type: 'application', name: 'cargo-boxed', version }] },
      component: { type: 'container', 'bom-ref': 'image', name: image, version: meaning.identity },
    },
    components: [
      { type: 'application', 'bom-ref': 'project', name: project },
      ...[...inImage, ...ofProject].map(component),
    ],
    dependencies: [
      { ref: 'image', dependsOn: refs(inImage) },
      { ref: 'project', dependsOn: ['image', ...refs(ofProject)] },
    ],
  };
}

function spdx({ image, project, meaning, version }: BillSubject, { inImage, ofProject }: Materials): object {
  const unclaimed = { licenseConcluded: 'NOASSERTION', licenseDeclared: 'NOASSERTION', copyrightText: 'NOASSERTION' };
  const whole = (id: string, name: string, purpose: string, more: object = {}) => ({
    SPDXID: `SPDXRef-${id}`,
    name,
    ...more,
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    primaryPackagePurpose: purpose,
    ...unclaimed,
  });
  const numbered = (prefix: string, materials: readonly Material[]) =>
    materials.map((material, at) => ({ id: `${prefix}-${at + 1}`, material }));
  const [below, above] = [numbered('Image', inImage), numbered('Crate', ofProject)];
  const part = ({ id, material }: { id: string; material: Material }) => ({
    SPDXID: `SPDXRef-${id}`,
    name: material.name,
    versionInfo: material.version,
    downloadLocation: material.repository ?? 'NOASSERTION',
    filesAnalyzed: false,
    ...(material.sha256 === null ? {} : { checksums: [{ algorithm: 'SHA256', checksumValue: material.sha256 }] }),
    externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: material.purl }],
    ...unclaimed,
  });
  const relation = (from: string, relationshipType: string, to: string) => ({
    spdxElementId: `SPDXRef-${from}`,
    relationshipType,
    relatedSpdxElement: `SPDXRef-${to}`,
  });
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: image,
    documentNamespace: `urn:uuid:${uuidOf(meaning)}`,
    creationInfo: { created: timeOf(meaning), creators: [`Tool: cargo-boxed-${version}`] },
    packages: [
      whole('Image', image, 'CONTAINER', { versionInfo: meaning.identity }),
      whole('Project', project, 'APPLICATION'),
      ...[...below, ...above].map(part),
    ],
    relationships: [
      relation('DOCUMENT', 'DESCRIBES', 'Image'),
      relation('DOCUMENT', 'DESCRIBES', 'Project'),
      relation('Project', 'DEPENDS_ON', 'Image'),
      ...below.map(({ id }) => relation('Image', 'CONTAINS', id)),
      ...above.map(({ id }) => relation('Project', 'DEPENDS_ON', id)),
    ],
  };
}
