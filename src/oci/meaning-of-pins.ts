import { canonicalJson } from '../base/canonical-json.ts';
import { sha256 } from '../host/project-key.ts';
import type { DebianPins, ToolchainPins } from '../lock/pins.ts';
import type { ImageMeaning } from './image-documents.ts';

/** What the image of these pins is. */
export function meaningOf(debian: DebianPins, toolchain: ToolchainPins): ImageMeaning {
  const said = {
    architecture: debian.architecture,
    epoch: epochOf(debian.added?.snapshot ?? debian.snapshot),
    suite: debian.suite,
    layers: debian.layers,
    toolchain: toolchain.version,
  };
  const sums = { root: debian.rootSha256, toolchain: toolchain.components };
  return { ...said, identity: sha256(canonicalJson({ version: 1, ...said, sums })) };
}

/** When the packages were resolved: the lock says it, so it is the same everywhere. */
function epochOf(snapshot: string): number {
  const time = snapshot.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z');
  return Date.parse(time) / 1000;
}
