import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownArguments } from '../../../src/invocation/scan-arguments.ts';

/** Each line with `|` where cargo's own part ends, as cargo's parser has it. */
const lines: readonly string[] = [
  'run | -- --features x',
  'run | foo --features x',
  'r | foo --locked',
  'run --features a/b --bin one | foo --features x',
  'run -p one -qF a/b | - --offline',
  'run --manifest-path a/Cargo.toml -Z build-std | word -Z x',
  'run --color always --config a=1 | word',
  'rustc --lib | word --target x',
  'rustdoc | -- --features x',
  'test filter --features x | -- --features y',
  'bench filter --target x |',
  'build --features x |',
  'build x --features y | -- z',
  'clippy --features x | -- -F clippy::all',
  'miri run --features x | word --features y',
  'miri test filter --features x | -- --features y',
  'nextest run filter --features x | -- y',
];

test('cargo reads its words up to `--`, and in commands that start a program or a compiler up to the first operand', () => {
  for (const line of lines) {
    const [command = '', ...words] = line.split(' ').filter((word) => word !== '|');
    const own = line.split(' |')[0]?.split(' ').slice(1);
    assert.deepEqual(ownArguments(command, words), own, line);
  }
});
