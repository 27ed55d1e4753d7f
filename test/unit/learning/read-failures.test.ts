import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cratesThatWant, findMissed } from '../../../src/learning/find-missed.ts';
import { failureOf, readFailures } from '../../../src/learning/read-failures.ts';

const failed = (crate: string, ...said: readonly string[]) =>
  [
    `error: failed to run custom build command for \`${crate} v1.0.0\``,
    '',
    'Caused by:',
    "  process didn't exit successfully: `/box/target/x` (exit status: 101)",
    '  --- stdout',
    '  cargo:rerun-if-changed=build.rs',
    '  --- stderr',
    ...said.map((line) => `  ${line}`),
    '',
  ].join('\n');

test('a package that fails has a reason in one line', () => {
  const text = `${failed('a-sys', 'looking', "thread 'main' panicked at build.rs:3:", 'its version is too old')}${failed('b-sys', 'that was it')}`;
  assert.equal(failureOf(text, 'a-sys'), "thread 'main' panicked at build.rs:3: its version is too old");
  assert.equal(failureOf(text, 'b-sys'), 'that was it');
  assert.equal(failureOf(text, 'c-sys'), '');
});

test('who looked for the same is known, so that what helps one stays although another fails', () => {
  const missing = "No package 'alsa' found";
  const evidence = findMissed(
    readFailures(failed('a-sys', missing) + failed('b-sys', missing) + failed('c-sys', "No package 'x' found")),
    { asked: new Map(), absent: new Map(), sought: new Map() },
    () => [],
  );
  assert.deepEqual(cratesThatWant(evidence, { crate: 'a-sys', wanted: 'the pkg-config module alsa' }), [
    'a-sys',
    'b-sys',
  ]);
});

test('a macro that writes a hundred thousand failures is read to no more than a build has', () => {
  const lines = Array.from(
    { length: 100_000 },
    (_, at) => `${failed(`x${at}`, `install y${at}-dev`, `cannot find -lz${at}`)}`,
  );
  const { crates, missed, hints } = readFailures(lines.join(''));
  assert.ok(crates.length <= 200 && missed.length <= 500 && hints.length <= 500);
  assert.deepEqual(crates.slice(0, 2), ['x0', 'x1']);
  const one = readFailures(failed('x', ...lines.slice(0, 50_000).map((_, at) => `cannot find -la${at}`)));
  assert.ok(one.missed.length > 0 && one.missed.length <= 500);
});
