import type { SecretFacts } from '../facts/facts.ts';
import type { Mount } from './box-plan.ts';
import type { PlanInputs } from './plan-inputs.ts';
import { projectSource } from './project-source.ts';

/**
 * Mounts over what the box must not see of the project: an empty file or folder, or a clean copy. They come after the
 * project's own mount. A writable copy lacks what is hidden; only the real `.git` that is mounted over it has to be
 * covered.
 */
export function planCovers(inputs: PlanInputs, projectPath: string): readonly Mount[] {
  const { request, facts } = inputs;
  const isCopy = projectSource(inputs) !== 'project';
  const isThere = ({ path }: { readonly path: string }) => !isCopy || (request.gitFolder && path.startsWith('.git/'));
  const { hidden, cleaned } = facts.secrets;
  return coversOf({ hidden: hidden.filter(isThere), cleaned: cleaned.filter(isThere) }, projectPath);
}

/** The same of a folder that is mounted beside the project; they come right after its mount. */
export function outsideCovers({ facts }: PlanInputs, source: string, target: string): readonly Mount[] {
  return facts.secrets.outside.filter((one) => one.source === source).flatMap((one) => coversOf(one, target));
}

function coversOf({ hidden, cleaned }: Pick<SecretFacts, 'hidden' | 'cleaned'>, folder: string): readonly Mount[] {
  const over = (anchor: 'nothing' | 'cleaned', source: string, path: string): Mount => ({
    kind: 'bind',
    source: { anchor, path: source },
    target: `${folder}/${path}`,
    access: 'read-only',
  });
  return [
    ...hidden.map(({ path, kind }) => over('nothing', kind, path)),
    ...cleaned.map(({ path, sha256 }) => over('cleaned', sha256, path)),
  ];
}
