import assert from 'node:assert/strict';
import { failure } from '../../../src/base/result.ts';
import { explainNix, missingName } from '../../../src/environment/nix/explain-failure.ts';
import { explainOwn, missingOwnName } from '../../../src/environment/nix/explain-own.ts';
import { explainToolchain, missingOfToolchain } from '../../../src/environment/nix/explain-toolchain.ts';
import { fixedOutput } from '../../../src/environment/nix/judge-fetches.ts';
import { readVariables } from '../../../src/environment/nix/read-variables.ts';
import { revisionOf } from '../../../src/environment/nix/resolve-source.ts';
import { fetchesOfJson, fetchesOfText, inputsOfFlakeLock } from '../../../src/facts/nix-sources.ts';
import { readOwnNix } from '../../../src/facts/own-nix.ts';
import { narHashOf } from '../../../src/lock/nar-hash.ts';
import { type Parser, text } from '../parser.ts';
import { place, scratch } from './project.ts';

const said = text(
  "building '/nix/store/00000000000000000000000000000000-a.drv'...",
  "error: builder for '/nix/store/00000000000000000000000000000000-a.drv' failed with exit code 1;",
  '       last 1 log lines:',
  '       > no',
  "error: access to absolute path '/etc/shadow' is forbidden in restricted mode",
  'error: cargo-boxed: no attribute zlibb for nix.packages',
  '       at /nix/store/00000000000000000000000000000000-source/default.nix:12:7:',
);

const ofOverlay = text(
  'error: Component resolution failed for rust-minimal-1.95.0',
  '       Unknown component `clipppy`, typo or not support by this version?',
  'error: Nightly 2030-01-01 is not available',
);
const refs = text('001e# service=git-upload-pack', `003f${'a'.repeat(40)} refs/heads/master`, '0000');

export const nixParsers: readonly Parser[] = [
  {
    name: 'nix-output',
    modules: [
      'environment/nix/explain-failure.ts',
      'environment/nix/run-nix.ts',
      'environment/nix/build-environment.ts',
      'environment/nix/explain-own.ts',
      'environment/nix/explain-toolchain.ts',
      'environment/nix/resolve-source.ts',
      'environment/nix/judge-fetches.ts',
    ],
    seeds: () => [said, ofOverlay, refs],
    words: ["'", '/nix/store/', '.drv', ' failed', 'error: ', 'cargo-boxed: no attribute ', ' for ', ':1:2'],
    mostBytes: 64 * 1024,
    feed: (bytes) => {
      const words = bytes.toString('utf8');
      const end = { status: 1, signal: null, stdout: '', said: words, timedOut: false, startError: null };
      narHashOf(words.trim());
      const name = missingName(words) ?? missingOwnName(words);
      fixedOutput(words);
      revisionOf(words);
      const missing = missingOfToolchain(words);
      if (missing !== null)
        assert.ok(explainToolchain(missing, { channel: 'nightly-2026-01-01' }, { nightly: [words, 'latest'] }).what);
      assert.ok(explainOwn(end, { folder: '/project', path: 'shell.nix' }, ['zlib']).what);
      return failure(explainNix('build', end, name === null ? [] : [name, 'zlib']));
    },
  },
  {
    name: 'own-nix',
    modules: ['facts/nix-sources.ts', 'facts/own-nix.ts', 'lock/nar-hash.ts'],
    seeds: () => [
      text(
        'import ./a.nix ../b/c.nix (fetchTarball {',
        '  url = "https://a.example/b.tar.gz"; name = "b";',
        `  sha256 = "sha256-${'A'.repeat(43)}=";`,
        '})',
      ),
      text(
        '{"version":7,"root":"root","nodes":{"root":{"inputs":{"n":"n"}},"n":{"locked":{"type":"github","owner":"o",',
        `"repo":"r","rev":"${'f'.repeat(40)}","narHash":"sha256-${'A'.repeat(43)}="}}}}`,
      ),
    ],
    words: [
      './',
      '../',
      'fetchTarball {',
      'url = "',
      '__proto__',
      '"nodes":',
      '"pins":',
      '..',
      '${',
      'file:///etc/passwd',
    ],
    mostBytes: 64 * 1024,
    feed: (bytes) => {
      const words = bytes.toString('utf8');
      const fetches = [...fetchesOfText(words), ...fetchesOfJson(words), ...(inputsOfFlakeLock(words) ?? [])];
      for (const { name, url } of fetches) {
        assert.match(name, /^[A-Za-z0-9_][A-Za-z0-9+._?=-]*$/);
        assert.match(url, /^(https?|file):\/\/[!-~]+$/);
      }
      place('own-nix/flake.lock', bytes);
      place('own-nix/flake.nix', bytes);
      const wish = { mountRoot: scratch, workspace: 'own-nix', shell: null } as const;
      const found = readOwnNix({ ...wish, kind: 'flake', path: '.' });
      for (const { path } of found.ok ? found.value.files : []) assert.doesNotMatch(path, /^\.\.(\/|$)|^\//);
      return found;
    },
  },
  {
    name: 'nix-variables',
    modules: ['environment/nix/read-variables.ts'],
    seeds: () => [Buffer.from('PATH=/nix/store/a\0CC=gcc\0HOME=/x\0')],
    words: ['\0', '=', 'PATH', '__proto__', 'BASH_FUNC_a%%=() {'],
    mostBytes: 1024 * 1024,
    feed: (bytes) => {
      for (const [name, value] of Object.entries(readVariables(bytes.toString('utf8')))) {
        assert.match(name, /^[A-Za-z_][A-Za-z0-9_]*$/);
        assert.doesNotMatch(value, /[^ -~\n\t]/);
      }
      return undefined;
    },
  },
];
