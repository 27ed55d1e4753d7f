# A stand-in for nixpkgs made of a few Debian packages, for tests without a network: called as nixpkgs is
# (`import SOURCE { system, config, overlays }`), with the attributes that our expression uses, and real closures.
{ system ? builtins.currentSystem, overlays ? [ ], config ? { }, ... }:
let
  lib = import ./lib.nix;
  # The only seed: a static busybox, unpacked when the stand-in is made.
  seed = builtins.path { path = ./seed; name = "seed"; };

  # name -> { file, sha256 }: with the sum a known file is not read again.
  archives = import ./archives.nix;
  archive = name:
    let found = archives.${name} or (throw "no archive of ${name}");
    in builtins.path { path = ./archives + "/${found.file}"; name = found.file; recursive = false; inherit (found) sha256; };

  # What the functions of nixpkgs add to a derivation: its type and outputs come from `derivation`.
  package = attributes: extra:
    let made = derivation ({ inherit system; } // attributes);
    in made // { pname = attributes.name; dev = made; lib = made; bin = made; } // extra;

  packages = self: {
    inherit lib system config;

    # Unpacks archives into one folder with the layout of nixpkgs; then every program finds its loader and libraries.
    fromArchives = { name, of, needs ? [ ], after ? "", patched ? true }: package ({
      inherit name seed after;
      builder = "${seed}/bin/busybox";
      args = [ "sh" ./unpack.sh ];
      archives = map archive of;
    } // lib.optionalAttrs patched {
      inherit (self) glibc patchelf gcclibs;
      folders = builtins.concatStringsSep ":" (map (one: "${one}/lib") needs);
    }) { };

    glibc = self.fromArchives { name = "glibc"; of = [ "libc6" "libc6-dev" "linux-libc-dev" ]; patched = false; };
    gcclibs = self.fromArchives { name = "gcc-libs"; of = [ "libgcc-s1" "libstdc++6" ]; patched = false; };
    patchelf = self.fromArchives { name = "patchelf"; of = [ "patchelf" ]; patched = false; };

    bash = self.fromArchives { name = "bash"; of = [ "bash" "libtinfo6" ]; };
    coreutils = self.fromArchives {
      name = "coreutils";
      of = [ "coreutils" "libacl1" "libattr1" "libselinux1" "libpcre2-8-0" ];
    };
    perl = self.fromArchives { name = "perl"; of = [ "perl-base" "libcrypt1" ]; };
    python3 = self.fromArchives {
      name = "python3";
      of = [ "python3-minimal" "python3.11-minimal" "libpython3.11-minimal" "libpython3.11-stdlib" "libexpat1" ];
      needs = [ self.zlib ];
    };
    pkg-config = self.fromArchives {
      name = "pkg-config";
      of = [ "pkgconf-bin" "libpkgconf3" ];
      after = "ln -s pkgconf $out/bin/pkg-config";
    };
    util-linux = self.fromArchives { name = "util-linux"; of = [ "util-linux" "libsmartcols1" ]; };
    zlib = self.fromArchives { name = "zlib"; of = [ "zlib1g" "zlib1g-dev" ]; };
    zstd = self.fromArchives { name = "zstd"; of = [ "libzstd1" ]; };
    openssl = self.fromArchives { name = "openssl"; of = [ "libssl3" "libssl-dev" ]; };
    # What layers name. As in nixpkgs none of them brings what its .pc file requires: that is for the layers to say.
    alsa-lib = self.fromArchives { name = "alsa-lib"; of = [ "libasound2" "libasound2-dev" ]; };
    elfutils = self.fromArchives { name = "elfutils"; of = [ "libelf1" "libelf-dev" ]; needs = [ self.zlib ]; };
    gperf = self.fromArchives { name = "gperf"; of = [ "gperf" ]; };
    libbpf = self.fromArchives { name = "libbpf"; of = [ "libbpf1" "libbpf-dev" ]; needs = [ self.elfutils self.zlib ]; };
    lz4 = self.fromArchives { name = "lz4"; of = [ "liblz4-1" "liblz4-dev" ]; };
    sqlite = self.fromArchives { name = "sqlite"; of = [ "libsqlite3-0" "libsqlite3-dev" ]; };

    binutils = self.fromArchives {
      name = "binutils";
      of = [ "binutils-x86-64-linux-gnu" "libbinutils" "libctf0" "libctf-nobfd0" "libgprofng0" "libjansson4" ];
      needs = [ self.zlib self.zstd ];
      after = "for f in $out/bin/x86_64-linux-gnu-*; do ln -s $(basename $f) $out/bin/\${f##*/x86_64-linux-gnu-}; done";
    };
    gccUnwrapped = self.fromArchives {
      name = "gcc";
      of = [ "gcc-12" "cpp-12" "libgcc-12-dev" "libcc1-0" "libisl23" "libgmp10" "libmpfr6" "libmpc3" ];
      needs = [ self.zlib self.zstd ];
    };
    # As the wrapper of nixpkgs: finds libc, names the loader, follows NIX_CFLAGS_COMPILE and NIX_LDFLAGS, and gives
    # what it links a run path to each folder of the store that it was pointed at.
    gcc = package {
      name = "gcc-wrapper";
      inherit seed;
      inherit (self) bash glibc gcclibs binutils;
      gcc = self.gccUnwrapped;
      builder = "${seed}/bin/busybox";
      args = [ "sh" ./wrap-compiler.sh ];
    } { cc = self.gcclibs; libc = self.glibc; bintools = self.binutils // { dynamicLinker = "${self.glibc}/lib/ld-linux-x86-64.so.2"; }; };

    stdenv = package {
      name = "stdenv";
      builder = "${seed}/bin/busybox";
      args = [ "sh" "-c" "${seed}/bin/mkdir -p $out; ${seed}/bin/cp ${./setup.sh} $out/setup" ];
    } { cc = self.gcc; hostPlatform = { inherit system; }; };

    mkShell = { nativeBuildInputs ? [ ], buildInputs ? [ ], ... }@given: package (given // {
      name = given.name or "nix-shell";
      outputs = [ "out" ];
      builder = "${self.bash}/bin/bash";
      args = [ "-e" ];
      stdenv = self.stdenv;
      # The last one is not in nixpkgs' own: attacks of the tests start `setsid`.
      initialPath = [ self.coreutils self.bash self.util-linux ];
      defaultNativeBuildInputs = [ self.gcc self.binutils ];
    }) { };

    # Attributes for tests of what goes wrong.
    broken-at-evaluation = throw "broken-at-evaluation was removed from the stand-in";
    endless =
      let again = builtins.genList (n: n) 4000000;
      in builtins.foldl' (sum: _: builtins.foldl' (inner: _: builtins.hashString "sha512" inner) sum again) "" again;
    hungry = builtins.length (builtins.genList (n: toString n) 2000000000);
    secretive = self.zlib // { outPath = builtins.readFile "/etc/shadow"; };
    fails-to-build = package {
      name = "fails-to-build";
      builder = "${seed}/bin/busybox";
      args = [ "sh" "-c" "echo this build fails on purpose; exit 1" ];
    } { };
    slow-to-build = package {
      name = "slow-to-build";
      builder = "${seed}/bin/busybox";
      args = [ "sleep" "600" ];
    } { };
    # Five hundred paths that one package refers to: a large closure.
    many-paths = package {
      name = "many-paths";
      parts = builtins.genList (n: package {
        name = "part-${toString n}";
        builder = "${seed}/bin/busybox";
        args = [ "sh" "-c" "echo ${toString n} > $out" ];
      } { }) 500;
      builder = "${seed}/bin/busybox";
      args = [ "sh" "-c" "${seed}/bin/mkdir -p $out/bin; echo $parts > $out/parts" ];
    } { };
  };

  fix = f: let x = f x; in x;
  extend = base: overlay: final: let previous = base final; in previous // overlay final previous;
in
fix (builtins.foldl' extend packages overlays)
