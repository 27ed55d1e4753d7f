import type { ProgramEnd } from '../../host/program.ts';
import type { MakerPins } from '../../lock/pins.ts';
import type { AptSource } from './apt-sources.ts';

/**
 * A pinned Debian image whose programs do the work where this machine lacks Debian's own. Nothing of a project is in any
 * of its containers.
 */
export interface DebianContainer {
  readonly image: DebianImage;
  /** Its digest, and the packages that it needs beside what is in it. */
  readonly pins: MakerPins;
  /** One program, as the caller, with the host's network and a read-only root. */
  run(argv: readonly string[], options: ContainerRun): Promise<ProgramEnd>;
  /** One program as root of a container that has no network: scripts of packages run in it. */
  make(argv: readonly string[], options: ContainerWork): Promise<ProgramEnd>;
}

export interface ContainerRun {
  readonly variables: Readonly<Record<string, string>>;
  /** Folders of the host that are writable, at their own paths. */
  readonly folders: readonly string[];
}

export interface ContainerWork {
  readonly variables: Readonly<Record<string, string>>;
  /** The host's folders by their paths inside. Only `written` can be written. */
  readonly mounts: Readonly<Record<string, string>>;
  readonly written: string;
  /** A folder of the container's own that goes away with it. */
  readonly work: { readonly path: string; readonly sizeBytes: number; readonly place: 'memory' | 'disk' };
  readonly onText: (text: string) => void;
}

/** What an image says of itself. */
export interface DebianImage {
  /** The Debian release that it is. */
  readonly suite: string;
  readonly sources: readonly AptSource[];
  /** The keyring of Debian's archive in it. */
  readonly keyring: string | null;
}
