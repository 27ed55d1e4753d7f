/** What `cargo-boxed.lock` holds: every byte of the environment by version, size and sum. Written as canonical JSON. */
export interface Pins {
  readonly version: 1;
  readonly debian?: DebianPins;
  readonly image?: ImagePins;
  readonly nix?: NixPins;
  readonly toolchain?: ToolchainPins;
  /** Why layers, packages and a suite are there that nobody named: what builds looked for. */
  readonly learned?: readonly Learned[];
  /** Crates that a command line may reach beyond Cargo.lock (`--features DEP/FEAT`). */
  readonly extraCrates?: readonly ExtraCrate[];
  /** In the user's own pins: where roots are made on a machine without mmdebstrap. A root's bytes do not depend on it. */
  readonly maker?: MakerPins;
}

export interface DebianPins {
  readonly suite: string;
  readonly architecture: string;
  /** Names from the layer catalogue that the root adds to the base, sorted. */
  readonly layers: readonly string[];
  /** When the packages were resolved, as a snapshot mirror names it: `20261126T000000Z`. */
  readonly snapshot: string;
  /** Of the root that is made from nothing: the base, or the base of `added`. */
  readonly packages: readonly DebianPackage[];
  readonly added?: AddedPackages;
  /** sha256 of the root file system's tar; with `added` over the base and what differs from it. */
  readonly rootSha256: string;
}

/** A set of Debian packages that is installed on top of something. */
export interface AddedSet {
  /** Debian packages that were named one by one, beside the layers, sorted. */
  readonly names: readonly string[];
  /** When they were resolved, as that of a root. */
  readonly snapshot: string;
  readonly packages: readonly DebianPackage[];
}

/** What was installed on top of a base that projects share. */
export interface AddedPackages extends AddedSet {
  readonly baseSha256: string;
}

/** What is installed on top of an image that is a Debian; its packages are what the image lacks. */
export interface AddedToImage extends AddedSet {
  readonly suite: string;
  readonly architecture: string;
  /** Names from the layer catalogue, sorted. */
  readonly layers: readonly string[];
}

export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** The archive it came from, as snapshot mirrors name it: `debian` or `debian-security`. */
  readonly archive: string;
  /** The path below the archive: `pool/main/…`. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** When it was resolved, where that is another day than that of the rest. */
  readonly snapshot?: string;
}

/** An image by name and content. */
export interface PinnedReference {
  /** As people wrote it, with its tag. */
  readonly reference: string;
  /** `sha256:…` of the manifest. */
  readonly digest: string;
}

/** A Debian image that makes roots, and the packages that it needs beside what is in it. */
export interface MakerPins extends PinnedReference, Pick<DebianPins, 'suite' | 'snapshot' | 'packages'> {}

export interface ImagePins extends PinnedReference {
  /** Absolute path of the image's own cargo; `null` when it has none and the host's toolchain is mounted. */
  readonly cargo: string | null;
  /** Of the image's own variables those that its toolchain needs: PATH, RUSTUP_HOME and the like. */
  readonly variables: Readonly<Record<string, string>>;
  /** What the image says that its system is; absent where it says nothing. */
  readonly system?: ImageSystem;
  readonly added?: AddedToImage;
}

/** Of an image's os-release, `ID` and `VERSION_CODENAME` or `VERSION_ID`: `debian` and `bookworm`, `alpine` and `3.20.1`. */
export interface ImageSystem {
  readonly id: string;
  readonly release: string;
}

/** An archive of Nix expressions, by its content. */
export interface NixSource {
  readonly url: string;
  /** The revision that the URL names; `null`: it names an archive. */
  readonly rev: string | null;
  /** `sha256-…` over what is in it, as Nix counts. */
  readonly narHash: string;
}

export interface NixPins {
  /** As Nix calls it: `x86_64-linux`. */
  readonly system: string;
  readonly nixpkgs: NixSource;
  /** Both are there or neither: without them the toolchain is that of the machine. */
  readonly rustOverlay?: NixSource;
  readonly toolchain?: NixToolchainPins;
  /** Names from the layer catalogue that the environment adds to its base, sorted. */
  readonly layers: readonly string[];
  /** Attributes of nixpkgs that were named one by one, sorted. */
  readonly packages: readonly string[];
  /** The project's own file that it is made of, in the place of our base. */
  readonly own?: OwnNixPins;
  /** sha256 of the expression that makes an environment of all these: ours. */
  readonly expressionSha256: string;
  /** The name of the result in the store, which stands for every byte of what it was made of. */
  readonly environment: string;
  /** What the environment sets, as its own setup said. */
  readonly variables: Readonly<Record<string, string>>;
}

/** What rust-overlay was asked for, and what it gave. */
export interface NixToolchainPins {
  readonly channel: string;
  readonly profile: string;
  readonly components: readonly string[];
  readonly targets: readonly string[];
  /** As rust-overlay says it: `1.95.0`, `1.98.0-nightly-2026-07-01`. */
  readonly version: string;
  /** Its name in the store; it is one of the paths of the environment. */
  readonly output: string;
}

/** A project's own `shell.nix` or flake, and what it names by sum. */
export interface OwnNixPins {
  readonly kind: 'file' | 'flake';
  /** Relative to the repository. */
  readonly path: string;
  readonly shell: string | null;
  /** sha256 over it and all other files of the project that it names. */
  readonly sha256: string;
  readonly fetches: readonly { readonly name: string; readonly url: string; readonly narHash: string }[];
}

export interface ToolchainPins {
  readonly name: string;
  readonly version: string;
  readonly manifestSha256: string;
  readonly components: readonly { readonly name: string; readonly sha256: string }[];
}

export interface ExtraCrate {
  readonly name: string;
  readonly version: string;
  readonly source: string;
  readonly checksum: string;
}

/** A layer, where no layer has it a Debian package, or a newer suite of Debian, that a build turned out to need. */
export interface Learned {
  readonly kind: 'layer' | 'package' | 'suite';
  readonly name: string;
  /** The crate that looked for it. */
  readonly crate: string;
  /** What it looked for, as `describeWanted` says it. */
  readonly wanted: string;
  /** What told so before anything was built: its own manifest, or a measured build of it. Left out: a build did. */
  readonly told?: 'manifest' | 'measured';
}
