# The compiler as a shell script that adds what nixpkgs' wrapper adds.
set -eu
export PATH=$seed/bin
mkdir -p $out/bin $out/nix-support
cat > $out/bin/gcc <<W
#!$bash/bin/bash
link=1; static=; rp=()
[ "\$*" = -v ] && link=0
for a in "\$@"; do
  case "\$a" in
    -c|-S|-E|-M|-MM|--version|-print-*|-dump*) link=0 ;;
    -L/nix/store/*) rp+=("-Wl,-rpath,\${a#-L}") ;;
    -static|-static-pie) static=1 ;;
  esac
done
args=(-B$binutils/bin -B$glibc/lib \$NIX_CFLAGS_COMPILE -idirafter $glibc/include)
if [ \$link = 1 ]; then
  for a in \$NIX_LDFLAGS; do
    args+=("\$a"); case "\$a" in -L/nix/store/*) rp+=("-Wl,-rpath,\${a#-L}") ;; esac
  done
  args+=(-L$glibc/lib -L$gcclibs/lib)
  [ \$static ] || args+=(-Wl,-dynamic-linker=$glibc/lib/ld-linux-x86-64.so.2 "\${rp[@]}" -Wl,-rpath,$glibc/lib -Wl,-rpath,$gcclibs/lib)
fi
exec $gcc/bin/x86_64-linux-gnu-gcc-12 "\${args[@]}" "\$@"
W
chmod +x $out/bin/gcc
ln -s gcc $out/bin/cc
