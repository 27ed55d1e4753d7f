import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canonicalJson } from '../base/canonical-json.ts';
import { cacheFolders, type Locations } from '../host/locations.ts';
import { sha256 } from '../host/project-key.ts';
import type { BoxPlan, BoxStep } from '../plan/box-plan.ts';
import { wallRules } from '../plan/plan-build-script-walls.ts';

/** What the walls are made of, in the order in which their content is hashed. */
const sources = ['calls.h', 'enter.c', 'make.sh', 'preload.c'] as const;

/** Where the walls of this plan are kept: named by their sources, the root that they are made in, and their rules. */
export function wallsFolder({ cache }: Locations, { environment }: BoxPlan, box: BoxStep): string | null {
  if (box.buildScriptWalls === null) return null;
  const folder = wallSources();
  const key = canonicalJson({
    sources: sources.map((name) => readFileSync(join(folder, name), 'utf8')),
    root: environment.kind === 'debian' ? environment.rootSha256 : environment.digest,
    rules: wallRules(box.buildScriptWalls, box.variables),
  });
  return join(cache, cacheFolders.walls, sha256(key));
}

/** Where the package keeps the sources: beside its bundle, or beside its sources. */
export function wallSources(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== '/'; folder = dirname(folder)) {
    const found = join(folder, 'images/build-script-wall');
    if (existsSync(join(found, 'enter.c'))) return found;
  }
  throw new Error('the package lacks images/build-script-wall');
}
