import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { deleteTree } from '../customs/delete-tree.ts';
import type { Engine } from '../engine/engine.ts';
import { isAliveId } from '../host/owner.ts';
import type { Session } from './session.ts';

/** Below the cache: writable copies of projects, one folder a run. */
export const copiesFolder = 'copies';

/** Takes away what killed commands left: boxes, and the copies that they worked on. */
export async function reapLeftovers(session: Session, engine: Engine): Promise<void> {
  await engine.reap();
  const copies = join(session.locations.cache, copiesFolder);
  if (!existsSync(copies)) return;
  for (const name of readdirSync(copies)) {
    if (!isAliveId(name)) await deleteTree({ within: copies, relative: name });
  }
}
