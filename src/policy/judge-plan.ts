import { unreachable } from '../base/unreachable.ts';
import type { EngineReport, Guarantee } from '../engine/engine.ts';
import type { BoxLimits, BoxPlan, BoxStep } from '../plan/box-plan.ts';
import type { Problem } from '../problem/problem.ts';
import { guaranteeNames, type Need, needs } from './promises.ts';

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
  return guaranteeNames.flatMap((guarantee) => {
    const what = whatNeeds(needs[guarantee], guarantee, box);
    return what === null || report.enforces.has(guarantee) ? [] : [notHeld(report, guarantee, what)];
  });
}

/** What of the box stands on a guarantee; `null`: nothing. */
function whatNeeds(need: Need, guarantee: Guarantee, { limits, devices }: BoxStep): string | null {
  switch (need.kind) {
    case 'always':
      return `the promise ${guarantee}`;
    case 'limit':
      return limits[need.limit]?.strength === 'required' ? `the limit \`${limitNames[need.limit]}\`` : null;
    case 'devices':
      return devices.length > 0 ? 'a device' : null;
    case 'shown':
      return null;
    default:
      return unreachable(need);
  }
}

/** Default limits of the plan that this engine cannot hold here, with the reason. */
export function weakLimits(limits: BoxLimits, report: EngineReport): readonly { limit: string; why: string }[] {
  return guaranteeNames.flatMap((guarantee) => {
    const need = needs[guarantee];
    if (need.kind !== 'limit' || limits[need.limit] === null || report.enforces.has(guarantee)) return [];
    return [{ limit: limitNames[need.limit], why: report.gaps[guarantee] ?? 'this engine cannot hold it here' }];
  });
}

/** Why the build scripts of this plan get no walls of their own here, or `null`. */
export function wallsGap({ box, toolchain }: Pick<BoxPlan, 'box' | 'toolchain'>, report: EngineReport): string | null {
  if (box === null || box.buildScriptWalls === null) return null;
  if (!report.enforces.has('build-script-walls')) return report.gaps['build-script-walls'] ?? 'the engine has none';
  const isMusl = toolchain.kind === 'host' && /-musl(?:$|-)/.test(toolchain.name);
  return isMusl ? 'a toolchain of musl does not load what makes them: use one of glibc (`-gnu`)' : null;
}

function notHeld(report: EngineReport, guarantee: Guarantee, what: string): Problem {
  return {
    code: 'not-enforceable',
    what: `the ${report.engine} engine cannot hold ${what} on this machine`,
    why: report.gaps[guarantee] ?? 'the engine has no means for it here',
    fix: `Use --engine ${report.engine === 'bwrap' ? 'docker' : 'bwrap'}, or take it out of the configuration.`,
  };
}
