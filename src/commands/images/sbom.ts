import { lstatSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { failure, type Result, success } from '../../base/result.ts';
import { lockPackages } from '../../fetch/lock-packages.ts';
import { registrySources } from '../../fetch/registry-sources.ts';
import { builtInRegistry } from '../../fetch/source-chain.ts';
import { sha256 } from '../../host/project-key.ts';
import { readForeignText } from '../../host/read-file.ts';
import { allPackages } from '../../lock/pin-changes.ts';
import type { BillFormat } from '../../oci/bill-of-materials.ts';
import { projectLockFile } from '../pipeline/project-pins.ts';
import { toolVersion } from '../tool-version.ts';
import type { LockedImage } from './locked-image.ts';

/** Writes the bill of materials of an image and its project to `beside` with the ending of its format; gives the file. */
export async function writeBill(
  format: BillFormat,
  { gathered, debian, toolchain, meaning }: LockedImage,
  image: string,
  beside: string,
): Promise<Result<string>> {
  const { project, host } = gathered.facts;
  if (project.lockfile.state === 'missing') {
    return failure({
      code: 'lock-missing',
      what: 'this project has no Cargo.lock, and a bill of materials lists what that names',
      fix: 'Run `cargo-boxed generate-lockfile`.',
    });
  }
  const crates = lockPackages(project.lockfile.text);
  if (!crates.ok) return crates;
  const usual = registrySources(crates.value.crates, project.cargoConfig, host.variables).find(
    ({ name }) => name === builtInRegistry,
  );
  const { billOfMaterials, billSuffix } = await import('../../oci/bill-of-materials.ts');
  const { imageMaterials, projectMaterials } = await import('../../oci/materials.ts');
  const isUsual = (source: string) => source === usual?.source;
  const materials = {
    inImage: imageMaterials(debian.suite, allPackages(debian).values(), toolchain),
    ofProject: projectMaterials(crates.value, isUsual),
  };
  const subject = {
    image,
    project: basename(join(project.mountRoot, project.workspace)),
    meaning,
    version: toolVersion,
  };
  return writeBeside(
    `${beside}${billSuffix[format]}`,
    'the bill of materials',
    billOfMaterials(format, subject, materials),
  );
}

/** Writes how the image came to be, as in-toto and SLSA say it, beside it; gives the file. */
export async function writeProvenance(
  { gathered, debian, toolchain, meaning }: LockedImage,
  image: string,
  manifest: string,
  beside: string,
): Promise<Result<string>> {
  const { imageMaterials } = await import('../../oci/materials.ts');
  const { provenanceOf, provenanceSuffix } = await import('../../oci/provenance.ts');
  const lock = readForeignText(projectLockFile(gathered.facts.project));
  if (!lock.ok) return lock;
  const lockSha256 = sha256(lock.value ?? '');
  const subject = { image, manifest, meaning, lockSha256, version: toolVersion };
  const text = provenanceOf(subject, imageMaterials(debian.suite, allPackages(debian).values(), toolchain));
  return writeBeside(`${beside}${provenanceSuffix}`, 'the provenance', text);
}

async function writeBeside(file: string, what: string, text: string): Promise<Result<string>> {
  if (lstatSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
    return failure({ code: 'path', what: `${what} cannot be written`, where: { file }, why: 'it is a folder' });
  const { place } = await import('../../oci/layout-folder.ts');
  place(dirname(file), basename(file), text);
  return success(file);
}
