import { failure, type Result, success } from '../../base/result.ts';
import type { Config } from '../../config/config.ts';
import { bwrapEngine } from '../../engine/bwrap/bwrap-engine.ts';
import type { DockerEngine } from '../../engine/docker/create-docker-engine.ts';
import type { Engine, EngineReport } from '../../engine/engine.ts';
import { findProgram } from '../../host/program.ts';
import type { Problem } from '../../problem/problem.ts';
import type { Session } from '../session.ts';
import { cachedCheck } from './cached-check.ts';
import { forbiddenFolders } from './forbidden-folders.ts';

export interface ChosenEngine {
  readonly engine: Engine;
  readonly report: EngineReport;
  /** The same engine, when it is docker. */
  readonly docker: DockerEngine | null;
}

/**
 * The engine that was asked for, or what `auto` comes to: bubblewrap for `debian` and `nix` if it works here, else docker;
 * docker for `image`. There is no fallback from an engine that was named.
 */
export async function chooseEngine(session: Session, config: Config, mountRoot: string): Promise<Result<ChosenEngine>> {
  const { engine, environment } = config;
  if (engine.value === 'none') throw new Error('without an engine nothing is planned');
  if (environment.value === 'image') {
    if (engine.value === 'bwrap') return failure(noImagesInBwrap);
    return openDocker(session);
  }
  if (engine.value === 'docker') return openDocker(session);
  const bwrap = await openBwrap(session, mountRoot);
  if (bwrap.ok || engine.value === 'bwrap') return bwrap;
  const docker = await openDocker(session);
  return docker.ok ? docker : failure(...bwrap.problems, ...docker.problems);
}

const noImagesInBwrap: Problem = {
  code: 'config',
  what: 'the bwrap engine cannot run the `image` environment yet',
  why: 'an OCI image needs an engine that stores images',
  fix: 'Use `--engine docker`, or `--environment debian`.',
};

export async function openBwrap(session: Session, mountRoot: string | null): Promise<Result<ChosenEngine>> {
  const forbidden = forbiddenFolders(session, mountRoot);
  const find = (name: string) => findProgram(name, session.host.variables.PATH, forbidden);
  const bwrap = find('bwrap');
  const prlimit = find('prlimit');
  if (bwrap === null || prlimit === null) {
    return failure({
      code: 'engine-missing',
      what: bwrap === null ? 'bubblewrap is not installed' : '`prlimit` (util-linux) is not installed',
      fix: `Run \`sudo apt-get install ${bwrap === null ? 'bubblewrap' : 'util-linux'}\`, or use \`--engine docker\`.`,
    });
  }
  const engine = bwrapEngine({ bwrap, prlimit, mkfifo: '/usr/bin/mkfifo' }, session.locations.state);
  const report = await cachedCheck(session, engine, bwrap);
  return report.ok ? success({ engine, report: report.value, docker: null }) : report;
}

export async function openDocker(session: Session): Promise<Result<ChosenEngine>> {
  const { createDockerEngine } = await import('../../engine/docker/create-docker-engine.ts');
  const docker = await createDockerEngine({ variables: session.host.variables, state: session.locations.state });
  const report = await docker.check();
  return report.ok ? success({ engine: docker, report: report.value, docker }) : report;
}
