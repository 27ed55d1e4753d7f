import assert from 'node:assert/strict';
import { failure } from '../../../src/base/result.ts';
import { explainNix, missingName } from '../../../src/environment/nix/explain-failure.ts';
import { narHashOf } from '../../../src/environment/nix/nar-hash.ts';
import { readVariables } from '../../../src/environment/nix/read-variables.ts';
import { type Parser, text } from '../parser.ts';

const said = text(
  "building '/nix/store/00000000000000000000000000000000-a.drv'...",
  "error: builder for '/nix/store/00000000000000000000000000000000-a.drv' failed with exit code 1;",
  '       last 1 log lines:',
  '       > no',
  "error: access to absolute path '/etc/shadow' is forbidden in restricted mode",
  'error: cargo-boxed: no attribute zlibb for nix.packages',
  '       at /nix/store/00000000000000000000000000000000-source/default.nix:12:7:',
);

export const nixParsers: readonly Parser[] = [
  {
    name: 'nix-output',
    modules: [
      'environment/nix/explain-failure.ts',
      'environment/nix/run-nix.ts',
      'environment/nix/build-environment.ts',
    ],
    seeds: () => [said],
    words: ["'", '/nix/store/', '.drv', ' failed', 'error: ', 'cargo-boxed: no attribute ', ' for ', ':1:2'],
    mostBytes: 64 * 1024,
    feed: (bytes) => {
      const words = bytes.toString('utf8');
      const end = { status: 1, signal: null, stdout: '', said: words, timedOut: false, startError: null };
      narHashOf(words.trim());
      const name = missingName(words);
      return failure(explainNix('build', end, name === null ? [] : [name, 'zlib']));
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
