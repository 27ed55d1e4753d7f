import type { MissedDownload } from '../../learning/find-downloads.ts';
import { projectPathInside } from '../../plan/places.ts';
import { printable } from '../../problem/problem.ts';
import { tableAt } from '../../toml/read-table.ts';
import type { Session } from '../session.ts';
import { featuresOfCrate } from './crate-manifest.ts';
import type { Planned } from './make-plan.ts';

/** Names of features with which crates do not fetch: they bring a copy, or take one that is there. */
const goesWithout =
  /^(?:bundled?|vendor(?:ed)?|embed(?:ded)?|system|offline|local|source|from-source|build-from-source)$/i;

/** After a command that failed: what a build script wanted from a network, and how it goes without. */
export function sayDownloads(
  session: Session,
  planned: Planned,
  view: string | undefined,
  downloads: readonly MissedDownload[],
): void {
  for (const { crate, from, variables } of downloads) {
    const features = featuresOf(session, planned, view, crate).filter((name) => goesWithout.test(name));
    const [first, ...others] = from.map((one) => printable(one, 300));
    const wanted =
      first === undefined
        ? 'the network, and a box has none'
        : `${[first, ...others].join(', ')}, and a box has no network`;
    const ways = waysOut(planned, features, variables);
    session.reporter.note(`The build script of ${crate} wants ${wanted}. ${ways}${door(from)}`);
  }
}

/** Of a package of the project itself, or of a crate. */
function featuresOf(session: Session, { facts }: Planned, view: string | undefined, crate: string): readonly string[] {
  const own = facts.project.manifests.find(({ packageName }) => packageName === crate);
  if (own !== undefined) return Object.keys(tableAt(own.content, 'features'));
  return view === undefined ? [] : featuresOfCrate(session.locations, view, crate);
}

function waysOut(planned: Planned, features: readonly string[], variables: readonly string[]): string {
  const [first] = variables;
  const project = projectPathInside(planned, planned.request.trial);
  const ways = [
    ...(features.length === 0 ? [] : [`by its feature ${features.map((name) => `\`${name}\``).join(' or ')}`]),
    ...(first === undefined
      ? []
      : [
          `where a variable that it reads (${variables.join(', ')}) names a copy in the project, fetched before: ` +
            `\`env: {set: {${first}: ${project}/…}}\` in cargo-boxed.yaml`,
        ]),
  ];
  if (ways.length > 0) return `It may go without ${ways.join(', or ')}.`;
  return 'What it needs has to be there before: a copy in the project, or a system library (`cargo-boxed layers search WORD`).';
}

/** Where a door may lead: a box cannot listen at the ports of the web. */
function door(from: readonly string[]): string {
  const doors = from.flatMap((one) => {
    const [, host, port] = /^https?:\/\/([\w.-]+):(\d+)/.exec(one) ?? [];
    return Number(port) >= 1024 && Number(port) <= 65_535 ? [`"tcp:${host}:${port}"`] : [];
  });
  return doors.length === 0
    ? ''
    : ` Or a door: \`network: [${doors.join(', ')}]\` in cargo-boxed.yaml and \`cargo-boxed grant network\`.`;
}
