#!/bin/bash
# Installs the named Debian packages that are not there yet. Says so first; uses sudo only if it is not run by root.
# PACKAGE:PROGRAM is not installed when the program is there, whatever brought it (docker-ce instead of docker.io).
set -euo pipefail
missing=()
for wanted in "$@"; do
  package=${wanted%%:*}
  [ "$package" = "$wanted" ] || ! PATH="$PATH:/usr/sbin:/sbin" command -v "${wanted#*:}" >/dev/null || continue
  [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null || true)" = 'ii ' ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || {
    echo "These Debian packages are needed and sudo is not there: ${missing[*]}" >&2
    echo "As root: apt-get update && apt-get install ${missing[*]}" >&2
    exit 1
  }
  as_root=(sudo)
fi
echo "Installs Debian packages${as_root:+ (with sudo)}: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# A package that starts a service at its installation (docker.io) must not do so: tests start their own.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
  trap '"${as_root[@]}" rm -f "$policy"' EXIT
fi
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends "${missing[@]}" >/dev/null </dev/null
