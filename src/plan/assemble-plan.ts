import { type Result, success } from '../base/result.ts';
import type { BoxLimits, BoxPlan, BoxStep } from './box-plan.ts';
import { projectPathInside } from './places.ts';
import { planBuildScriptWalls } from './plan-build-script-walls.ts';
import { type Openings, planOpenings, throughDoors } from './plan-doors.ts';
import { planEnvironment, planToolchain, toolchainFolder } from './plan-environment.ts';
import { planIdentity } from './plan-identity.ts';
import type { PlanInputs } from './plan-inputs.ts';
import { planLimits } from './plan-limits.ts';
import { planMounts } from './plan-mounts.ts';
import { preloadMounts } from './plan-preload.ts';
import { planVariables } from './plan-variables.ts';
import { preloadedOf, type Trial, varied } from './variations.ts';

/** Decides everything; does nothing. Nothing that changes the result is read after this. */
export function assemblePlan(inputs: PlanInputs): Result<BoxPlan> {
  const { request, facts, config } = inputs;
  const environment = planEnvironment(inputs);
  if (!environment.ok) return environment;
  const toolchain = planToolchain(inputs);
  const projectPath = projectPathInside(inputs, request.trial);
  const openings = planOpenings(inputs, projectPath);
  if (!openings.ok) return openings;
  const identity = planIdentity(inputs, environment.value, toolchain, projectPath);
  const workspace = facts.project.workspace;
  const limits = planLimits(inputs);
  const exports = request.exports && config.export.value;
  return success({
    version: 1,
    engine: inputs.engine,
    environment: environment.value,
    toolchain,
    identity,
    view: facts.project.fetchInputs,
    fetch: {
      lockfile: request.lockfile,
      offline: request.offline,
      crates: request.crates,
      targets: request.targets,
      beyondLock: request.beyondLock,
      limits: { wallClockMs: limits.wallClockMs, silenceMs: limits.silenceMs },
    },
    box: runsInBox(request.class)
      ? boxStep(inputs, { environment: environment.value, toolchain }, projectPath, openings.value, limits)
      : null,
    exports: exports
      ? { from: 'out', to: joined(workspace, 'target/boxed'), check: config.exportCheck.value ? 'names' : 'none' }
      : null,
  });
}

function runsInBox(commandClass: PlanInputs['request']['class']): boolean {
  return commandClass === 'offline' || commandClass === 'source-writing' || commandClass === 'creating';
}

function boxStep(
  inputs: PlanInputs,
  { environment, toolchain }: Pick<BoxPlan, 'environment' | 'toolchain'>,
  projectPath: string,
  openings: Openings,
  limits: BoxLimits,
): BoxStep {
  const { request, facts, config } = inputs;
  const walls = planBuildScriptWalls(inputs, projectPath);
  const folder = toolchainFolder(toolchain);
  const cargo = folder === null ? (inputs.pins.image?.cargo ?? 'cargo') : `${folder}/bin/cargo`;
  return {
    argv: throughDoors(
      withUmask(request.program === 'cargo' ? [cargo, ...request.arguments] : request.arguments, request.trial),
      openings,
    ),
    workingDirectory: joined(projectPath, facts.project.current),
    variables: planVariables(inputs, toolchain),
    passedVariables: config.env.pass.value,
    mounts: [
      ...planMounts(inputs, toolchain, projectPath),
      ...preloadMounts({ walls, recording: request.recording, trial: preloadedOf(request.trial) }, environment.kind),
      ...openings.mounts,
    ],
    buildScriptWalls: walls,
    network: 'none',
    doors: openings.doors,
    ports: openings.ports,
    devices: openings.devices,
    limits,
    streams: streams(inputs),
    ...presented(request.trial),
  };
}

/** Of a trial with another umask: it goes to all that a process starts, and there is always a shell. */
function withUmask(argv: readonly string[], trial: Trial | null): readonly string[] {
  return trial?.varies.includes('umask')
    ? ['/bin/sh', '-c', `umask ${varied.umask} && exec "$@"`, 'sh', ...argv]
    : argv;
}

/** Who and where a box says that it is, where that is not the usual. */
function presented(trial: Trial | null): Pick<BoxStep, 'presents'> {
  const hostName = trial?.varies.includes('host-name') ? { hostName: varied.hostName } : {};
  const userId = trial?.varies.includes('user') ? { userId: varied.userId } : {};
  const presents = { ...hostName, ...userId };
  return Object.keys(presents).length === 0 ? {} : { presents };
}

function streams({ request, facts }: PlanInputs): BoxStep['streams'] {
  if (request.output === 'filtered') return 'pipes';
  const { stdin, stdout } = facts.host.terminal;
  if (stdin && stdout) return 'terminal';
  return request.output === 'tests' ? 'pipes' : 'direct';
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('/');
}
