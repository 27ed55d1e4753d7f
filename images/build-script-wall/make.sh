#!/bin/sh
# Makes all parts in a box of the root that they are for. $1: the sources, $2: where the results go.
set -eu
for compiler in cc gcc clang none; do
  if command -v "$compiler" > /dev/null; then break; fi
done
if [ "$compiler" = none ]; then
  echo 'there is no C compiler'
  exit 1
fi
options="-O2 -std=gnu11 -Wall -ffreestanding -fno-builtin -fno-stack-protector -fvisibility=hidden -nostdlib"
# shellcheck disable=SC2086 # these are words
"$compiler" $options -fPIC -shared -Wl,-z,now -o "$2/preload.so" "$1/preload.c"
# shellcheck disable=SC2086 # not bound at the start: what it calls is there in glibc alone
"$compiler" $options -fPIC -shared -o "$2/record.so" "$1/record.c"
# shellcheck disable=SC2086
"$compiler" $options -static -no-pie -o "$2/enter" "$1/enter.c"
if getconf GNU_LIBC_VERSION > /dev/null 2>&1; then echo glibc; else echo other; fi > "$2/libc"
