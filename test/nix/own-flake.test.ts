import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { inNix, standIn } from '../support/nixpkgs/nix-home.ts';
import { type Project, plainProgram, project, temporaryFolder } from '../support/rig.ts';

// A flake without the feature of Nix that is an experiment: its inputs are what flake.lock names by sum.

const app = plainProgram('own-flake', 'fn main() { println!("{}", env!("FROM_FLAKE")); }\n');
const flake = `{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
  inputs.words = { url = "github:somebody/words"; inputs.nixpkgs.follows = "nixpkgs"; };
  outputs = { self, nixpkgs, words }:
    let pkgs = import nixpkgs { system = "x86_64-linux"; };
    in {
      devShells.x86_64-linux.default = pkgs.mkShell { FROM_FLAKE = words.lib.word; buildInputs = [ pkgs.zlib ]; };
      devShells.x86_64-linux.other = pkgs.mkShell { FROM_FLAKE = "of the other"; };
    };
}
`;

/** A server of one archive, as a forge has them; counts what is asked of it. */
async function served(context: TestContext, files: Readonly<Record<string, string>>) {
  const folder = temporaryFolder(context, 'input');
  mkdirSync(join(folder, 'words-main'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'words-main', name), text);
  const archive = join(folder, 'words.tar.gz');
  execFileSync('tar', ['-czf', archive, '-C', folder, 'words-main']);
  const seed = ['--unpack', '--name', 'source', `file://${archive}`];
  const narHash = execFileSync('nix-prefetch-url', ['--store', join(folder, 'store'), ...seed], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
  execFileSync('chmod', ['-R', 'u+w', join(folder, 'store')]);
  const asked: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    asked.push(url);
    response.end(readFileSync(archive));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/words.tar.gz`, narHash, asked };
}

function lockText(nixpkgs: { narHash: string }, words: { url: string; narHash: string }): string {
  return JSON.stringify({
    version: 7,
    root: 'root',
    nodes: {
      root: { inputs: { nixpkgs: 'nixpkgs', words: 'words' } },
      nixpkgs: { locked: { type: 'tarball', url: standIn(), narHash: nixpkgs.narHash } },
      words: { inputs: { nixpkgs: ['nixpkgs'] }, locked: { type: 'tarball', ...words } },
    },
  });
}

async function pinned(context: TestContext): Promise<{ readonly narHash: string }> {
  const made = project(context, app);
  const locked = await made.boxed(['lock'], inNix());
  assert.equal(locked.status, 0, locked.text);
  return JSON.parse(made.read('cargo-boxed.lock')).nix.nixpkgs;
}

async function grant(made: Project): Promise<void> {
  const given = await made.boxed(['grant', '--all'], inNix());
  assert.equal(given.status, 0, given.text);
}

test('the shell of a flake is built with the inputs of its lock, which are fetched by sum', async (context) => {
  const words = await served(context, {
    'flake.nix':
      '{ outputs = { self, nixpkgs }: { lib.word = "from another flake, with " + (import nixpkgs { }).zlib.pname; }; }',
  });
  const lock = lockText(await pinned(context), words);
  const made = project(context, {
    ...app,
    'cargo-boxed.yaml': 'nix: {flake: .}\n',
    'flake.nix': flake,
    'flake.lock': lock,
  });
  const asked = await made.boxed(['build'], inNix());
  assert.equal(asked.status, 77, asked.text);
  assert.match(
    asked.stderr,
    /that `flake\.nix` with `flake\.lock`, as it is now[\s\S]*http:\/\/127\.0\.0\.1:\d+\/words\.tar\.gz/,
  );
  assert.deepEqual(words.asked, []);
  await grant(made);
  const ran = await made.boxed(['run'], inNix());
  assert.equal(ran.stdout, 'from another flake, with zlib\n', ran.text);
  assert.equal(words.asked.length, 1);
  const locked = await made.boxed(['lock'], inNix());
  assert.equal(locked.status, 0, locked.text);
  const { own } = JSON.parse(made.read('cargo-boxed.lock')).nix;
  assert.equal(own.fetches.length, 2);
  assert.equal(own.shell, 'default');
  assert.equal(words.asked.length, 1);

  made.write('cargo-boxed.yaml', 'nix: {flake: ., shell: other}\n');
  const drifted = await made.boxed(['lock', '--check'], inNix());
  assert.equal(drifted.status, 77, drifted.text);
  await grant(made);
  assert.equal((await made.boxed(['lock', '--check'], inNix())).status, 65);
  assert.equal((await made.boxed(['lock'], inNix())).status, 0);
  assert.equal((await made.boxed(['run'], inNix())).stdout, 'of the other\n');

  made.write('cargo-boxed.yaml', 'nix: {flake: ., shell: defualt}\n');
  await grant(made);
  const missing = await made.boxed(['lock'], inNix());
  assert.equal(missing.status, 78, missing.text);
  assert.match(
    missing.stderr,
    /there is no shell `defualt`[\s\S]*it has default, other[\s\S]*Did you mean `default`\?/,
  );
});

test('an input with another content than its lock says is refused, and one of another kind is named', async (context) => {
  const words = await served(context, { 'flake.nix': '{ outputs = _: { lib.word = "x"; }; }' });
  const nixpkgs = await pinned(context);
  const other = { ...words, narHash: `sha256-${'A'.repeat(43)}=` };
  const made = project(context, {
    ...app,
    'cargo-boxed.yaml': 'nix: {flake: .}\n',
    'flake.nix': flake,
    'flake.lock': lockText(nixpkgs, other),
  });
  await grant(made);
  const wrong = await made.boxed(['build'], inNix());
  assert.equal(wrong.status, 65, wrong.text);
  assert.match(wrong.stderr, /127\.0\.0\.1:\d+\/words\.tar\.gz is not what the project says/);
  const byGit = JSON.parse(lockText(nixpkgs, words));
  byGit.nodes.words.locked.type = 'git';
  made.write('flake.lock', JSON.stringify(byGit));
  await grant(made);
  const git = await made.boxed(['build'], inNix());
  assert.equal(git.status, 78, git.text);
  assert.match(git.stderr, /the input `words` of flake\.lock cannot be fetched[\s\S]*`github` and `tarball`/);
  made.write('flake.lock', '{"version": 4}');
  assert.match((await made.boxed(['build'], inNix())).stderr, /is no lock of version 7/);
});

test('a flake reads no file of the host', async (context) => {
  const nixpkgs = await pinned(context);
  const words = { url: standIn(), narHash: nixpkgs.narHash };
  const made = project(context, {
    ...app,
    'cargo-boxed.yaml': 'nix: {flake: .}\n',
    'flake.nix': flake.replace('words.lib.word', 'builtins.readFile "/etc/passwd"'),
    'flake.lock': lockText(nixpkgs, words),
  });
  await grant(made);
  const ended = await made.boxed(['build'], inNix());
  assert.equal(ended.status, 77, ended.text);
  assert.match(ended.stderr, /flake\.nix: it wants \/etc\/passwd/);
  assert.doesNotMatch(ended.text, /root:x/);
});
