import type { Problem } from './problem.ts';

/** Of packages that cannot be in one root: the same each time, whatever network and disk there are. */
export const excludeEachOther = 'the packages of the environment exclude each other';
export const excludeWhatIsThere = 'the packages of the environment exclude what is there already';

export function saysTheSameEachTime(problems: readonly Problem[]): boolean {
  return problems.some(({ what }) => what === excludeEachOther || what === excludeWhatIsThere);
}
