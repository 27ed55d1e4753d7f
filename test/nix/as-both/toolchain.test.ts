import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { project, temporaryFolder, withItoa } from '../../support/rig.ts';
import { withoutRustup } from '../../support/rust-overlay/overlay-home.ts';

// The real Nix on a machine without rustup: the toolchain is of the Nix environment, by a stand-in for rust-overlay that
// is made of this machine's own. Not a file of that one is seen: its folder is another one.

/** A dependency of the registry, a build script that starts the compiler, and a procedural macro. */
const app = {
  'Cargo.toml': `[workspace]\nmembers = ["macros"]\n
[package]\nname = "plain"\nversion = "0.1.0"\nedition = "2021"\n
[dependencies]\nitoa = "=1.0.15"\nmacros = { path = "macros" }\n`,
  'build.rs': `fn main() {
  let rustc = std::process::Command::new(std::env::var("RUSTC").unwrap()).arg("--print=sysroot").output().unwrap();
  println!("cargo::rustc-env=SYSROOT={}", String::from_utf8(rustc.stdout).unwrap().trim());
}\n`,
  'src/main.rs':
    'fn main() {\n    println!("{} {} {}", itoa::Buffer::new().format(42), macros::answer!(), env!("SYSROOT"));\n}\n',
  'macros/Cargo.toml': '[package]\nname = "macros"\nversion = "0.1.0"\nedition = "2021"\n[lib]\nproc-macro = true\n',
  'macros/src/lib.rs': `use proc_macro::TokenStream;

#[proc_macro]
pub fn answer(_: TokenStream) -> TokenStream {
    "\\"made at build time\\"".parse().unwrap()
}
`,
};

test('without rustup a Nix environment brings its own toolchain, which fetches, builds, runs, lints and formats', async (context) => {
  const made = project(context, app);
  const ran = await made.boxed(['run'], withoutRustup());
  assert.equal(ran.status, 0, ran.text);
  assert.match(ran.stdout, /^42 made at build time \/nix\/store\/[0-9a-z]{32}-rust-minimal-\d+\.\d+\.\d+\n$/);
  assert.match(
    made.read('Cargo.lock'),
    new RegExp(`checksum = "${/checksum = "(\w+)"/.exec(withItoa['Cargo.lock'])?.[1]}"`),
  );
  for (const words of [
    ['clippy', '--', '--deny', 'warnings'],
    ['fmt', '--all'],
    ['fmt', '--all', '--check'],
    ['test'],
  ]) {
    const ended = await made.boxed(words, withoutRustup());
    assert.equal(ended.status, 0, `${words.join(' ')}: ${ended.text}`);
  }

  const trace = join(temporaryFolder(context), 'trace');
  const prefix = ['strace', '-f', '-qq', '-e', 'trace=execve', '-o', trace];
  const warm = await made.boxed(['build'], { ...withoutRustup(), prefix });
  assert.equal(warm.status, 0, warm.text);
  const started = readFileSync(trace, 'utf8').match(/execve\("[^"]+"/g) ?? [];
  assert.deepEqual(
    started.filter((line) => /\/nix-[a-z]+"|\/nix"/.test(line)),
    [],
  );
});

test('plan, status and doctor say which toolchain that is', async (context) => {
  const made = project(context, app);
  const plan = JSON.parse((await made.boxed(['plan', '--json', 'build'], withoutRustup())).stdout);
  assert.equal(plan.toolchain.kind, 'nix');
  assert.equal(plan.toolchain.name, 'stable');
  assert.equal(plan.box.argv[0], `/nix/store/${plan.toolchain.output}/bin/cargo`);
  assert.ok(plan.box.variables.PATH.startsWith(`/box/bin:/nix/store/${plan.toolchain.output}/bin:`));
  assert.ok(!JSON.stringify(plan.box.mounts).includes('/box/toolchain'));
  const status = await made.boxed(['status'], withoutRustup());
  assert.match(status.stdout, /^toolchain +stable \d+\.\d+\.\d+, from the default, by rust-overlay$/m, status.text);
  const doctor = await made.boxed(['doctor'], withoutRustup());
  assert.match(doctor.stdout, /toolchain .*`environment: nix` brings its own/, doctor.text);
});

test('a project may name its toolchain; another one has a target of its own', async (context) => {
  const made = project(context, app);
  const identity = async () => JSON.parse((await made.boxed(['plan', '--json', 'build'], withoutRustup())).stdout);
  const standard = await identity();
  made.write('rust-toolchain.toml', '[toolchain]\nchannel = "1.90.0"\nprofile = "minimal"\n');
  const named = await identity();
  assert.match(named.toolchain.output, /-rust-minimal-1\.90\.0$/);
  assert.notEqual(named.identity, standard.identity);
  const missing = await made.boxed(['clippy'], withoutRustup());
  assert.equal(missing.status, 101, missing.text);
  assert.match(missing.stderr, /no such command: `clippy`/);
});
