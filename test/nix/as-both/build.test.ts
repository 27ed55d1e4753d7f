import assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { inNix, nixHome } from '../../support/nixpkgs/nix-home.ts';
import { plainProgram, project, temporaryFolder } from '../../support/rig.ts';

// The real Nix, our own expression, and a stand-in for nixpkgs whose closures are real.

const app = plainProgram('in-nix', 'fn main() { println!("hello from the closure"); }\n');

const systemLibraries = {
  'Cargo.toml': `[package]\nname = "system-libraries"\nversion = "0.1.0"\nedition = "2021"\n
[dependencies]\nlibz-sys = "1.1"\nopenssl-sys = "0.9"\n`,
  'src/main.rs': `use std::ffi::{c_char, c_int, CStr};
extern "C" { fn zlibVersion() -> *const c_char; fn OpenSSL_version(kind: c_int) -> *const c_char; }
fn main() {
    let _ = (libz_sys::Z_OK, openssl_sys::OPENSSL_VERSION);
    for text in unsafe { [CStr::from_ptr(zlibVersion()), CStr::from_ptr(OpenSSL_version(0))] } {
        println!("{}", text.to_str().unwrap());
    }
}
`,
};

test('a program is built and run on the closure alone; when all is there no Nix is started', async (context) => {
  const made = project(context, app);
  const first = await made.boxed(['run'], inNix());
  assert.equal(first.status, 0, first.text);
  assert.equal(first.stdout, 'hello from the closure\n');

  const trace = join(temporaryFolder(context), 'trace');
  const options = { ...inNix(), prefix: ['strace', '-f', '-qq', '-e', 'trace=execve', '-o', trace] };
  const warm = await made.boxed(['build'], options);
  assert.equal(warm.status, 0, warm.text);
  const started = readFileSync(trace, 'utf8').match(/execve\("[^"]+"/g) ?? [];
  assert.ok(
    started.some((line) => line.includes('bwrap')),
    started.join('\n'),
  );
  assert.deepEqual(
    started.filter((line) => /\/nix-[a-z]+"|\/nix"/.test(line)),
    [],
  );
});

test('the box has the paths of the closure, and nothing else of a store', async (context) => {
  const made = project(context, app);
  const script = 'cd /nix/store && echo *; ls -A /; touch /nix/store/planted; : > /nix/planted; cat /proc/1/environ';
  const ended = await made.boxed(['exec', '--', 'sh', '-c', script], inNix());
  const [store = '', ...top] = ended.stdout.trimEnd().split('\n');
  const [root] = readdirSync(join(nixHome, 'cache/roots')).filter((name) => name.startsWith('nix-'));
  assert.ok(root !== undefined);
  const names = store.split(' ');
  assert.ok(names.length > 8 && names.some((name) => name.endsWith('-cargo-boxed-environment')), ended.text);
  assert.ok(!names.some((name) => /\.drv$|-source$|-busybox|-seed$/.test(name)), store);
  assert.deepEqual(
    top.filter(
      (name) =>
        !['bin', 'box', 'dev', 'environment', 'etc', 'lib64', 'nix', 'proc', 'tmp', 'usr', 'var'].includes(name),
    ),
    [],
  );
  assert.equal((ended.stderr.match(/Read-only file system/g) ?? []).length, 2, ended.text);
  const link = readlinkSync(join(nixHome, 'cache/roots', root, 'environment'));
  assert.match(link, /\/nix\/store\/[0-9a-z]{32}-cargo-boxed-environment$/);
});

test('crates find the system libraries of layers; without them the message names the layers', async (context) => {
  const made = project(context, { ...systemLibraries, 'cargo-boxed.yaml': 'layers: {infer: off}\n' });
  const without = await made.boxed(['build'], inNix());
  assert.equal(without.status, 101, without.text);
  assert.match(without.stderr, /cargo-boxed layers add openssl/);
  made.write('cargo-boxed.yaml', 'layers: [openssl, zlib]\n');
  const within = await made.boxed(['run'], inNix());
  assert.equal(within.status, 0, within.text);
  assert.match(within.stdout, /^1\.\d+\.\d+\S*\nOpenSSL 3\.\d/);
  const identity = async () => JSON.parse((await made.boxed(['plan', '--json', 'build'], inNix())).stdout);
  const { environment, identity: named } = await identity();
  assert.equal(environment.kind, 'nix');
  assert.deepEqual(environment.layers, ['openssl', 'zlib']);
  made.write('cargo-boxed.yaml', 'layers: [openssl]\n');
  assert.notEqual((await identity()).identity, named);
});

test('what is certain is there before the first build, and what the environment has is not added; the rest is learned', async (context) => {
  // A package of its name is all that is known of it.
  const files = {
    'Cargo.toml': `[package]\nname = "own"\nversion = "0.1.0"\nedition = "2021"\n
[dependencies]\nopenssl-sys = { path = "sys" }\n`,
    'src/main.rs': `use openssl_sys as _;
extern "C" { fn OpenSSL_version(kind: i32) -> *const std::ffi::c_char; }
fn main() { println!("{}", unsafe { std::ffi::CStr::from_ptr(OpenSSL_version(0)) }.to_str().unwrap()); }\n`,
    'build.rs': `fn main() {
  let asked = std::process::Command::new("pkg-config").arg("zlib").status().unwrap();
  if !asked.success() { panic!("Package zlib was not found in the pkg-config search path") }
}\n`,
    'sys/Cargo.toml': '[package]\nname = "openssl-sys"\nversion = "0.9.0"\nedition = "2021"\n',
    'sys/build.rs': 'fn main() { println!("cargo:rustc-link-lib=crypto"); }\n',
    'sys/src/lib.rs': '',
  };
  const made = project(context, files);
  const ended = await made.boxed(['run'], inNix());
  assert.equal(ended.status, 0, ended.text);
  assert.match(ended.stderr, /The layer openssl is added: openssl-sys is known to need it/);
  assert.match(ended.stderr, /The layer zlib is added: own looked for the pkg-config module zlib/);
  assert.match(ended.stdout, /OpenSSL 3\.\d/);
  const held = project(context, { ...files, 'cargo-boxed.yaml': 'nix: {packages: [openssl, zlib]}\n' }, 'held');
  const built = await held.boxed(['check'], inNix());
  assert.equal(built.status, 0, built.text);
  assert.doesNotMatch(built.stderr, /is added|Learning/);
});

test('attributes of nixpkgs are added by name; a closure of hundreds of paths is one mount', async (context) => {
  const made = project(context, app);
  const options = inNix({ CARGO_BOXED_NIX_PACKAGES: 'many-paths' });
  const many = await made.boxed(
    ['exec', '--', 'sh', '-c', 'set -- /nix/store/*; echo $#; echo $(wc -l < /proc/mounts)'],
    options,
  );
  assert.equal(many.status, 0, many.text);
  const [paths = 0, mounts = 0] = many.stdout.split('\n').map(Number);
  assert.ok(paths > 500, many.text);
  assert.ok(mounts < 60, many.text);
});

test('what a box needs is there again when it was taken away, and it is said', async (context) => {
  const made = project(context, app);
  assert.equal((await made.boxed(['build'], inNix())).status, 0);
  const pruned = await made.boxed(['prune', '--all'], inNix());
  assert.equal(pruned.status, 0, pruned.text);
  assert.match(pruned.stdout, /Deleted roots\/nix-/);
  assert.match(pruned.stdout, /Deleted nix/);
  const again = await made.boxed(['build'], inNix());
  assert.equal(again.status, 0, again.text);
  assert.match(again.stderr, /Building the Nix environment/);
});
