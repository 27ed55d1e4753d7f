# Copies the toolchain with the programs of its components, and points each at its loader and its libraries.
export PATH=$coreutils/bin
mkdir -p $out/bin
cp -a $sysroot/lib $out/lib
for name in $programs; do cp -a $sysroot/bin/$name $out/bin/$name; done
chmod -R u+w $out
pe="$glibc/lib/ld-linux-x86-64.so.2 --library-path $glibc/lib:$gcclibs/lib $patchelf/bin/patchelf"
shopt -s globstar nullglob
for file in $out/**/*; do
  [[ -f $file && ! -L $file && $file != *.rlib && $file != *.rmeta && $file != *.o && $file != *.a ]] || continue
  [[ $(head -c4 "$file" | tail -c3) = ELF ]] || continue
  if $pe --print-interpreter "$file" >/dev/null 2>&1; then $pe --set-interpreter $glibc/lib/ld-linux-x86-64.so.2 "$file"; fi
  old=$($pe --print-rpath "$file")
  $pe --set-rpath "${old:+$old:}$out/lib:$glibc/lib:$gcclibs/lib:$zlib/lib" "$file"
done
