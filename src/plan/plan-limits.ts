import type { Setting } from '../config/config.ts';
import type { BoxLimit, BoxLimits } from './box-plan.ts';
import type { PlanInputs } from './plan-inputs.ts';

/** Left to the host when nothing else is said, so that a build that eats all memory does not take the machine along. */
const hostMemoryShare = 0.9;

/** A limit that somebody wrote down must be held or refused; a default is held where the engine can. */
export function planLimits({ config, facts }: PlanInputs): BoxLimits {
  const { limits } = config;
  const memory = limits.memoryBytes;
  const share = Math.floor(facts.host.memoryBytes * hostMemoryShare);
  return {
    memoryBytes: memoryLimit(memory, share),
    processes: limit(limits.processes),
    cpus: limit(limits.cpus),
    wallClockMs: limit(limits.wallClockMs),
    silenceMs: limit(limits.silenceMs),
    diskBytes: limit(limits.diskBytes),
    openFiles: openFiles(limits.openFiles, facts.host.openFiles),
  };
}

/** A project's figure is a wish for less: it does not lift what the host keeps for itself. */
function memoryLimit(setting: Setting<number | null>, share: number): BoxLimit | null {
  const { value, origin } = setting;
  if (value === null && origin.kind === 'default') return weak(share);
  if (value !== null && origin.kind === 'project' && value > share) return weak(share);
  return limit(setting);
}

/** More than the host's own hard limit cannot be given away: a default is lowered to it, a wish is left to the engine. */
function openFiles(setting: Setting<number | null>, hard: number): BoxLimit | null {
  if (setting.origin.kind !== 'default' || setting.value === null) return limit(setting);
  return weak(Math.min(setting.value, hard));
}

function limit({ value, origin }: Setting<number | null>): BoxLimit | null {
  if (value === null) return null;
  return { value, strength: origin.kind === 'default' ? 'default' : 'required' };
}

function weak(value: number): BoxLimit {
  return { value, strength: 'default' };
}
