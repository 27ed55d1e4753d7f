#!/bin/bash
# `npm run try`: from a Debian machine with Node 20 and rustup to a boxed build of a real project, and what came of it.
# Everything the tool keeps stays where it keeps it for you, so that your next boxed build is fast.
set -euo pipefail
cd "$(dirname "$0")/.."
here=$PWD

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
since() { awk "BEGIN { printf \"%.1f s\", $(date +%s.%N) - $1 }"; }

[ "$(uname -s)" = Linux ] || { echo 'cargo-boxed runs on Linux.' >&2; exit 1; }
command -v rustup >/dev/null || { echo 'The toolchain in the box is that of your rustup: install rustup first.' >&2; exit 1; }

say '1. What a box of Debian packages needs: bubblewrap, mmdebstrap, uidmap'
bash test/support/install-packages.sh bubblewrap mmdebstrap uidmap
echo 'They are there.'

say '2. The command line: npm ci, npm run build'
begin=$(date +%s.%N)
[ -d node_modules ] || npm ci --no-audit --no-fund --silent
unset NODE_EXTRA_CA_CERTS
npm run --silent build
echo "Built in $(since "$begin"): $here/dist/cargo-boxed.cjs"

project=$(mktemp -d "${TMPDIR:-/tmp}/cargo-boxed-try-XXXXXX")
cp -r test/try-project/. "$project"
cd "$project"
say "3. A project with real build scripts (zstd, SQLite, ring) and a procedural macro (serde): $project"
grep -A9 '^\[dependencies\]' Cargo.toml

say '4. cargo-boxed build'
echo 'The first time it makes a Debian root with a compiler (about a minute); all projects share it.'
begin=$(date +%s.%N)
node "$here/dist/cargo-boxed.cjs" build
first=$(since "$begin")

say '5. The same again: nothing to do'
begin=$(date +%s.%N)
node "$here/dist/cargo-boxed.cjs" build
second=$(since "$begin")

say '6. cargo-boxed run: the program runs in the box too'
node "$here/dist/cargo-boxed.cjs" run --quiet

say 'Done'
cat <<END
First build, with the root:  $first
Second build:                $second
The binary:                  $project/target/boxed/debug/try-project
What was decided and why:    (cd $project && node $here/dist/cargo-boxed.cjs plan build)
In your own project:         node $here/dist/cargo-boxed.cjs build     (or, after npm link: cargo boxed build)
END
