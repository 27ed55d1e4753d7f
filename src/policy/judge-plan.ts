import type { EngineReport, Guarantee } from '../engine/engine.ts';
import type { BoxLimits, BoxPlan } from '../plan/box-plan.ts';
import type { Problem } from '../problem/problem.ts';

/** Which guarantee of an engine each limit stands on. Time and silence are held by us, on every engine. */
const guaranteeOfLimit: Readonly<Partial<Record<keyof BoxLimits, Guarantee>>> = {
  memoryBytes: 'memory-limit',
  processes: 'process-limit',
  cpus: 'cpu-limit',
  diskBytes: 'disk-limit',
  openFiles: 'open-files-limit',
};

/** How each limit is called on the command line and in files. */
export const limitNames: Readonly<Record<keyof BoxLimits, string>> = {
  memoryBytes: 'memory',
  processes: 'processes',
  cpus: 'cpus',
  wallClockMs: 'time',
  silenceMs: 'silence',
  diskBytes: 'disk',
  openFiles: 'files',
};

/**
 * What the engine cannot hold of what the plan promises or somebody asked for. Empty: the plan may run. A default limit
 * that cannot be held is no problem here; `status` and `doctor` say it.
 */
export function judgePlan(plan: BoxPlan, report: EngineReport): readonly Problem[] {
  const box = plan.box;
  if (box === null) return [];
  const walls: readonly Guarantee[] = ['read-only-project', 'no-network'];
  const asked = limitKeys(box.limits).filter((limit) => box.limits[limit]?.strength === 'required');
  return [
    ...walls.filter((wall) => !report.enforces.has(wall)).map((wall) => notHeld(report, wall, `the promise ${wall}`)),
    ...asked.flatMap((limit) => {
      const guarantee = guaranteeOfLimit[limit];
      if (guarantee === undefined || report.enforces.has(guarantee)) return [];
      return [notHeld(report, guarantee, `the limit \`${limitNames[limit]}\``)];
    }),
  ];
}

/** Default limits of the plan that this engine cannot hold here, with the reason. */
export function weakLimits(limits: BoxLimits, report: EngineReport): readonly { limit: string; why: string }[] {
  return limitKeys(limits).flatMap((limit) => {
    const guarantee = guaranteeOfLimit[limit];
    if (limits[limit] === null || guarantee === undefined || report.enforces.has(guarantee)) return [];
    return [{ limit: limitNames[limit], why: report.gaps[guarantee] ?? 'this engine cannot hold it here' }];
  });
}

function limitKeys(limits: BoxLimits): readonly (keyof BoxLimits)[] {
  return Object.keys(limits) as (keyof BoxLimits)[];
}

function notHeld(report: EngineReport, guarantee: Guarantee, what: string): Problem {
  return {
    code: 'not-enforceable',
    what: `the ${report.engine} engine cannot hold ${what} on this machine`,
    why: report.gaps[guarantee] ?? 'the engine has no means for it here',
    fix: `Use --engine ${report.engine === 'bwrap' ? 'docker' : 'bwrap'}, or take the limit out of the configuration.`,
  };
}
