import { join, posix } from 'node:path';
import { canonicalJson } from '../../base/canonical-json.ts';
import type { ProjectFacts, SecretFacts } from '../../facts/facts.ts';
import { recall, remember } from '../../host/memory.ts';
import { projectKey, sha256 } from '../../host/project-key.ts';
import { printable } from '../../problem/problem.ts';
import type { Session } from '../session.ts';
import type { Planned } from './make-plan.ts';

const mostNamed = 5;

/** Names of the files that may be missed: those that can be shown. */
export function hiddenNames({ hidden, outside }: SecretFacts): readonly string[] {
  const all = [hidden, ...outside.map((one) => one.hidden)].flat();
  return all.filter(({ reason }) => reason === 'secret').map(({ path }) => posix.basename(path));
}

/**
 * After a command that failed: what it could have missed, and how it is shown. Said each time when the output names it;
 * else once for each set of hidden files, since most failures have other reasons.
 */
export function sayHidden(session: Session, { facts }: Planned, named: ReadonlySet<string>): void {
  const { hidden, outside } = facts.secrets;
  const secrets = [
    ...hidden.map((one) => ({ ...one, place: posix.relative(facts.project.workspace, one.path) })),
    ...outside.flatMap(({ source, hidden: there }) =>
      there.map((one) => ({ ...one, place: posix.join(source, one.path) })),
    ),
  ].filter(({ reason }) => reason === 'secret');
  if (secrets.length === 0) return;
  const missed = secrets.filter(({ path }) => named.has(posix.basename(path)));
  const shown = (missed.length > 0 ? missed : secrets).map(({ place, kind }) => place + (kind === 'folder' ? '/' : ''));
  if (missed.length === 0 && !isNews(session, facts.project, shown)) return;
  const begin = missed.length > 0 ? 'The output names what is hidden from the box' : 'Hidden from the box';
  const why = `called like ${shown.length > 1 ? 'secrets' : 'a secret'}, and git does not know the content`;
  const patterns = shown.map((path) => (path.endsWith('/') ? `${path}*` : path)).filter(isPattern);
  const first = patterns.find((path) => !path.endsWith('*')) ?? patterns[0] ?? null;
  session.reporter.note(`${begin} (${why}): ${listed(shown)}. ${remedy(first)}`);
}

function listed(paths: readonly string[]): string {
  const shown = paths.slice(0, mostNamed).map((path) => printable(path, 120));
  const more = paths.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

/** What stands for itself in YAML and in a shell: names of files are foreign, and somebody copies the line. */
function isPattern(path: string): boolean {
  return /^[A-Za-z0-9_.~/][A-Za-z0-9_./+-]{0,118}\*?$/.test(path);
}

function remedy(path: string | null): string {
  if (path === null) return 'To show a file, name it in `show` of cargo-boxed.yaml, and then `cargo-boxed grant show`.';
  if (/^(\/|~\/|\.\.\/)/.test(path))
    return `To show a file that lies outside of the project, name it in \`mounts\` by itself.`;
  return `To show a file: \`show: [${path}]\` in cargo-boxed.yaml and \`cargo-boxed grant show\`, or CARGO_BOXED_SHOW=${path} for one run.`;
}

function isNews({ locations }: Session, { mountRoot }: ProjectFacts, paths: readonly string[]): boolean {
  const file = join(locations.state, 'listings', `${projectKey(mountRoot, '')}.said`);
  const word = sha256(canonicalJson(paths));
  if (recall(file, 'said', word) !== null) return false;
  remember(file, 'said', word, true);
  return true;
}
