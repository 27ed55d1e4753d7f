import { failure, type Result, success } from '../../base/result.ts';
import type { SharedView } from '../../fetch/shared-view.ts';
import type { DebianPins, ToolchainPins } from '../../lock/pins.ts';
import type { ImageMeaning } from '../../oci/image-documents.ts';
import { meaningOf } from '../../oci/meaning-of-pins.ts';
import { type Gathered, gather } from '../pipeline/gather.ts';
import { settlePins } from '../pipeline/settle-pins.ts';
import type { Session } from '../session.ts';

/** What an image is made from: the project's lock and nothing else. */
export interface LockedImage {
  readonly gathered: Gathered;
  readonly debian: DebianPins;
  readonly toolchain: ToolchainPins;
  readonly meaning: ImageMeaning;
  /** The crates of Cargo.lock that are to be in it; `null`: none. */
  readonly crates: SharedView | null;
}

/** Reads the project's lock; what is not pinned there, or is another kind of environment, makes no image. */
export async function lockedImage(session: Session): Promise<Result<LockedImage>> {
  const gathered = await gather(session, { manifestPath: null, project: 'needed' });
  if (!gathered.ok) return gathered;
  const { config } = gathered.value;
  if (config.environment.value !== 'debian') {
    return failure({
      code: 'config',
      what: `there is no image of the \`${config.environment.value}\` environment to build`,
      why: 'an image is made of the root of `debian`, which is pinned package by package',
      fix: 'Run it with `--environment debian`.',
    });
  }
  const pinned = { ...config, pinned: { ...config.pinned, value: true } };
  const settled = await settlePins(session, { ...gathered.value, config: pinned }, 'project');
  if (!settled.ok) return settled;
  const { debian, toolchain } = settled.value.pins;
  if (debian === undefined || toolchain === undefined) {
    return failure({
      code: 'lock-outdated',
      what: 'cargo-boxed.lock lacks a toolchain, and an image needs one',
      where: { file: settled.value.file },
      fix: 'Run `cargo-boxed lock`.',
    });
  }
  return success({
    gathered: gathered.value,
    debian,
    toolchain,
    meaning: meaningOf(debian, toolchain),
    crates: null,
  });
}
