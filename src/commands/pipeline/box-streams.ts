import { once } from 'node:events';
import { join } from 'node:path';
import type { Transform, Writable } from 'node:stream';
import type { BoxStreams } from '../../engine/engine.ts';
import { outsidePaths } from '../../facts/outside-paths.ts';
import type { Wanted } from '../../layers/wanted.ts';
import { findDownloads, findPlaces, type MissedDownload, type ReadsVariables } from '../../learning/find-downloads.ts';
import { findTooOld, type TooOld } from '../../learning/find-too-old.ts';
import { inside } from '../../plan/box-plan.ts';
import { placesInside, projectPathInside } from '../../plan/places.ts';
import { besidePath } from '../../plan/plan-doors.ts';
import { filterTerminal } from '../../report/filter-terminal.ts';
import { holdFinished } from '../../report/hold-finished.ts';
import { isContinuousIntegration } from '../../report/neutralise-commands.ts';
import type { PathMapping } from '../../report/path-mapping.ts';
import { rewriteMessages } from '../../report/rewrite-messages.ts';
import { watchBuildScripts } from '../../report/watch-build-scripts.ts';
import { watchMissingLibraries } from '../../report/watch-missing-libraries.ts';
import { watchNames } from '../../report/watch-names.ts';
import type { Session } from '../session.ts';
import type { Planned } from './make-plan.ts';
import type { AnchorFolders } from './resolve-box.ts';
import { hiddenNames } from './say-hidden.ts';
import { missedWords } from './say-missed.ts';

export interface OpenStreams {
  readonly box: BoxStreams;
  /** Resolves when all that the box wrote has reached our own descriptors. */
  finished(): Promise<void>;
  /** Packages whose build scripts failed while a write was refused, where the output passes us. */
  refused(): readonly string[];
  /** Build scripts that failed for want of a network, where the output passes us. */
  downloads(): readonly MissedDownload[];
  /** Variables by which those that failed are told where something is, where the output passes us. */
  places(): readonly ReadsVariables[];
  /** What those that failed found too old, where the output passes us. */
  tooOld(): readonly TooOld[];
  /** Whether the build may lack something of the system; `unseen`: the output did not pass us. */
  signs(): 'some' | 'none' | 'unseen';
  /** System libraries that were looked for in vain, where the output passes us. */
  missing(): readonly Wanted[];
  /** Names of hidden files, and words for what could not be written, that stood in the output where it passes us. */
  named(): ReadonlySet<string>;
  /** Hands on that the build has failed, which is kept back from programs until it is known that it is not run again. */
  release(): void;
}

/**
 * Where the output of a box goes. A program's stdout and a terminal are never touched; what cargo writes passes the
 * filter, and there and in its JSON messages the folders of the box are shown as those of this machine.
 */
