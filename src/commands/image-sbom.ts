import { lstatSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { lockPackages } from '../fetch/lock-packages.ts';
import { registrySources } from '../fetch/registry-sources.ts';
import { builtInRegistry } from '../fetch/source-chain.ts';
import { allPackages } from '../lock/pin-changes.ts';
import type { BillFormat } from '../oci/bill-of-materials.ts';
import type { LockedImage } from './image-sources.ts';
import { toolVersion } from './tool-version.ts';

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
  const { billOfMaterials, billSuffix } = await import('../oci/bill-of-materials.ts');
  const { materialsOf } = await import('../oci/materials.ts');
  const { place } = await import('../oci/layout-folder.ts');
  const isUsual = (source: string) => source === usual?.source;
  const packages = allPackages(debian).values();
  const materials = materialsOf(debian.suite, packages, toolchain, crates.value, isUsual);
  const subject = {
    image,
    project: basename(join(project.mountRoot, project.workspace)),
    meaning,
    version: toolVersion,
  };
  const file = `${beside}${billSuffix[format]}`;
  if (lstatSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
    return failure({
      code: 'path',
      what: 'the bill of materials cannot be written',
      where: { file },
      why: 'it is a folder',
    });
  place(dirname(file), basename(file), billOfMaterials(format, subject, materials));
  return success(file);
}
