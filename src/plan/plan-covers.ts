import type { Mount } from './box-plan.ts';
import type { PlanInputs } from './plan-inputs.ts';

/**
 * Mounts over what the box must not see of the project: an empty file or folder, or a clean copy. They come after the
 * project's own mount. A writable copy lacks what is hidden; only the real `.git` that is mounted over it has to be
 * covered.
 */
export function planCovers({ request, facts }: PlanInputs, projectPath: string): readonly Mount[] {
  const { hidden, cleaned } = facts.secrets;
  const isCopy = request.class === 'source-writing' || request.class === 'creating';
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
