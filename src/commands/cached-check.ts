import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { canonicalJson } from '../base/canonical-json.ts';
import { type Result, success } from '../base/result.ts';
import type { Engine, EngineReport, Guarantee } from '../engine/engine.ts';
import { currentOwner } from '../host/owner.ts';
import { guaranteeNames } from '../policy/promises.ts';
import type { Session } from './session.ts';

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
  const known = readKnown(file, key);
  if (known !== null) return success(known);
  const report = await engine.check();
  if (!report.ok) return report;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, JSON.stringify({ key, report: { ...report.value, enforces: [...report.value.enforces] } }));
  } catch {
    // Not remembered: the next run asks again, and says so if its folders cannot be written.
  }
  return report;
}

function readKnown(file: string, key: string): EngineReport | null {
  try {
    const stored = JSON.parse(readFileSync(file, 'utf8'));
    if (stored.key !== key) return null;
    return { ...stored.report, enforces: new Set<Guarantee>(stored.report.enforces) };
  } catch {
    return null;
  }
}
