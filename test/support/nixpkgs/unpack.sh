# Unpacks Debian packages ($archives) into $out with the layout of nixpkgs, then points every ELF file at its loader
# ($glibc) and its libraries ($folders).
set -eu
export PATH=$seed/bin
root=$NIX_BUILD_TOP/root
mkdir -p $root $out
for d in $archives; do
  busybox dpkg-deb -x $d $root
done
ma=x86_64-linux-gnu
merge() { # merge DIR INTO
  [ -d "$1" ] && [ ! -L "$1" ] || return 0
  mkdir -p "$2"; cp -a "$1/." "$2/"; rm -rf "$1"
}
merge $root/usr/lib/$ma $out/lib
merge $root/lib/$ma $out/lib
merge $root/usr/lib $out/lib
merge $root/lib $out/lib
rm -rf $out/lib/bfd-plugins
merge $root/lib64 $out/lib64
merge $root/usr/include/$ma $out/include
merge $root/usr/include $out/include
merge $root/usr/sbin $out/bin
merge $root/sbin $out/bin
merge $root/usr/bin $out/bin
merge $root/bin $out/bin
merge $root/usr/libexec $out/libexec
merge $root/usr/share/pkgconfig $out/lib/pkgconfig
# Absolute or now wrong relative links: the same name under $out/lib or $out/bin.
find $out -type l | while read -r l; do
  [ -e "$l" ] && case "$(readlink "$l")" in /*) ;; *) continue ;; esac
  t=$(basename "$(readlink "$l")"); f=
  for c in lib bin lib/gcc/$ma/12; do [ -e "$out/$c/$t" ] && { f=$out/$c/$t; break; }; done
  if [ -n "$f" ]; then ln -sfn "$f" "$l"; else rm "$l"; fi
done
# pkg-config files and linker scripts.
for f in $out/lib/pkgconfig/*.pc; do
  [ -f "$f" ] && sed -i -e "s|/usr/lib/$ma|$out/lib|g; s|/usr/include/$ma|$out/include|g; s|/usr|$out|g; s|^libdir=.*|libdir=$out/lib|; s|^includedir=.*|includedir=$out/include|; s|^prefix=.*|prefix=$out|" "$f"
done
for f in $out/lib/libc.so $out/lib/libm.so $out/lib/libm.a $out/lib/libpthread.so; do
  [ -f "$f" ] && [ "$(head -c2 "$f")" = '/*' ] && sed -i -e "s|/usr/lib/$ma/|$out/lib/|g; s|/lib/$ma/|$out/lib/|g; s|/lib64/|$out/lib/|g" "$f"
done
eval "${after:-}"
if [ -n "${patchelf:-}" ]; then
  pe="$glibc/lib/ld-linux-x86-64.so.2 --library-path $glibc/lib:$gcclibs/lib $patchelf/bin/patchelf"
  find $out -type f ! -name '*.[aho]' ! -name '*.ko' ! -name '*.py' ! -name '*.pc' | while read -r f; do
    [ "$(head -c4 "$f" | tail -c3)" = ELF ] || continue
    chmod u+w "$f"
    if $pe --print-interpreter "$f" >/dev/null 2>&1; then
      $pe --set-interpreter $glibc/lib/ld-linux-x86-64.so.2 "$f"
    fi
    old=$($pe --print-rpath "$f" 2>/dev/null) || continue
    $pe --force-rpath --set-rpath "${old:+$old:}$out/lib${folders:+:$folders}:$glibc/lib:$gcclibs/lib" "$f" || echo "no rpath: $f"
  done
fi
