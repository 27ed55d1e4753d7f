import type { Facts } from '../facts/facts.ts';
import { inside } from '../plan/box-plan.ts';

/**
 * Whose cargo fetches: that of the host's toolchain, that of a root with the toolchain of Nix or, where there is neither,
 * that of the fetch phase's own root.
 */
export interface FetchToolchain {
  /** The program, in the fetch box. */
  readonly cargo: string;
  /** The host's toolchain, to be mounted; `null` when the root has it. */
  readonly folder: string | null;
  /** Tells it from others: what a cargo wrote or would not write holds for that one alone. */
  readonly id: string;
  /** Cargo's version, as far as it is known. */
  readonly version: string;
}

/** Debian changes no cargo within a suite but for its holes. */
const ofTheRoot: FetchToolchain = { cargo: '/usr/bin/cargo', folder: null, id: 'debian', version: 'debian' };

/** Found by PATH: its root has it in front. */
const ofNix = { cargo: 'cargo', folder: null } as const;

export function fetchToolchain({ toolchain, nixToolchain }: Pick<Facts, 'toolchain' | 'nixToolchain'>): FetchToolchain {
  if (nixToolchain !== null) {
    const id = `nix-${nixToolchain.channel}`;
    return { ...ofNix, id, version: id };
  }
  if (toolchain === null) return ofTheRoot;
  const { path, manifestSha256, version } = toolchain;
  return { cargo: `${inside.toolchain}/bin/cargo`, folder: path, id: manifestSha256, version };
}
