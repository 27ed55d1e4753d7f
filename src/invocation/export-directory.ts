import type { Problem } from '../problem/problem.ts';
import type { PathContext } from './place-path.ts';

const ownFolder = 'target/boxed';
/** Folders whose contents decide what programs run on the host. */
const guarded: readonly string[] = ['.git', '.hg', '.svn', '.jj', '.cargo'];

/**
 * Whether results may be exported to a folder of the project that was named with `--target-dir`. Not to the project
 * itself, not where tools of the host keep what they trust, and not into a target directory of the host's own cargo:
 * it would take what the box built for its own.
 */
export function exportRefusal(shown: string, relative: string, context: PathContext): Problem | null {
  const refuse = (why: string): Problem => ({
    code: 'refused',
    what: `\`${shown}\` cannot receive the results`,
    why,
    fix: `Leave it out, and find the results in ${ownFolder}; or name a folder of their own, like \`target/boxed-ci\`.`,
  });
  if (relative === '') return refuse('it is the project itself');
  const segments = relative.split('/');
  const guard = segments.find((segment) => guarded.includes(segment.toLowerCase()));
  if (guard !== undefined) return refuse(`tools of this machine trust what is in ${guard}`);
  for (const [index, segment] of segments.entries()) {
    const folder = [context.mountRoot, ...segments.slice(0, index + 1)].join('/');
    const isTarget = segment === 'target' || context.realPath(`${folder}/.rustc_info.json`) !== null;
    if (isTarget && !segments[index + 1]?.startsWith('boxed')) {
      return refuse('cargo on this machine builds there too, and would take what the box built for its own');
    }
  }
  return null;
}
