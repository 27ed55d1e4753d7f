import { type Result, success } from '../../base/result.ts';
import type { Grant } from '../../grants/ask.ts';
import { matchesProject } from '../../grants/match-project.ts';
import { type OrganisationGrant, readImported } from '../../grants/organisation.ts';
import { readProjectGrants } from '../../grants/store.ts';
import type { Locations } from '../../host/locations.ts';

/** All that holds for a project: the user's own grants, then those of imported files. */
export async function readGrants(locations: Locations, project: string): Promise<Result<readonly Grant[]>> {
  const own = readProjectGrants(locations, project);
  if (!own.ok) return own;
  const imported = await readOrganisations(locations);
  if (!imported.ok) return imported;
  return success([
    ...own.value.map(({ key, value, when }): Grant => ({ key, value, from: { kind: 'own', when } })),
    ...imported.value.flatMap(({ sha256, grants }) =>
      grants
        .filter((grant) => matchesProject(project, grant.project))
        .map(({ key, value }): Grant => ({ key, value, from: { kind: 'organisation', sha256 } })),
    ),
  ]);
}

export interface ImportedGrants {
  readonly sha256: string;
  readonly grants: readonly OrganisationGrant[];
}

/** What the imported files say, read anew from bytes that have the pinned hash. */
export async function readOrganisations(locations: Locations): Promise<Result<readonly ImportedGrants[]>> {
  const files = readImported(locations);
  if (!files.ok || files.value.length === 0) return files.ok ? success([]) : files;
  const { readOrganisationGrants } = await import('../../config/read-organisation-grants.ts');
  const all: ImportedGrants[] = [];
  for (const { sha256, file, text } of files.value) {
    const grants = readOrganisationGrants(text, file);
    if (!grants.ok) return grants;
    all.push({ sha256, grants: grants.value });
  }
  return success(all);
}
