import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Result, success } from '../../base/result.ts';
import type { DebianSuite } from '../../config/config.ts';
import { debianSuites } from '../../config/debian-suites.ts';
import { makeProjectFolder, writeProjectFile } from '../../customs/write-project-file.ts';
import { packageFolder } from '../../host/package-folder.ts';
import { basePackages, findLayer, layerNames } from '../../layers/catalogue.ts';
import { printable } from '../../problem/problem.ts';
import type { Answer } from '../answer.ts';
import { survey } from '../pipeline/survey.ts';
import type { Session } from '../session.ts';
import { toolVersion } from '../tool-version.ts';

const folder = '.devcontainer/cargo-boxed';

/** Writes a Feature with the layers of this release into the project, for images that are not of our making. */
export async function writeFeature(session: Session): Promise<Result<Answer>> {
  const surveyed = await survey(session, { manifestPath: null, project: 'needed' });
  if (!surveyed.ok) return surveyed;
  const { mountRoot } = surveyed.value.project;
  const { baseName, featureJson, featureTable } = await import('../../devcontainer/devcontainer.ts');
  const table = Object.fromEntries(debianSuites.map((suite) => [suite, packagesBy(suite, baseName)]));
  const files = {
    'devcontainer-feature.json': featureJson(toolVersion, layerNames()),
    'install.sh': readFileSync(join(packageFolder('images/feature', 'install.sh'), 'install.sh'), 'utf8'),
    'layers.txt': featureTable(table),
  };
  const made = makeProjectFolder(mountRoot, folder);
  if (!made.ok) return made;
  for (const [name, content] of Object.entries(files)) {
    const written = writeProjectFile({ root: mountRoot, relative: join(folder, name), content });
    if (!written.ok) return written;
  }
  const path = join(mountRoot, folder);
  const lines = [
    `${printable(path)} written: a Feature for an image of your own, which walls nothing in`,
    '  in devcontainer.json: "features": {"./cargo-boxed": {"layers": "openssl,alsa"}}',
  ];
  return success({ status: 0, text: `${lines.join('\n')}\n`, data: { folder: path, files: Object.keys(files) } });
}

function packagesBy(suite: DebianSuite, baseName: string): ReadonlyMap<string, readonly string[]> {
  const layers = layerNames().flatMap((name): [string, readonly string[]][] => {
    const packages = findLayer(name, suite)?.packages ?? [];
    return packages.length === 0 ? [] : [[name, packages]];
  });
  return new Map([[baseName, basePackages(suite)], ...layers]);
}
