import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../../base/canonical-json.ts';
import { cacheFolders, type Locations } from '../../host/locations.ts';
import { packageFolder } from '../../host/package-folder.ts';
import { sha256 } from '../../host/project-key.ts';
import type { BoxPlan, BoxStep } from '../../plan/box-plan.ts';
import { wallRules } from '../../plan/plan-build-script-walls.ts';

/** What the walls are made of, in the order in which their content is hashed. */
const sources = ['calls.h', 'enter.c', 'make.sh', 'preload.c', 'record.c'] as const;

/**
 * Where the walls of this plan are kept: named by their sources, the root that they are made in, and their rules. They
 * need nothing of a root but its kernel's calls: what was made in a base serves all roots on top of it.
 */
export function wallsFolder({ cache }: Locations, { environment }: BoxPlan, box: BoxStep): string | null {
  if (box.buildScriptWalls === null) return null;
  const folder = wallSources();
  const key = canonicalJson({
    sources: sources.map((name) => readFileSync(join(folder, name), 'utf8')),
    root: baseOf(environment),
    rules: wallRules(box.buildScriptWalls, box.variables),
  });
  return join(cache, cacheFolders.walls, sha256(key));
}

/** What was made in a base serves all roots on top of it. */
export function baseOf(environment: BoxPlan['environment']): string {
  if (environment.kind === 'debian') return environment.baseSha256 ?? environment.rootSha256;
  return environment.kind === 'image' ? environment.digest : environment.environment;
}

/** Where the package keeps the sources. */
export function wallSources(): string {
  return packageFolder('images/build-script-wall', 'enter.c');
}
