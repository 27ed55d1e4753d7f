#!/bin/sh
# Installs the Debian packages of cargo-boxed's layers into an image of your own. Written by `cargo-boxed devcontainer feature`.
# It is no wall: a Feature cannot take away a network or rights, nor make the project read-only.
set -eu
here=$(dirname "$0")

fail() {
  echo "cargo-boxed feature: $*" >&2
  exit 1
}

[ -r /etc/os-release ] || fail 'this image does not say what system it is (/etc/os-release)'
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
grep -q "^$suite " "$here/layers.txt" || fail "layers are known for Debian bookworm and trixie, and this image is '$suite'"

packages=
add() {
  line=$(grep "^$suite $1 " "$here/layers.txt") || fail "there is no layer '$1' on $suite; \`cargo-boxed layers search\` finds one"
  packages="$packages ${line#"$suite $1 "}"
}
# `+base` is no name that a layer can have.
[ "${BASE:-false}" != true ] || add +base
for layer in $(printf '%s' "${LAYERS:-}" | tr ',' ' '); do
  case $layer in
    *[!a-z0-9.-]*) fail "'$layer' is no name of a layer" ;;
  esac
  add "$layer"
done
[ -n "$packages" ] || exit 0

export DEBIAN_FRONTEND=noninteractive
apt-get update
# Words of our own table, each the name of a package.
# shellcheck disable=SC2086
apt-get install --yes --no-install-recommends $packages
rm -rf /var/lib/apt/lists/*
