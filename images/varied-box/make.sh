#!/bin/sh
# Makes all parts in a box of the root that they are for. $1: the sources, $2: where the results go, $3: the shift of the
# clock in seconds.
set -eu
for compiler in cc gcc clang none; do
  if command -v "$compiler" > /dev/null; then break; fi
done
if [ "$compiler" = none ]; then
  echo 'there is no C compiler'
  exit 1
fi
for name in clock cpus file-order; do
  "$compiler" -O2 -std=gnu11 -Wall -fPIC -shared "-DSHIFT=$3" -o "$2/$name.so" "$1/$name.c" -ldl -lpthread
done
