# A stand-in for rust-overlay, for tests without a network: an overlay that gives `rust-bin` with the same functions and
# the same words when something is missing. Its one release is the host's own toolchain, trimmed and patched; other
# versions and dates are names for it.
final: prev:
let
  inherit (builtins) attrNames concatStringsSep elem filter;
  about = import ./about.nix; # { version, host, components }
  names = list: builtins.listToAttrs (map (name: { inherit name; value = { }; }) list);

  release = version: {
    inherit version;
    profiles = names [ "minimal" "default" "complete" ];
    pkg = names (map (one: if elem one previews then "${one}-preview" else one) about.components) // {
      rust-std.target = names [ about.host "wasm32-unknown-unknown" ];
    };
    renames = names previews;
  };
  previews = [ "clippy" "rustfmt" ];

  # Names for the one that there is.
  stable = { "1.90.0" = release "1.90.0"; ${about.version} = release about.version; latest = release about.version; };
  nightly = { "2026-01-01" = release "1.98.0-nightly-2026-01-01"; latest = nightly."2026-01-01"; };
  beta = { };

  dated = channel: set: date: set.${date} or (throw "${channel} ${date} is not available");
  selectManifest = { channel }:
    let
      isNightly = builtins.match "nightly-(.*)" channel;
      version = builtins.match "[0-9]+\\.[0-9]+(\\.[0-9]+)?" channel;
      ofMinor = filter (one: builtins.substring 0 (builtins.stringLength channel + 1) one == "${channel}.") (attrNames stable);
    in
    if channel == "stable" then stable.latest
    else if channel == "nightly" then nightly.latest
    else if channel == "beta" then dated "Beta" beta "latest"
    else if isNightly != null then dated "Nightly" nightly (builtins.head isNightly)
    else if version == [ null ] then (if ofMinor == [ ] then throw "No stable ${channel}.* is available" else stable.${builtins.head ofMinor})
    else if version != null then stable.${channel} or (throw "Stable ${channel} is not available")
    else throw "Unknown channel: ${channel}";

  toolchain = version: components: derivation {
    name = "rust-minimal-${version}";
    inherit (final) system;
    builder = "${final.bash}/bin/bash";
    args = [ "-eu" ./build.sh ];
    sysroot = builtins.path { path = ./sysroot; name = "sysroot"; };
    programs = concatStringsSep " " (builtins.concatMap (one: about.programs.${one} or [ ]) components);
    inherit (final) coreutils glibc gcclibs zlib;
    patchelf = final.patchelf;
  } // { inherit version; };

  fromRustupToolchain = { channel, profile, components, targets }:
    let
      chosen = selectManifest { inherit channel; };
      unknown = filter (one: !(chosen.pkg ? ${one} || chosen.renames ? ${one})) components;
      unknownTargets = filter (one: !(chosen.pkg.rust-std.target ? ${one})) targets;
      errors = map (one: "Unknown target `${one}`, typo or not supported by this version?") unknownTargets
        ++ map (one: "Unknown component `${one}`, typo or not support by this version?") unknown;
    in
    if !(chosen.profiles ? ${profile}) then throw ''
      Rust ${chosen.version} doesn't have profile `${profile}`.
      Available profiles are: ${concatStringsSep ", " (attrNames chosen.profiles)}
    ''
    else if errors != [ ] then throw ''
      Component resolution failed for rust-${profile}-${chosen.version}
      ${concatStringsSep "\n" errors}
    ''
    else toolchain chosen.version ([ "cargo" "rustc" ] ++ components ++ (if profile == "minimal" then [ ] else previews));
in
{
  rust-bin = { inherit stable nightly beta fromRustupToolchain; _internal = { inherit selectManifest; }; };
}
