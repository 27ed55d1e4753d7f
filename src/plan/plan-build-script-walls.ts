import rules from '../../images/build-script-wall/rules.json' with { type: 'json' };
import { type BuildScriptWalls, inside } from './box-plan.ts';
import type { PlanInputs } from './plan-inputs.ts';
import { projectSource } from './project-source.ts';

/** What names all build scripts in `unwalled-build-scripts`. */
const everyScript = '*';

/**
 * A wall of its own for each build script: what it may write beside its own folders is the same for all. `null` when
 * nothing of a project runs, or all of them were asked to go without.
 */
export function planBuildScriptWalls(inputs: PlanInputs, projectPath: string): BuildScriptWalls | null {
  const { request, config } = inputs;
  const unwalled = config.unwalledBuildScripts.value;
  if (request.class === 'creating' || unwalled.includes(everyScript)) return null;
  const granted = config.mounts.value.filter(({ access }) => access === 'read-write');
  return {
    writable: [
      ...rules.write,
      ...granted.map(({ target }) => target),
      ...(request.recording === 'on' ? [inside.record] : []),
    ].sort(),
    ownSources: projectSource(inputs) === 'project-copy' ? [projectPath] : [],
    devices: rules.devices,
    sharedCrates: rules.shared.map(({ crate }) => crate).sort(),
    unwalled,
  };
}

/** The rules as `enter.c` reads them: pairs of texts, each ended by a zero. `home` and `temporary` are the plan's. */
export function wallRules(walls: BuildScriptWalls, variables: Readonly<Record<string, string>>): string {
  const moved = ['HOME', 'TMPDIR'].flatMap((name) => {
    const value = variables[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const all = [
    ...moved,
    // Short, since a path in there may become the name of a socket.
    ['below', '/tmp/w'],
    ['within', inside.buildDirectory],
    ...walls.writable.map((path) => ['write', path] as const),
    ...walls.ownSources.map((path) => ['own', path] as const),
    ...walls.devices.map((path) => ['device', path] as const),
    ...walls.sharedCrates.map((crate) => ['shared', crate] as const),
    ...walls.unwalled.map((crate) => ['free', crate] as const),
  ];
  return all.map(([name, value]) => `${name}\0${value}\0`).join('');
}
