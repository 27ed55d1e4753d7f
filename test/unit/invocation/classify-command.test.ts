import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Aliases, classifyCommand } from '../../../src/invocation/classify-command.ts';

const classOf = (line: string, aliases: Aliases = {}) => {
  const [name = '', ...words] = line.split(' ');
  return classifyCommand(name, words, aliases).class;
};

test('arguments decide where a command alone does not', () => {
  const cases: [string, string][] = [
    ['build', 'offline'],
    ['b --release', 'offline'],
    ['clippy', 'offline'],
    ['clippy --fix --allow-dirty', 'source-writing'],
    ['clippy -- --fix', 'offline'],
    ['fmt', 'source-writing'],
    ['fmt --all -- --config x=y', 'source-writing'],
    ['fmt --check', 'offline'],
    ['fmt --all -- --check', 'offline'],
    ['fmt --version', 'offline'],
    ['fix --edition', 'source-writing'],
    ['update --dry-run', 'lock-writing'],
    ['rm serde', 'lock-writing'],
    ['publish --dry-run', 'credentialed'],
    ['install ripgrep', 'unsupported'],
    ['./tool.rs', 'unsupported'],
    ['tool.rs', 'unsupported'],
    ['a/b', 'unsupported'],
    ['nextest run', 'offline'],
    ['new x', 'creating'],
    ['fetch', 'fetch'],
    ['--list', 'offline'],
  ];
  for (const [line, expected] of cases) assert.equal(classOf(line), expected, line);
});

test('help needs nothing, but help of the program that runs is the program’s', () => {
  for (const line of ['publish --help', 'update -h', 'new --vcs git --help', 'install -h', 'fmt --help']) {
    const [name = '', ...words] = line.split(' ');
    const found = classifyCommand(name, words);
    assert.equal(found.class, 'offline', line);
    assert.equal(found.refusal, null);
    assert.equal(found.tableEntry?.needsManifest, false);
  }
  assert.equal(classifyCommand('run', ['--help']).tableEntry?.needsManifest, false);
  assert.equal(classifyCommand('run', ['--release', '-h']).tableEntry?.needsManifest, false);
  assert.equal(classifyCommand('test', ['filter', '--help']).tableEntry?.needsManifest, false);
  assert.equal(classifyCommand('run', ['x', '--help']).tableEntry?.needsManifest, true);
  assert.equal(classifyCommand('test', ['--', '--help']).tableEntry?.needsManifest, true);
  assert.equal(classifyCommand('update', ['--', '-h']).class, 'lock-writing');
});

test('a refusal comes with its reason', () => {
  assert.match(classifyCommand('publish', []).refusal?.fix ?? '', /cargo-boxed package/);
  assert.match(classifyCommand('install', []).refusal?.why ?? '', /Cargo\.lock/);
  assert.match(classifyCommand('x.rs', []).refusal?.why ?? '', /single-file/);
  assert.equal(classifyCommand('build', []).refusal, null);
});

test('short forms are written out, arguments kept', () => {
  assert.deepEqual(classifyCommand('b', ['-r', '--', 'x']).expanded, ['build', '-r', '--', 'x']);
  assert.deepEqual(classifyCommand('nextest', ['run']).expanded, ['nextest', 'run']);
  assert.equal(classifyCommand('nextest', ['run']).tableEntry, null);
});

test('aliases are followed as cargo follows them', () => {
  const aliases: Aliases = {
    xtask: ['run', '--package', 'xtask', '--'],
    ci: ['cl', '--all-targets'],
    cl: ['clippy', '--fix'],
    lk: ['--locked', '-q', '-Z', 'x', '--config', 'a=1', 'build'],
    up: ['update'],
  };
  const xtask = classifyCommand('xtask', ['dist', '--manifest-path', 'x'], aliases);
  assert.deepEqual(xtask.expanded, ['run', '--package', 'xtask', '--', 'dist', '--manifest-path', 'x']);
  assert.equal(xtask.tableEntry?.name, 'run');
  assert.deepEqual(xtask.followed, ['xtask']);
  const ci = classifyCommand('ci', ['-v'], aliases);
  assert.deepEqual([ci.class, ci.expanded], ['source-writing', ['clippy', '--fix', '--all-targets', '-v']]);
  assert.deepEqual(ci.followed, ['ci', 'cl']);
  const lk = classifyCommand('lk', ['-r'], aliases);
  assert.deepEqual(lk.expanded, ['build', '-r']);
  assert.deepEqual(lk.globalArguments, ['--locked', '-q', '-Z', 'x', '--config', 'a=1']);
  assert.equal(classOf('up', aliases), 'lock-writing');
});

test('an alias replaces a short form and a component, but no command', () => {
  const aliases: Aliases = { build: ['publish'], b: ['tree'], fmt: ['run', '-p', 'formatter'] };
  assert.deepEqual(classifyCommand('build', [], aliases).expanded, ['build']);
  assert.deepEqual(classifyCommand('b', [], aliases).expanded, ['tree']);
  assert.deepEqual(classifyCommand('fmt', [], aliases).expanded, ['run', '-p', 'formatter']);
  assert.equal(classOf('fmt', aliases), 'offline');
});

test('what leads nowhere is left for cargo to complain about, in the box', () => {
  const long: Record<string, string[]> = {};
  for (let index = 0; index < 100; index += 1) long[`a${index}`] = [`a${index + 1}`];
  const cases: [string, Aliases][] = [
    ['one', { one: ['two'], two: ['one'] }],
    ['self', { self: ['self', '--x'] }],
    ['empty', { empty: [] }],
    ['option', { option: ['--version'] }],
    ['globals', { globals: ['--locked', '-Z'] }],
    ['a0', long],
  ];
  for (const [name, aliases] of cases) {
    const found = classifyCommand(name, ['-x'], aliases);
    assert.deepEqual([found.class, found.expanded, found.tableEntry], ['offline', [name, '-x'], null], name);
  }
});

test('an alias that leads to a refused command is refused', () => {
  const found = classifyCommand('rel', [], { rel: ['publish', '--no-verify'] });
  assert.equal(found.class, 'credentialed');
  assert.ok(found.refusal);
});

test('names of the language’s own objects are no aliases', () => {
  for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
    assert.deepEqual(classifyCommand(name, [], {}).expanded, [name]);
  }
});
