import assert from 'node:assert/strict';
import test from 'node:test';
import { inNix } from '../support/nixpkgs/nix-home.ts';
import { plainProgram, project, temporaryFolder } from '../support/rig.ts';
import { makeOverlay } from '../support/rust-overlay/make-overlay.ts';
import { withoutRustup } from '../support/rust-overlay/overlay-home.ts';

const app = plainProgram('by-overlay', 'fn main() {}\n');
const wanting = (text: string) => ({ ...app, 'rust-toolchain.toml': `[toolchain]\n${text}\n` });

test('the lock pins rust-overlay and what it gave; what differs is named, and an update takes the newer one', async (context) => {
  const made = project(context, app);
  const locked = await made.boxed(['lock'], withoutRustup());
  assert.equal(locked.status, 0, locked.text);
  assert.match(locked.stdout, /Rust stable at \d+\.\d+\.\d+, of rust-overlay file:/);
  const text = made.read('cargo-boxed.lock');
  const { nix, toolchain } = JSON.parse(text);
  assert.equal(toolchain, undefined);
  assert.match(nix.rustOverlay.narHash, /^sha256-[A-Za-z0-9+/]{43}=$/);
  const { output, version, ...asked } = nix.toolchain;
  assert.deepEqual(asked, {
    channel: 'stable',
    profile: 'minimal',
    components: ['clippy', 'rustfmt'],
    targets: [],
  });
  assert.ok(output.endsWith(`-rust-minimal-${version}`));
  const built = await made.boxed(['--pinned', 'build'], withoutRustup());
  assert.equal(built.status, 0, built.text);
  assert.match((await made.boxed(['lock'], withoutRustup())).stdout, /as before/);
  assert.equal(made.read('cargo-boxed.lock'), text);

  made.write('rust-toolchain.toml', '[toolchain]\nchannel = "1.90.0"\n');
  const drifted = await made.boxed(['build'], withoutRustup());
  assert.equal(drifted.status, 65, drifted.text);
  assert.match(drifted.stderr, /pins as its toolchain stable \(minimal, clippy, rustfmt\), not 1\.90\.0 \(minimal/);
  made.write('rust-toolchain.toml', '[toolchain]\nchannel = "stable"\n');
  assert.equal((await made.boxed(['lock', '--check'], withoutRustup())).status, 0);

  const moved = { ...nix, rustOverlay: { ...nix.rustOverlay, url: 'https://evil.example/overlay.tar.gz' } };
  made.write('cargo-boxed.lock', JSON.stringify({ version: 1, nix: moved }));
  const elsewhere = await made.boxed(['build'], withoutRustup());
  assert.equal(elsewhere.status, 65, elsewhere.text);
  assert.match(elsewhere.stderr, /pins rust-overlay from https:\/\/evil\.example/);

  const forged = { ...nix.rustOverlay, narHash: `sha256-${'A'.repeat(43)}=` };
  const other = { ...nix, rustOverlay: forged, environment: nix.environment.replace(/^.{4}/, '0000') };
  made.write('cargo-boxed.lock', JSON.stringify({ version: 1, nix: other }));
  const mismatch = await made.boxed(['build'], withoutRustup());
  assert.equal(mismatch.status, 65, mismatch.text);
  assert.match(mismatch.stderr, /rust-overlay\.tar is not what cargo-boxed\.lock pins[\s\S]*--update rust-overlay/);
  made.write('cargo-boxed.lock', text);

  // With a toolchain of the host it is not in the lock, and not in the environment.
  const host = await made.boxed(['lock', '--check'], inNix());
  assert.equal(host.status, 65, host.text);
  assert.match(host.stderr, /pins as its toolchain stable .*, not the machine's own/);

  // Another rust-overlay that gives the same: another sum, the same environment.
  const changed = makeOverlay(temporaryFolder(context, 'overlay'), 'a changed revision');
  const there = withoutRustup({ CARGO_BOXED_NIX_RUST_OVERLAY: changed });
  made.write(
    'cargo-boxed.lock',
    JSON.stringify({ version: 1, nix: { ...nix, rustOverlay: { ...nix.rustOverlay, url: changed } } }),
  );
  const updated = await made.boxed(['lock', '--update', 'rust-overlay'], there);
  assert.equal(updated.status, 0, updated.text);
  assert.match(updated.stdout, /rust-overlay: file:\S+ sha256-\S+ → file:/);
  const after = JSON.parse(made.read('cargo-boxed.lock')).nix;
  assert.notEqual(after.rustOverlay.narHash, nix.rustOverlay.narHash);
  assert.deepEqual(after.nixpkgs, nix.nixpkgs);
  assert.equal(after.environment, nix.environment);
  const wrong = await made.boxed(['lock', '--update', 'toolchain'], there);
  assert.equal(wrong.status, 64, wrong.text);
  assert.match(wrong.stderr, /takes `nixpkgs` or `rust-overlay`/);
});

for (const [what, text, said] of [
  ['version that is newer', 'channel = "9.9.9"', /has no Rust 9\.9\.9[\s\S]*newest[\s\S]*lock --update rust-overlay/],
  ['date without a nightly', 'channel = "nightly-2025-12-31"', /no Rust nightly-2025-12-31[\s\S]*nightly-2026-01-01/],
  ['beta that there is none of', 'channel = "beta"', /has no Rust beta/],
  ['component', 'channel = "stable"\ncomponents = ["clipppy"]', /no component clipppy[\s\S]*Did you mean `clippy`/],
  ['target', 'channel = "stable"\ntargets = ["wasm32-unknown-unknwn"]', /no target[\s\S]*`wasm32-unknown-unknown`/],
  ['profile', 'channel = "stable"\nprofile = "minimall"', /no profile minimall[\s\S]*Did you mean `minimal`/],
  ['component that a nightly alone has', 'channel = "1.90"\ncomponents = ["rustc-dev"]', /no component rustc-dev/],
] as const) {
  test(`a ${what} is named with what there is`, async (context) => {
    const ended = await project(context, wanting(text)).boxed(['build'], withoutRustup());
    assert.equal(ended.status, 78, ended.text);
    assert.match(ended.stderr, said);
    assert.doesNotMatch(ended.stderr, /show-trace|\/expression\//);
  });
}

test('what a project writes is a name or nothing: no word of it is evaluated', async (context) => {
  for (const text of [
    'channel = "my-own"',
    'channel = "stable\\"; x = builtins.readFile /etc/shadow; y = \\""',
    `channel = "stable"\nprofile = "$\{builtins.currentTime}"`,
    'channel = "stable"\ncomponents = ["--option"]',
  ]) {
    const ended = await project(context, wanting(text)).boxed(['build'], withoutRustup());
    assert.equal(ended.status, 78, ended.text);
    assert.match(ended.stderr, /rust-toolchain\.toml/);
    assert.doesNotMatch(ended.stderr, /Building the Nix environment/);
  }
});

test('a project may only ask for another rust-overlay', async (context) => {
  const other = 'https://evil.example/overlay.tar.gz';
  const made = project(context, { ...app, 'cargo-boxed.yaml': `nix: {rust-overlay: "${other}"}\n` });
  const ended = await made.boxed(['build'], withoutRustup({ CARGO_BOXED_NIX_RUST_OVERLAY: undefined }));
  assert.equal(ended.status, 77, ended.text);
  assert.match(ended.stderr, /that `https:\/\/evil\.example\/overlay\.tar\.gz` is evaluated and built on this machine/);
});

test('an archive that is no rust-overlay is said to be none', async (context) => {
  const options = inNix();
  const url = (await project(context, app).boxed(['status', '--json'], options)).stdout;
  const nixpkgs = /file:\/\/[^"]+nixpkgs\.tar/.exec(url)?.[0];
  assert.ok(nixpkgs !== undefined, url);
  const ended = await project(context, app).boxed(['build'], withoutRustup({ CARGO_BOXED_NIX_RUST_OVERLAY: nixpkgs }));
  assert.equal(ended.status, 78, ended.text);
  assert.match(ended.stderr, /`nix\.rust-overlay` is no rust-overlay/);
});

test('a toolchain that rustup lacks is not replaced in silence, and the line that would is said', async (context) => {
  const made = project(context, wanting('channel = "1.80.1"'));
  const ended = await made.boxed(['build'], inNix());
  assert.equal(ended.status, 78, ended.text);
  assert.match(ended.stderr, /1\.80\.1 is not installed[\s\S]*rustup toolchain install[\s\S]*Or set `toolchain: nix`/);
  made.write('cargo-boxed.yaml', 'environment: debian\ntoolchain: nix\n');
  const debian = await made.boxed(['build'], inNix());
  assert.equal(debian.status, 78, debian.text);
  assert.match(debian.stderr, /`toolchain: nix` needs the nix environment, and this is debian/);
  const std = await project(context, app).boxed(['build', '-Z', 'build-std'], withoutRustup());
  assert.equal(std.status, 77, std.text);
  assert.match(std.stderr, /`build-std` does not work with `toolchain: nix`/);
});

test('a shell of the project has the toolchain beside its own', async (context) => {
  const made = project(context, {
    ...app,
    'cargo-boxed.yaml': 'nix: {file: shell.nix}\n',
    'shell.nix': '{ pkgs }: pkgs.mkShell { name = "own"; buildInputs = [ pkgs.zlib ]; }\n',
  });
  assert.equal((await made.boxed(['grant', 'nix.file'], withoutRustup())).status, 0);
  const ended = await made.boxed(
    ['exec', '--', 'sh', '-c', 'command -v rustc; pkg-config --modversion zlib'],
    withoutRustup(),
  );
  assert.match(ended.stdout, /^\/nix\/store\/[0-9a-z]{32}-rust-minimal-\S+\/bin\/rustc\n/, ended.text);
  const built = await made.boxed(['build'], withoutRustup());
  assert.equal(built.status, 0, built.text);
});
