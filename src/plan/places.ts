import { inside } from './box-plan.ts';
import type { PlanInputs } from './plan-inputs.ts';
import { type Trial, varied } from './variations.ts';

/** Where the things stand inside that a trial may move. */
export interface Places {
  readonly target: string;
  readonly targetDirectory: string;
  readonly buildDirectory: string;
  readonly home: string;
}

/** Where the project stands inside: fixed (same bytes on every machine), or the host's own path for editors. */
export function projectPathInside(
  { config, facts }: Pick<PlanInputs, 'config' | 'facts'>,
  trial: Trial | null = null,
): string {
  if (trial?.varies.includes('project-path')) return varied.project;
  return config.projectPath.value === 'mirror' ? facts.project.mountRoot : inside.project;
}

export function placesInside(trial: Trial | null): Places {
  const target = trial?.varies.includes('target-path') ? varied.target : inside.target;
  const below = (path: string) => `${target}${path.slice(inside.target.length)}`;
  return {
    target,
    targetDirectory: below(inside.targetDirectory),
    buildDirectory: below(inside.buildDirectory),
    home: trial?.varies.includes('home') ? varied.home : inside.home,
  };
}
