#!/bin/bash
# `npm test`: everything, from a fresh Debian machine with Node 20 and rustup. Says what it installs, asks nothing.
#   npm test                                    all suites, both engines, as root and as an ordinary user
#   npm test -- --only e2e --engine bwrap --as user --files 'exit-code'
set -euo pipefail
cd "$(dirname "$0")/.."

bash test/support/install-packages.sh \
  bubblewrap mmdebstrap uidmap util-linux strace git openssh-server python3 python3-venv xz-utils \
  nix-bin:nix-build docker.io:dockerd docker-registry:docker-registry skopeo:skopeo rsync:rsync iptables ca-certificates zsh fish
[ -d node_modules ] || { echo 'npm test: installs the development packages (npm ci)'; npm ci --no-audit --no-fund; }
# Node needs it to download behind some proxies; from here on it would only add 80 ms to every start.
unset NODE_EXTRA_CA_CERTS
npm run -s build

# What runs as root and what runs as an ordinary user is decided by the runner, which needs to be root for that.
if [ "$(id -u)" = 0 ]; then
  exec node --import tsx test/run.ts "$@"
fi
echo 'npm test: goes on with sudo, to run the suites as root and as you'
kept=()
for name in $(compgen -e); do
  [[ ! $name =~ (_proxy|_PROXY|_CA_BUNDLE|_CAINFO|^SSL_CERT_(FILE|DIR))$ ]] || kept+=("$name=${!name}")
done
exec sudo env "${kept[@]}" \
  PATH="$PATH" CI="${CI:-}" TERM="${TERM:-dumb}" \
  RUSTUP_HOME="${RUSTUP_HOME:-$HOME/.rustup}" CARGO_HOME="${CARGO_HOME:-$HOME/.cargo}" \
  CARGO_BOXED_TEST_DOWNLOADS="${CARGO_BOXED_TEST_DOWNLOADS:-$HOME/.cache/cargo-boxed-tests}" \
  CARGO_BOXED_TEST_USER="$(id -un)" \
  node --import tsx test/run.ts "$@"
