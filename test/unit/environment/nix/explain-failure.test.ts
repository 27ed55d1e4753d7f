import assert from 'node:assert/strict';
import test from 'node:test';
import { explainNix, missingName } from '../../../../src/environment/nix/explain-failure.ts';

const end = (said: string) => ({ status: 1, signal: null, stdout: '', said, timedOut: false, startError: null });

for (const [said, code, what] of [
  [
    "error: cannot connect to socket at '/nix/var/nix/daemon-socket/socket': Connection refused",
    'environment',
    /daemon is not running/,
  ],
  ['error: writing to file: No space left on device', 'storage', /full/],
  [
    "error: hash mismatch in file downloaded from 'https://a.example/x.tar.gz':\n  specified: a\n  got: b",
    'checksum-mismatch',
    /is not what cargo-boxed\.lock pins/,
  ],
  [
    "error: access to absolute path '/home/u/.ssh/id' is forbidden in restricted mode",
    'refused',
    /wanted to read \/home\/u\/\.ssh\/id/,
  ],
  [
    'error: Package ‘steam-1.0’ in /nix/store/x/default.nix:1 has an unfree license (‘unfree’), refusing to evaluate.',
    'environment',
    /steam-1\.0 has an unfree license/,
  ],
  [
    'error: Package ‘old-1’ in /nix/store/x/default.nix:1 is marked as broken, refusing to evaluate.',
    'environment',
    /old-1 is marked as broken/,
  ],
  [
    "error: unable to download 'https://a.example/x': Couldn't resolve host name",
    'fetch-failed',
    /cannot be downloaded/,
  ],
  ['error: stack overflow (possible infinite recursion)', 'environment', /does not end/],
] as const) {
  test(`explained: ${said.slice(0, 50)}`, () => {
    const problem = explainNix('evaluate', end(said));
    assert.equal(problem.code, code);
    assert.match(problem.what, what);
    assert.ok(problem.fix !== undefined);
  });
}

test('an error of an expression has its place', () => {
  const said =
    "error: undefined variable 'x'\n\n       at /nix/store/abc-source/default.nix:12:7:\n\n(use '--show-trace' to show detailed location information)\n";
  const problem = explainNix('evaluate', end(said));
  assert.deepEqual(problem.where, { file: '/nix/store/abc-source/default.nix', line: 12, column: 7 });
  assert.match(problem.why ?? '', /^error: undefined variable 'x'/);
});

test('a missing attribute is told with the nearest', () => {
  const said = 'error: cargo-boxed: no attribute opensll for nix.packages';
  assert.equal(missingName(said), 'opensll');
  assert.match(explainNix('evaluate', end(said), ['zlib', 'openssl']).fix ?? '', /`openssl`/);
});

test('time is its own end', () => {
  assert.equal(explainNix('evaluate', { ...end(''), timedOut: true }).code, 'time-limit');
});
