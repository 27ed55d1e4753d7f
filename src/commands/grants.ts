import { type Result, success } from '../base/result.ts';
import { longestValue } from '../grants/ask.ts';
import { readAllGrants } from '../grants/store.ts';
import { placeText } from '../policy/judge-asks.ts';
import { printable } from '../problem/problem.ts';
import type { Answer } from './answer.ts';
import { table } from './answer.ts';
import { readOrganisations } from './pipeline/read-grants.ts';
import { projectRoot, survey } from './pipeline/survey.ts';
import type { Session } from './session.ts';

/** Everything that is granted, and what the project here asks for. */
export async function grants(session: Session): Promise<Result<Answer>> {
  const all = readAllGrants(session.locations);
  if (!all.ok) return all;
  const imported = await readOrganisations(session.locations);
  if (!imported.ok) return imported;
  const here = await survey(session, { manifestPath: null, project: 'optional' });
  if (!here.ok) return here;
  const asked = here.value.judged.map(({ title, before, ...ask }) => ask);
  const parts = [
    section(
      'Asked here',
      here.value.judged.map(({ title, where, grant }) => [
        grant === null
          ? 'not granted'
          : grant.from.kind === 'own'
            ? 'granted'
            : `granted by ${grant.from.sha256.slice(0, 12)}`,
        title,
        placeText(where),
      ]),
    ),
    ...all.value.map(({ project, grants: given }) =>
      section(
        printable(project),
        given.map(({ key, value, when }) => [printable(key), printable(value, longestValue), when.slice(0, 10)]),
      ),
    ),
    ...imported.value.map(({ sha256, grants: given }) =>
      section(
        `Imported ${sha256}`,
        given.map(({ project, key, value }) => [printable(project), key, printable(value, longestValue)]),
      ),
    ),
  ].filter((part) => part !== '');
  const text = parts.length === 0 ? 'Nothing is asked or granted\n' : parts.join('\n');
  const data = {
    here: { project: projectRoot(here.value.project), asks: asked },
    projects: all.value,
    imported: imported.value,
  };
  return success({ status: 0, text, data });
}

function section(title: string, rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : `${title}\n${table(rows.map((row) => ['', ...row]))}`;
}
