# Builds the environment: runs the setup of nixpkgs with all its hooks, then writes what a box needs of it.
#   $out/variables   the exported variables, each ended by a zero
#   $out/toolchain   the path and the version of a toolchain, if one is wished
#   $out/root        links that scripts and programs expect outside of the store
#   $out/bin         first in PATH
# What only the builder needs goes away first, so that the result does not refer to it and no box has to see it.
if [ -e "${NIX_ATTRS_SH_FILE:-}" ]; then source "$NIX_ATTRS_SH_FILE"; fi
source "$stdenv/setup"
to=$out
shell=$boxedShell env=$boxedEnv prlimit=$boxedPrlimit loader=$boxedLoader

link() {
  mkdir -p "$to/root/$(dirname "$2")"
  ln -s "$1" "$to/root/$2"
}
mkdir -p "$to/bin" "$to/root"
link "$shell" bin/sh
link "$env" usr/bin/env
link "$prlimit" usr/bin/prlimit
if perl=$(type -P perl); then link "$perl" usr/bin/perl; fi
case "$loader" in
  */ld-linux-x86-64.so.2) link "$loader" lib64/ld-linux-x86-64.so.2 ;;
  */ld-linux-aarch64.so.1) link "$loader" lib/ld-linux-aarch64.so.1 ;;
esac

# rustc links with an lld of its own by default, past the linker of nixpkgs that writes where libraries are: what is
# linked so dies at its start. Whoever chooses lld by himself keeps it.
compiler=$(type -P cc)
cat > "$to/bin/cc" <<EOF
#!$shell
own=
for word; do case \$word in -B*/gcc-ld) own=1 ;; esac; done
if [ -n "\$own" ]; then
  kept=()
  for word; do case \$word in -B*/gcc-ld | -fuse-ld=lld) ;; *) kept+=("\$word") ;; esac; done
  set -- "\${kept[@]}"
fi
exec $compiler "\$@"
EOF
chmod 755 "$to/bin/cc"
PATH=$to/bin:$PATH

if [ -n "${boxedToolchain:-}" ]; then
  printf '%s\n' "$boxedToolchain" "$boxedToolchainVersion" > "$to/toolchain"
fi

unset boxedShell boxedEnv boxedPrlimit boxedLoader boxedToolchain boxedToolchainVersion stdenv initialPath defaultNativeBuildInputs defaultBuildInputs builder out outputs \
  name system args buildInputs nativeBuildInputs propagatedBuildInputs propagatedNativeBuildInputs \
  depsBuildBuild depsBuildBuildPropagated depsBuildTarget depsBuildTargetPropagated \
  depsHostHost depsHostHostPropagated depsTargetTarget depsTargetTargetPropagated \
  HOST_PATH CONFIG_SHELL SHELL shellHook strictDeps __structuredAttrs preferLocalBuild allowSubstitutes \
  doCheck doInstallCheck cmakeFlags mesonFlags configureFlags patches passAsFile hardeningDisable NIX_NO_SELF_RPATH
env -0 > "$to/variables"
