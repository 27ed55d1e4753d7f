import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { readOwnNix } from '../../../src/facts/own-nix.ts';

const sum = `sha256-${'A'.repeat(43)}=`;

function read(context: TestContext, files: Readonly<Record<string, string>>, kind: 'file' | 'flake' = 'file') {
  const mountRoot = mkdtempSync(join(tmpdir(), 'cargo-boxed-own-nix-'));
  context.after(() => rmSync(mountRoot, { recursive: true }));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(mountRoot, dirname(file)), { recursive: true });
    if (text.startsWith('-> ')) symlinkSync(text.slice(3), join(mountRoot, file));
    else writeFileSync(join(mountRoot, file), text);
  }
  const path = kind === 'flake' ? '.' : 'shell.nix';
  return readOwnNix({ mountRoot, workspace: 'app', kind, path, shell: null });
}

test('what a file names by a path in words comes with it, and nothing else', (context) => {
  const found = read(context, {
    'app/shell.nix': 'import ../nix { a = ./a.toml; b = ./missing.nix; c = ./.env; d = "x/./y.nix"; e = ./binary; }',
    'app/a.toml': 'a = 1',
    'app/.env': 'TOKEN=1',
    'app/other.nix': '{ }',
    'nix/default.nix': 'import ./more.nix',
    'nix/more.nix': '{ }',
  });
  assert.ok(found.ok, JSON.stringify(found));
  assert.equal(found.value.path, 'app/shell.nix');
  assert.deepEqual(
    found.value.files.map(({ path }) => path),
    ['app/a.toml', 'app/shell.nix', 'nix/default.nix', 'nix/more.nix'],
  );
});

test('every byte of these files is in the sum, and so is what is named of them', (context) => {
  const files = { 'app/shell.nix': 'import ./a.nix', 'app/a.nix': '1' };
  const sums = [files, { ...files, 'app/a.nix': '2' }, { ...files, 'app/b.nix': '1' }].map((texts) => {
    const found = read(context, texts);
    assert.ok(found.ok);
    return found.value.sha256;
  });
  assert.notEqual(sums[0], sums[1]);
  assert.equal(sums[0], sums[2]);
});

test('a link out of the project is refused, one within it is followed', (context) => {
  const out = read(context, { 'app/shell.nix': 'import ./a.nix', 'app/a.nix': '-> /etc/passwd' });
  assert.ok(!out.ok && out.problems[0]?.code === 'refused', JSON.stringify(out));
  const folder = read(context, { 'app/shell.nix': 'import ./nix/a.nix', 'app/nix': '-> /etc' });
  assert.ok(folder.ok && folder.value.files.length === 1);
  const passwd = read(context, { 'app/shell.nix': 'readFile ./nix/passwd', 'app/nix': '-> /etc' });
  assert.ok(!passwd.ok && passwd.problems[0]?.code === 'refused');
  const within = read(context, { 'app/shell.nix': '-> ../real.nix', 'real.nix': '{ }' });
  assert.ok(within.ok, JSON.stringify(within));
});

test('what is fetched by sum is found in words, in sources of npins and niv, and in a lock', (context) => {
  const fetch = (url: string, more = '') => `(fetchTarball { url = "${url}"; sha256 = "${sum}"; ${more} })`;
  const found = read(context, {
    'app/shell.nix': `${fetch('https://a.example/1.tar.gz')} ${fetch('https://a.example/2.tar.gz', 'name = "two";')}
      (fetchTarball { url = "https://a.example/" + rev; sha256 = "${sum}"; }) (fetchTarball { url = "https://a.example/3.tar.gz"; }) ./s.json ./n.json ./flake.lock`,
    'app/s.json': JSON.stringify({
      pins: { p: { url: 'https://a.example/4.tar.gz', hash: '0'.repeat(52) } },
      version: 5,
    }),
    'app/n.json': JSON.stringify({
      nixpkgs: { url: 'https://a.example/5.tar.gz', sha256: '0'.repeat(64), type: 'tarball' },
    }),
    'app/flake.lock': JSON.stringify({
      version: 7,
      nodes: { n: { locked: { type: 'github', owner: 'o', repo: 'r', rev: 'f'.repeat(40), narHash: sum } } },
    }),
  });
  assert.ok(found.ok, JSON.stringify(found));
  const named = found.value.fetches.map(({ name, url }) => `${name} ${url.replace(/^.*\//, '')}`).sort();
  assert.deepEqual(
    named,
    [
      'nixpkgs-src 5.tar.gz',
      'source 1.tar.gz',
      'source 4.tar.gz',
      `source ${'f'.repeat(40)}.tar.gz`,
      'two 2.tar.gz',
    ].sort(),
  );
});

test('a flake without a lock is named, and so is a file that is not there', (context) => {
  const flake = read(context, { 'app/flake.nix': '{ }' }, 'flake');
  assert.ok(!flake.ok && /there is no \S+flake\.lock/.test(flake.problems[0]?.what ?? ''), JSON.stringify(flake));
  const missing = read(context, { 'app/other.nix': '{ }' });
  assert.ok(!missing.ok && /there is no \S+shell\.nix/.test(missing.problems[0]?.what ?? ''));
  const many = read(context, { 'app/shell.nix': Array.from({ length: 2000 }, (_, at) => `./a${at}.nix`).join(' ') });
  assert.ok(!many.ok && /too many other files/.test(many.problems[0]?.what ?? ''));
});