export function boxStreams(session: Session, planned: Planned, anchors: AnchorFolders): OpenStreams {
  const { terminal } = planned.facts.host;
  const streams = planned.plan.box?.streams;
  const commands = isContinuousIntegration(session.host.variables) ? 'mark' : 'keep';
  // With `--json` what the box says becomes events, so that nothing inside can write an event of ours. Stderr, where cargo
  // speaks, passes the filter where it is shown: on a terminal, and in the log of a CI service.
  const direct = streams === 'direct' && session.reporter.output !== 'json' && !terminal.stderr && commands === 'keep';
  const watch = watchNames([...missedWords, ...hiddenNames(planned.facts.secrets)]);
  const scripts = watchBuildScripts();
  const libraries = watchMissingLibraries();
  const signs = () => {
    const own = new Set(planned.facts.project.manifests.map(({ packageName }) => packageName ?? ''));
    return scripts.hasFailed(own) || libraries.missing().length > 0 ? 'some' : 'none';
  };
  const heard = {
    named: watch.seen,
    refused: scripts.refused,
    downloads: () => findDownloads(scripts.said()),
    places: () => findPlaces(scripts.said()),
    tooOld: () => findTooOld(scripts.said()),
    missing: libraries.missing,
    signs,
    release: () => {},
  } as const;
  if (streams === 'terminal' || direct) {
    const box = { stdin: 'inherit', stdout: 'inherit', stderr: 'inherit' } as const;
    return { ...heard, signs: () => 'unseen', box, finished: async () => {} };
  }
  const paths = mapping(planned, anchors);
  const stderr = session.reporter.foreignStream(planned.request.program === 'cargo' ? paths : []).stream;
  watch.listen(stderr);
  libraries.listen(stderr);
  scripts.listen(stderr);
  const stdin = terminal.stdin ? 'none' : 'inherit';
  if (streams === 'direct') {
    return { ...heard, box: { stdin, stdout: 'inherit', stderr }, finished: () => ended(stderr) };
  }
  const messages = writesMessages(planned) ? holdFinished() : null;
  const stdout = messages
    ? rewriteMessages(paths, { commands })
    : filterTerminal({ commands, ...(commandsThatNamePaths.has(session.invocation.command.name) ? { paths } : {}) });
  const last = messages === null ? stdout : stdout.pipe(messages.stream);
  last.pipe(process.stdout, { end: false });
  watch.listen(stdout);
  libraries.listen(stdout);
  return {
    ...heard,
    release: () => {
      const kept = messages?.release();
      if (kept !== undefined && kept.length > 0) process.stdout.write(kept);
    },
    box: { stdin, stdout, stderr },
    finished: async () => {
      await Promise.all([ended(last, stdout), ended(stderr)]);
    },
  };
}

/** Ends a filter and waits until what is still in it has been handed on. */
async function ended(filter: Transform, first: Writable = filter): Promise<void> {
  if (filter.readableEnded || filter.destroyed) return;
  const end = once(filter, 'end');
  first.end();
  await end;
}

const commandsThatWriteJson = new Set(['metadata', 'locate-project', 'read-manifest']);

function writesMessages({ request }: Planned): boolean {
  return request.options.some((word) => commandsThatWriteJson.has(word) || word.startsWith('--message-format'));
}

/** Commands whose stdout is cargo's own (or rustfmt's), and names files and packages by their folders. */
const commandsThatNamePaths = new Set(['tree', 'pkgid', 'fmt']);

function mapping({ facts, config, request }: Planned, anchors: AnchorFolders): readonly PathMapping[] {
  const host = (folder: string | undefined, path: string) =>
    folder === undefined ? [] : [{ inside: path, host: folder }];
  const projectPath = projectPathInside({ facts, config }, request.trial);
  return [
    ...outsidePaths(facts.project).flatMap((path) =>
      host(join(facts.project.mountRoot, path), besidePath(projectPath, path)),
    ),
    // Of a writable copy too: what is written there comes back to the project, and the copy goes away.
    ...host(anchors.project, projectPath),
    ...host(anchors.target, placesInside(request.trial).target),
    ...host(anchors.store, inside.store),
    ...host(anchors.toolchain, inside.toolchain),
    ...host(anchors.view === undefined ? undefined : `${anchors.view}/crates`, inside.crates),
    ...host(anchors.view === undefined ? undefined : `${anchors.view}/cargo-home`, inside.cargoHome),
  ];
}

/** How cargo shall show itself on our terminal: only what the user has not set, and nothing that changes a result. */
export function presentationVariables(session: Session, planned: Planned): Readonly<Record<string, string>> {
  const { terminal, variables } = planned.facts.host;
  if (planned.plan.box?.streams !== 'pipes') return {};
  const color = planned.config.color.value;
  const wanted = color === 'auto' ? terminal.stderr && variables.NO_COLOR === undefined : color === 'always';
  const columns = process.stderr.columns;
  return {
    CARGO_TERM_COLOR: wanted ? 'always' : 'never',
    ...(terminal.stderr && columns !== undefined && session.reporter.showsProgress
      ? { CARGO_TERM_PROGRESS_WHEN: 'always', CARGO_TERM_PROGRESS_WIDTH: String(columns) }
      : {}),
  };
}
