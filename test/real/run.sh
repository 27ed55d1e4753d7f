#!/bin/bash
# `npm run test:real`: installs what the comparison needs on both sides, and makes it. Names of projects narrow it.
set -euo pipefail
cd "$(dirname "$0")/../.."
# The host's side needs what the box has: libclang for bindgen.
bash test/support/install-packages.sh bubblewrap mmdebstrap uidmap docker.io:dockerd git cmake pkg-config libclang-dev
unset NODE_EXTRA_CA_CERTS
npm run -s build
exec node --import tsx test/real/run.ts "$@"
