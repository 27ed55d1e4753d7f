# The environment of a boxed build. All that it depends on is `spec` (JSON) and, if the spec names one, the project's own
# file at `/project`: the text of this folder and these decide every byte, and so the path of the result in the store.
#
# spec: { system, nixpkgs: { url, narHash }, tools: [attribute], layers: [{ name, attributes, kinds }],
#         packages: [attribute], own: null or what `own.nix` says,
#         toolchain: null or { overlay: { url, narHash }, channel, profile, components, targets } }
# kinds: `library` (found by compilers and pkg-config), `tool` (found in PATH).
{ spec }:
let
  wanted = builtins.fromJSON spec;
  # A path of that hash in the store is taken without asking the network.
  fetch = pin: builtins.fetchTarball { inherit (pin) url; sha256 = pin.narHash; };
  source = fetch wanted.nixpkgs;
  hasToolchain = wanted.toolchain != null;
  # A function of two sets, of which neither is named.
  overlay =
    let found = import (fetch wanted.toolchain.overlay);
    in if builtins.isFunction found && builtins.functionArgs found == { } then found else throw noOverlay;
  noOverlay = "cargo-boxed: that is no rust-overlay";
  # Both are always given: nixpkgs would look for them in the caller's home.
  pkgs = import source {
    inherit (wanted) system;
    config = { };
    overlays = if hasToolchain then [ overlay ] else [ ];
  };
  inherit (pkgs) lib;

  pathOf = attribute: lib.splitString "." attribute;
  has = attribute: lib.hasAttrByPath (pathOf attribute) pkgs;
  find = whose: attribute:
    if has attribute then lib.attrByPath (pathOf attribute) null pkgs
    else throw "cargo-boxed: no attribute ${attribute} for ${whose}";

  # What nearly every build script may start, where this nixpkgs has it.
  base = map (find "the base") (builtins.filter has wanted.tools);
  ofKind = kind: lib.concatMap
    (layer: lib.optionals (builtins.elem kind layer.kinds) (map (find "the layer ${layer.name}") layer.attributes))
    wanted.layers;
  named = map (find "nix.packages") wanted.packages;
  # Of rust-overlay the same function that reads a file of rustup; what it is called with are words of JSON.
  toolchain = (pkgs.rust-bin or (throw noOverlay)).fromRustupToolchain { inherit (wanted.toolchain) channel profile components targets; };
  tools = (if hasToolchain then [ toolchain ] else [ ]) ++ ofKind "tool" ++ named;
  libraries = ofKind "library" ++ named;

  # The host's toolchain is not patched: it finds its loader by the usual path, and these by LD_LIBRARY_PATH.
  loaded = cc: lib.makeLibraryPath
    ([ cc.cc pkgs.zlib cc.libc ] ++ lib.optionals (cc.isClang or false) [ pkgs.stdenv.cc.cc ]);

  shell = pkgs.mkShell {
    name = "cargo-boxed";
    nativeBuildInputs = base ++ tools;
    buildInputs = libraries;
    # C code of crates is compiled without optimisation in debug builds, where fortify only warns. What is newer of it goes
    # along, and a nixpkgs that does not know that would not take its name.
    hardeningDisable = [ "fortify" ];
    # No run path to the environment itself in every binary.
    NIX_NO_SELF_RPATH = true;
    LD_LIBRARY_PATH = loaded pkgs.stdenv.cc;
  };

  # A project's own shell with what is added to it. What would give its build a network or another wall goes.
  theirs = import ./own.nix { inherit (wanted) own system; inherit pkgs source; };
  ownAttrs = removeAttrs theirs.drvAttrs [
    "outputs" "outputHash" "outputHashAlgo" "outputHashMode" "__noChroot" "__impure" "__contentAddressed"
    "impureEnvVars" "__impureHostDeps" "__propagatedImpureHostDeps" "__sandboxProfile" "passAsFile"
  ] // {
    nativeBuildInputs = (theirs.drvAttrs.nativeBuildInputs or [ ]) ++ tools;
    buildInputs = (theirs.drvAttrs.buildInputs or [ ]) ++ libraries;
    NIX_NO_SELF_RPATH = true;
    LD_LIBRARY_PATH = builtins.concatStringsSep ":"
      (lib.optionals (theirs.drvAttrs ? LD_LIBRARY_PATH) [ theirs.drvAttrs.LD_LIBRARY_PATH ] ++ [ (loaded cc) ]);
    inherit (wanted) system;
    builder = "${pkgs.bash}/bin/bash";
    outputs = [ "out" ];
  };
  ownCc = theirs.drvAttrs.stdenv.cc or null;
  cc = if wanted.own == null || ownCc == null then pkgs.stdenv.cc else ownCc;
in
{
  # What `nix-shell --pure` would set, as the output of a build: its references are what a box has to see.
  environment = derivation (removeAttrs (if wanted.own == null then shell.drvAttrs else ownAttrs) [ "phases" "buildPhase" "shellHook" ] // {
    name = "cargo-boxed-environment";
    args = [ "-e" ./dump-environment.sh ];
    boxedShell = "${pkgs.bash}/bin/bash";
    boxedEnv = "${pkgs.coreutils}/bin/env";
    # The engine limits the processes of a box with it, from inside. The smaller one comes without systemd; before 21.05 it was
    # called otherwise.
    boxedPrlimit = "${lib.getBin (pkgs.util-linuxMinimal or pkgs.util-linux or pkgs.utillinux)}/bin/prlimit";
    boxedLoader = cc.bintools.dynamicLinker;
    preferLocalBuild = true;
    allowSubstitutes = false;
  } // lib.optionalAttrs hasToolchain { boxedToolchain = "${toolchain}"; boxedToolchainVersion = toolchain.version; });

  # Names to find the nearest in, when one is missing.
  names = builtins.attrNames pkgs;

  # The same of toolchains: which releases there are, and of what the wished one consists.
  toolchains = {
    releases = builtins.mapAttrs (_: builtins.attrNames) { inherit (pkgs.rust-bin) stable beta nightly; };
    parts =
      let release = pkgs.rust-bin._internal.selectManifest { inherit (wanted.toolchain) channel; };
      in {
        profiles = builtins.attrNames release.profiles;
        components = builtins.attrNames (release.pkg // release.renames);
        targets = builtins.attrNames release.pkg.rust-std.target;
      };
  };
}
