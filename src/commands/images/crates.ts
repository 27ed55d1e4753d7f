import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { failure, type Result, success } from '../../base/result.ts';
import { makeSharedView, type SharedView, sharedView } from '../../fetch/shared-view.ts';
import { cacheFolders, type Locations } from '../../host/locations.ts';
import { makeNotedFolder } from '../../host/noted-path.ts';
import { fetchCrates } from '../pipeline/fetch.ts';
import type { Gathered } from '../pipeline/gather.ts';
import { markUsed } from '../pipeline/kept.ts';
import { planCargo } from '../pipeline/plan-cargo.ts';
import type { Session } from '../session.ts';

/** The crates of a devcontainer, by the name that they have on every machine. */
export function devcontainerCrates({ facts }: Gathered): Result<SharedView> {
  const { project, host } = facts;
  if (project.lockfile.state === 'missing') {
    return failure({
      code: 'lock-missing',
      what: 'this project has no Cargo.lock, and a devcontainer gets the crates that it names',
      fix: 'Run `cargo-boxed generate-lockfile`.',
    });
  }
  return sharedView(project, project.lockfile, host.variables);
}

/** Fetches what Cargo.lock names, for all platforms, and lays it where the container looks for it. */
export async function layCrates(session: Session, gathered: Gathered, view: SharedView): Promise<Result<string>> {
  const command = { kind: 'cargo', name: 'fetch', arguments: ['--locked'], globalArguments: [] } as const;
  const planned = await planCargo(session, gathered, command);
  if (!planned.ok) return planned;
  const fetched = await fetchCrates(session, planned.value);
  if (!fetched.ok) return fetched;
  const folder = join(session.locations.cache, cacheFolders.devcontainers);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const scratch = makeNotedFolder(session.locations.state, join(folder, '.new-'));
  try {
    const path = makeSharedView(fetched.value.view.path, view, folder, scratch.path);
    markUsed(path);
    return success(path);
  } finally {
    rmSync(scratch.path, { recursive: true, force: true });
    scratch.forget();
  }
}

export function hasCrates({ cache }: Locations, { name }: SharedView): boolean {
  return existsSync(join(cache, cacheFolders.devcontainers, name));
}

/** Our cache, as a devcontainer.json can name it on every machine that keeps it at the same place below these variables. */
export function cacheInVariables(variables: Readonly<Record<string, string | undefined>>): string {
  const isSet = (name: string) => isAbsolute(variables[name] ?? '');
  if (isSet('CARGO_BOXED_HOME')) return `\${localEnv:CARGO_BOXED_HOME}/cache`;
  return isSet('XDG_CACHE_HOME') ? `\${localEnv:XDG_CACHE_HOME}/cargo-boxed` : `\${localEnv:HOME}/.cache/cargo-boxed`;
}
