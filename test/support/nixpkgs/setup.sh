# What the setup of nixpkgs' stdenv comes to for a shell.
PATH=; PKG_CONFIG_PATH=; NIX_CFLAGS_COMPILE=; NIX_LDFLAGS=
for p in $nativeBuildInputs $buildInputs $defaultNativeBuildInputs $initialPath; do
  [ -d $p/bin ] && PATH=$PATH${PATH:+:}$p/bin
done
for p in $nativeBuildInputs $buildInputs; do
  [ -d $p/lib/pkgconfig ] && PKG_CONFIG_PATH=$PKG_CONFIG_PATH${PKG_CONFIG_PATH:+:}$p/lib/pkgconfig
done
for p in $buildInputs; do
  [ -d $p/include ] && NIX_CFLAGS_COMPILE="$NIX_CFLAGS_COMPILE -isystem $p/include"
  [ -d $p/lib ] && NIX_LDFLAGS="$NIX_LDFLAGS -L$p/lib"
done
export PATH PKG_CONFIG_PATH NIX_CFLAGS_COMPILE NIX_LDFLAGS
export CC=gcc AR=ar
