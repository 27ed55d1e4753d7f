import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { lockOf, type Project, projectIn } from '../../support/rig.ts';

/**
 * A project in which every way that is known to make a tool of the host run something is taken. Each leads to a script
 * that leaves a mark outside of the project: in a box that folder is not there.
 */
export function takeoverProject(folder: string): { made: Project; mark: string } {
  const made = projectIn(join(folder, 'project'));
  const mark = join(folder, 'MARK');
  const program = (file: string, then: string) => {
    made.write(file, `#!/bin/sh\necho "$0 $*" >>'${mark}' 2>/dev/null\n${then}\n`);
    chmodSync(made.path(file), 0o755);
  };
  program('evil/wrapper', 'exec "$@"');
  program('evil/rustc', 'exec /box/toolchain/bin/rustc "$@"');
  program('evil/rustdoc', 'exec /box/toolchain/bin/rustdoc "$@"');
  program('evil/linker', 'exec cc "$@"');
  program('evil/hook', 'exit 0');
  for (const name of toolsOfTheHost) program(`bin/${name}`, 'exit 0');
  // What rustup takes for a toolchain.
  for (const name of ['cargo', 'rustc', 'rustdoc']) program(`evil/bin/${name}`, 'exit 0');
  made.write('Cargo.toml', '[package]\nname = "takeover"\nversion = "0.1.0"\nedition = "2021"\n');
  made.write('Cargo.lock', lockOf('takeover'));
  made.write('src/main.rs', 'fn main() {}\n');
  made.write(
    'build.rs',
    `fn main() { let _ = std::fs::write(${JSON.stringify(mark)}, "build.rs, run on the host"); }\n`,
  );
  made.write('.cargo/config.toml', cargoConfig(made.path('evil')));
  made.write('.git/HEAD', 'ref: refs/heads/main\n');
  made.write('.git/config', gitConfig(made.path('evil/hook')));
  for (const hook of ['post-index-change', 'fsmonitor-watchman', 'reference-transaction', 'post-checkout']) {
    program(`.git/hooks/${hook}`, 'exit 0');
  }
  made.write('.gitattributes', '* filter=evil diff=evil\n');
  made.write('.envrc', `${made.path('evil/hook')}\nPATH_add bin\n`);
  made.write(
    '.env',
    `LD_PRELOAD=${made.path('evil/preload.so')}\nNODE_OPTIONS=--require=${made.path('evil/node.js')}\n`,
  );
  made.write('.npmrc', `script-shell=${made.path('evil/hook')}\nnode-options=--require=${made.path('evil/node.js')}\n`);
  made.write('package.json', '{"name":"takeover","bin":"./evil/hook"}');
  for (const name of [
    'cargo-boxed.config.js',
    'evil/node.js',
    'node_modules/execa/index.js',
    'node_modules/@lydell/node-pty/index.js',
  ]) {
    made.write(name, `require('node:fs').appendFileSync(${JSON.stringify(mark)}, ${JSON.stringify(name)});\n`);
  }
  return { made, mark };
}

export function wasTakenOver(mark: string): boolean {
  return existsSync(mark);
}

const toolsOfTheHost = [
  ...['bwrap', 'prlimit', 'sh', 'bash', 'cargo', 'rustc', 'rustup', 'git', 'docker', 'dockerd', 'podman', 'node'],
  ...['mmdebstrap', 'apt-get', 'apt-config', 'apt-cache', 'dpkg-deb', 'tar', 'find', 'newuidmap', 'setpriv', 'unshare'],
];

function cargoConfig(evil: string): string {
  return `[alias]
boxed = "run -p evil --"
[build]
rustc = "${'/box/project/evil/rustc'}"
rustc-wrapper = "evil/wrapper"
rustc-workspace-wrapper = "evil/wrapper"
rustdoc = "evil/rustdoc"
[target.'cfg(all())']
runner = "evil/wrapper"
linker = "evil/linker"
[credential-alias]
evil = ["${evil}/hook"]
[registry]
global-credential-providers = ["evil"]
credential-provider = ["${evil}/hook"]
[registries.evil]
index = "sparse+http://127.0.0.1:9/"
credential-provider = ["${evil}/hook"]
[doc]
browser = "${evil}/hook"
[net]
git-fetch-with-cli = true
[env]
LD_PRELOAD = "${evil}/preload.so"
`;
}

function gitConfig(hook: string): string {
  return `[core]
\tfsmonitor = ${hook}
\tsshCommand = ${hook}
\thooksPath = ${hook}
\tpager = ${hook}
\teditor = ${hook}
[filter "evil"]
\tclean = ${hook}
\tsmudge = ${hook}
\tprocess = ${hook}
[diff "evil"]
\ttextconv = ${hook}
[diff]
\texternal = ${hook}
[alias]
\tstatus = !${hook}
[credential]
\thelper = !${hook}
`;
}
