import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { inNix, standIn, writeConfiguration } from '../../support/nixpkgs/nix-home.ts';
import { withNixFolder } from '../../support/nixpkgs/own-nix-folder.ts';
import { type Project, plainProgram, project } from '../../support/rig.ts';

// The other kinds of stores than that of our own: a /nix that the caller writes, and a daemon.

const safe = 'sandbox = true\nsandbox-fallback = false\n';
const app = plainProgram('elsewhere', 'fn main() { println!("built elsewhere"); }\n');

function machine(context: TestContext): { readonly made: Project; readonly folder: string; readonly home: string } {
  const folder = mkdtempSync(join(tmpdir(), 'cargo-boxed-machine-'));
  // Folders of crates and of a store are closed to who cleans up.
  context.after(() => {
    execFileSync('chmod', ['-R', 'u+rwx', folder]);
    rmSync(folder, { recursive: true });
  });
  const home = join(folder, 'home');
  writeConfiguration(home, standIn());
  const made = project(context, app);
  return { made, folder, home };
}

test('a /nix that the caller may write is used as it is', async (context) => {
  const { made, folder, home } = machine(context);
  const prefix = withNixFolder(folder, { access: 'read-write', settings: '' });
  const ended = await made.boxed(['run'], { ...inNix({}, home), prefix });
  assert.equal(ended.status, 0, ended.text);
  assert.equal(ended.stdout, 'built elsewhere\n');
  assert.ok(existsSync(join(folder, 'nix/var/nix/db')));
  assert.ok(!existsSync(join(home, 'cache/nix/store')));
  const doctor = await made.boxed(['doctor'], { ...inNix({}, home), prefix });
  assert.match(doctor.stdout, /nix environment .* built in \/nix$/m);
});

test('a daemon builds what is asked, if it builds in a sandbox; one that is down is named', async (context) => {
  const { made, folder, home } = machine(context);
  const asClient = (settings: string) => ({
    ...inNix({}, home),
    prefix: withNixFolder(folder, { access: 'read-only', settings }),
  });
  const [program = '', ...words] = withNixFolder(folder, { access: 'read-write', settings: safe });
  const daemon = spawn(program, [...words, 'nix-daemon'], {
    stdio: 'ignore',
    env: { PATH: process.env.PATH ?? '', NIX_CONFIG: 'build-users-group =\nsubstituters =' },
  });
  try {
    for (let tries = 0; tries < 100 && !existsSync(join(folder, 'nix/var/nix/daemon-socket/socket')); tries += 1)
      await delay(100);
    const open = await made.boxed(['run'], asClient('sandbox = relaxed\n'));
    assert.equal(open.status, 77, open.text);
    assert.match(open.stderr, /may build without a sandbox[\s\S]*sandbox = relaxed[\s\S]*Write `sandbox = true`/);
    const built = await made.boxed(['run'], asClient(safe));
    assert.equal(built.status, 0, built.text);
    assert.equal(built.stdout, 'built elsewhere\n');
    const doctor = await made.boxed(['doctor'], asClient(safe));
    assert.match(doctor.stdout, /nix environment .* built by its daemon$/m);
  } finally {
    const gone = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill('SIGKILL');
    await gone;
  }
  const down = await made.boxed(['build'], asClient(safe));
  assert.equal(down.status, 0, 'what is prepared needs no daemon');
  made.write('cargo-boxed.yaml', 'layers: [zlib]\n');
  const more = await made.boxed(['build'], asClient(safe));
  assert.equal(more.status, 78, more.text);
  assert.match(more.stderr, /Nix's daemon is not running/);
});

test('a /nix that is read-only and has no daemon is left alone: the store is our own', async (context) => {
  const { made, folder, home } = machine(context);
  const prefix = withNixFolder(folder, { access: 'read-only', settings: '' });
  const ended = await made.boxed(['run'], { ...inNix({}, home), prefix });
  assert.equal(ended.status, 0, ended.text);
  assert.equal(ended.stdout, 'built elsewhere\n');
  assert.ok(existsSync(join(home, 'cache/nix/store/nix/store')));
});

test('a store on a disk that is full is named, and nothing of it is taken for an environment', async (context) => {
  const { made, home } = machine(context);
  const store = join(home, 'cache/nix');
  mkdirSync(store, { recursive: true });
  const prefix = ['bwrap', '--dev-bind', '/', '/', '--size', '100000000', '--tmpfs', store, '--'];
  const ended = await made.boxed(['build'], { ...inNix({}, home), prefix });
  assert.equal(ended.status, 74, ended.text);
  assert.match(ended.stderr, /disk .*full/);
  const after = await made.boxed(['build'], inNix({}, home));
  assert.equal(after.status, 0, after.text);
});
