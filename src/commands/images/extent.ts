import { failure, type Result, success } from '../../base/result.ts';
import { lockPackages } from '../../fetch/lock-packages.ts';
import type { OwnCommand } from '../../invocation/invocation.ts';
import { usage } from '../../invocation/usage-problems.ts';
import type { DependencyProfile } from '../../oci/dependency-files.ts';
import { cratesLabel, dependenciesLabel } from '../../oci/image-documents.ts';
import { devcontainerCrates } from './crates.ts';
import type { LockedImage } from './locked-image.ts';

/** What of Cargo.lock is to be in an image beside its environment. */
export interface ImageExtent {
  readonly crates: boolean;
  /** Compiled, too; `null`: not. */
  readonly dependencies: DependencyProfile | null;
}

/** As it is asked for; compiled dependencies need their crates beside them. */
export function readExtent(options: OwnCommand['options']): Result<ImageExtent> {
  const [dependencies, release] = [options['with-deps'] !== undefined, options.release !== undefined];
  if (release && !dependencies)
    return failure(usage('`--release` goes with `--with-deps`', 'Add `--with-deps`, or leave it out.'));
  const profile = release ? 'release' : 'dev';
  return success({
    crates: dependencies || options['with-crates'] !== undefined,
    dependencies: dependencies ? profile : null,
  });
}

/** As an image says of itself. */
export function extentOf(labels: Readonly<Record<string, string>>): ImageExtent {
  const [profile] = (Object.hasOwn(labels, dependenciesLabel) ? (labels[dependenciesLabel] ?? '') : '').split(' ');
  const dependencies = profile === 'dev' || profile === 'release' ? profile : null;
  return { crates: dependencies !== null || Object.hasOwn(labels, cratesLabel), dependencies };
}

/** The same with that in it. */
export async function withExtent(
  locked: LockedImage,
  { crates, dependencies }: ImageExtent,
): Promise<Result<LockedImage>> {
  const whole = crates ? withCrates(locked) : success(locked);
  if (!whole.ok || dependencies === null) return whole;
  const { withDependencies } = await import('./dependencies.ts');
  return success(withDependencies(whole.value, dependencies));
}

/** The same with the crates of Cargo.lock in it. Git dependencies are none: no two machines pack a repository alike. */
function withCrates(locked: LockedImage): Result<LockedImage> {
  const { project } = locked.gathered.facts;
  const crates = devcontainerCrates(locked.gathered);
  if (!crates.ok) return crates;
  const named = project.lockfile.state === 'missing' ? null : lockPackages(project.lockfile.text);
  const git = named?.ok === true ? named.value.gitSources.length : 0;
  if (git > 0) {
    return failure({
      code: 'config',
      what: `an image cannot have the ${git} git dependencies of this project in it`,
      why: 'no two machines pack a repository into the same bytes',
      fix: 'Leave `--with-crates` and `--with-deps` out, and fetch in a step of its own.',
    });
  }
  return success({ ...locked, crates: crates.value, meaning: { ...locked.meaning, crates: crates.value.name } });
}
