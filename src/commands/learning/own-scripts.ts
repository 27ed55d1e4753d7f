import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { ProjectFacts, TomlValue } from '../../facts/facts.ts';

/** The build scripts of the project's own packages, each with its size and time: another text is another build. */
export function ownScripts({ mountRoot, manifests }: ProjectFacts): readonly string[] {
  return manifests.flatMap(({ folder, content }) => {
    const path = join(mountRoot, folder, scriptOf(content.package));
    try {
      const { size, mtimeNs } = lstatSync(path, { bigint: true });
      return [`${path} ${size} ${mtimeNs}`];
    } catch {
      return [];
    }
  });
}

function scriptOf(section: TomlValue | undefined): string {
  const build = typeof section === 'object' && 'build' in section ? section.build : undefined;
  return typeof build === 'string' ? build : 'build.rs';
}
