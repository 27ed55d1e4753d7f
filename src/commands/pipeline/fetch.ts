import { join } from 'node:path';
import { type Result, success } from '../../base/result.ts';
import { writeProjectFile } from '../../customs/write-project-file.ts';
import type { BeyondLock, FetchInputs } from '../../fetch/fetch-inputs.ts';
import { fetchPhase } from '../../fetch/fetch-phase.ts';
import type { Fetched } from '../../fetch/fetched.ts';
import { secretCargoHome } from '../../fetch/secret-cargo-home.ts';
import { cacheFolders } from '../../host/locations.ts';
import { inside } from '../../plan/box-plan.ts';
import type { Session } from '../session.ts';
import type { Planned } from './make-plan.ts';
import { prepareFetchRoot, rootOfImage } from './prepare-root.ts';
import { recordExtraCrates } from './record-extra-crates.ts';

/** What the fetch phase gets of a plan: engine and root are only asked for when there is something to fetch. */
export function fetchInputs(session: Session, planned: Planned): FetchInputs {
  const { config, facts, chosen, plan } = planned;
  let progress: FetchInputs['progress'] | null = null;
  const cargoHome = secretCargoHome();
  return {
    facts,
    locations: session.locations,
    root: () =>
      facts.inImage === true && chosen.docker === null
        ? Promise.resolve(success(rootOfImage))
        : prepareFetchRoot(session, config, facts, chosen),
    runBox: (box, streams, signal) => chosen.engine.run(box, streams, signal),
    cargoHome,
    lockfile: plan.fetch.lockfile,
    offline: plan.fetch.offline,
    crates: plan.fetch.crates,
    targets: plan.fetch.targets,
    beyondLock: beyondLock(planned),
    limits: plan.fetch.limits,
    // Made when it is asked for: most builds have nothing to fetch and nothing to show.
    get progress() {
      progress ??= session.reporter.foreignStream([
        { inside: inside.project, host: facts.project.mountRoot },
        { inside: cargoHome, host: join(session.locations.cache, cacheFolders.fetchHome) },
      ]);
      return progress;
    },
    signal: session.interruption.signal,
  };
}

/** What the command line reaches beyond Cargo.lock, and what the pins hold of it. */
export function beyondLock({ plan, config, settled }: Planned): BeyondLock {
  const { features, standardLibrary } = plan.fetch.beyondLock;
  return { features, standardLibrary, recorded: settled.pins.extraCrates ?? [], pinned: config.pinned.value };
}

/** Runs the fetch phase, brings Cargo.lock back when cargo had to write it, and records what no lock names. */
export async function fetchCrates(session: Session, planned: Planned): Promise<Result<Fetched>> {
  const fetched = await fetchPhase(fetchInputs(session, planned));
  if (!fetched.ok) return fetched;
  const recorded = recordExtraCrates(session, planned, fetched.value.extraCrates);
  if (!recorded.ok) return recorded;
  if (fetched.value.lockfile.kind === 'same') return fetched;
  const { mountRoot, workspace } = planned.facts.project;
  const written = writeProjectFile({
    root: mountRoot,
    relative: join(workspace, 'Cargo.lock'),
    content: fetched.value.lockfile.text,
  });
  return written.ok ? success(fetched.value) : written;
}
