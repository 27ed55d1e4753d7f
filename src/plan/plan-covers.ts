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
  const { hidden, cleaned } = facts.secrets;
  const isCopy = projectSource(inputs) !== 'project';
  const isThere = ({ path }: { readonly path: string }) => !isCopy || (request.gitFolder && path.startsWith('.git/'));
  const over = (anchor: 'nothing' | 'cleaned', source: string, path: string): Mount => ({
    kind: 'bind',
    source: { anchor, path: source },
    target: `${projectPath}/${path}`,
    access: 'read-only',
  });
  return [
    ...hidden.filter(isThere).map(({ path, kind }) => over('nothing', kind, path)),
    ...cleaned.filter(isThere).map(({ path, sha256 }) => over('cleaned', sha256, path)),
  ];
}
