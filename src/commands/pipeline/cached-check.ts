import { statSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../../base/canonical-json.ts';
import { type Result, success } from '../../base/result.ts';
import type { Engine, EngineReport, Guarantee } from '../../engine/engine.ts';
import { recall, remember } from '../../host/memory.ts';
import { currentOwner } from '../../host/owner.ts';
import { guaranteeNames } from '../../policy/promises.ts';
import type { Session } from '../session.ts';

/** Raised when the same program holds more or less by what we do around it. */
const meaningOfReport = 2;

/**
 * The engine's word on what it holds here, asked once a boot for each build of the engine's program: a trial box at
 * every build would cost more than the build that has nothing to do. Only a success is remembered.
 */
export async function cachedCheck(session: Session, engine: Engine, program: string): Promise<Result<EngineReport>> {
  const file = join(session.locations.state, `${engine.name}-check.json`);
  const { mtimeMs, size, ino } = statSync(program);
  const asked = { program, mtimeMs, size, ino, boot: currentOwner().bootId, uid: session.host.uid };
  // Another version of ours may ask for more, or hold more.
  const key = canonicalJson({ ...asked, guarantees: guaranteeNames, meaning: meaningOfReport });
  const known = recall<KeptReport>(file, engine.name, key);
  if (known !== null) return success({ ...known, enforces: new Set(known.enforces) });
  const report = await engine.check();
  if (!report.ok) return report;
  const kept: KeptReport = { ...report.value, enforces: [...report.value.enforces] };
  remember(file, engine.name, key, kept);
  return report;
}

type KeptReport = Omit<EngineReport, 'enforces'> & { readonly enforces: readonly Guarantee[] };
