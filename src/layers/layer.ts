import type { DebianSuite } from '../config/config.ts';

/** A named system library or tool, as data: one file below `images/layers`. Lists that a file leaves out are empty. */
export interface Layer {
  readonly name: string;
  readonly description: string;
  /** The packages that it adds on each suite, without those of what it needs; none on a suite that lacks it. */
  readonly debian: Readonly<Record<DebianSuite, readonly string[]>>;
  /** Attributes of nixpkgs that bring the same. */
  readonly nix: readonly string[];
  /** Names that pkg-config knows it by. */
  readonly pkgConfig: readonly string[];
  /** `links` keys of crates, and library names as the linker spells them after `-l`. */
  readonly links: readonly string[];
  /** Crates that need it and show that in no other way. */
  readonly crates: readonly string[];
  /** Crates whose build scripts were measured to fail without it, with their default features: known before any build. */
  readonly proven: readonly string[];
  /** Programs that it gives. */
  readonly tools: readonly string[];
  /** Headers that it gives, as `#include` spells them. */
  readonly headers: readonly string[];
  /** Other layers that come with it. */
  readonly needs: readonly string[];
  readonly check: LayerCheck;
}

/** What proves, in a root with this layer alone, that it is there. */
export type LayerCheck =
  | { readonly pkgConfig: string; readonly atLeast?: string }
  | { readonly header: string }
  | { readonly program: readonly string[] }
  | { readonly library: string };

/** A layer with all packages that it adds on one suite, those of what it needs with them. */
export interface FoundLayer extends Layer {
  readonly packages: readonly string[];
}
