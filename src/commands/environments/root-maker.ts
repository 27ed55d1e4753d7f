import { join } from 'node:path';
import { failure, type Result, success } from '../../base/result.ts';
import type { Config } from '../../config/config.ts';
import { findApt } from '../../environment/debian/apt-program.ts';
import { aptMissing } from '../../environment/debian/apt-state.ts';
import { type DebianHost, findTool } from '../../environment/debian/debian-host.ts';
import { missingForUnshare, mmdebstrapMissing } from '../../environment/debian/mmdebstrap-problems.ts';
import type { Problem } from '../../problem/problem.ts';
import { openDocker } from '../pipeline/choose-engine.ts';
import type { Session } from '../session.ts';

/** What this machine lacks to make a root by itself, or `null`. */
export function missingForRoots(host: Pick<DebianHost, 'variables' | 'forbidden'>): Problem | null {
  if (findTool(host, 'mmdebstrap') === null) return mmdebstrapMissing();
  if (findApt(host, 'apt-helper') === null || findTool(host, 'dpkg-deb') === null) return aptMissing();
  return missingForUnshare(host);
}

/**
 * The host that makes roots: with its own programs, or where it lacks them and a docker engine works, with those of a
 * pinned Debian image. Both make the same bytes.
 */
export async function rootMaker(session: Session, config: Config, host: DebianHost): Promise<Result<DebianHost>> {
  const missing = missingForRoots(host);
  if (missing === null) return success(host);
  const opened = await openDocker(session);
  if (!opened.ok || opened.value.docker === null) return failure(withDocker(missing));
  const { docker } = opened.value;
  session.reporter.step(`Roots are made in a container of ${config.debianImage.value}: ${missing.what}`);
  // A killed run's container still writes into its folder.
  await docker.reap();
  const { openDebianContainer } = await import('./debian-container.ts');
  const container = await openDebianContainer(session, config, host, docker, makerPinsFile(session));
  return container.ok ? success({ ...host, container: container.value }) : failure(missing, ...container.problems);
}

/** Where the image that makes roots is pinned, for all projects. */
export function makerPinsFile(session: Session): string {
  return join(session.locations.data, 'default', 'maker.lock');
}

function withDocker(missing: Problem): Problem {
  const other = 'Or start a Docker engine: the root is then made in a container.';
  return { ...missing, fix: missing.fix === undefined ? other : `${missing.fix.replace(/\.$/, '')}. ${other}` };
}
