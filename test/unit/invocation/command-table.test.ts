import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cargoCommands, findCargoCommand, needsCrates } from '../../../src/invocation/command-table.ts';
import { ownCommandNames } from '../../../src/invocation/invocation.ts';
import { ownCommands } from '../../../src/invocation/own-commands.ts';

/** `cargo --list` of 1.95 and 1.97 with the components clippy, fmt and miri. */
const listed =
  'add bench build check clean clippy config doc fetch fix fmt generate-lockfile git-checkout help info init install ' +
  'locate-project login logout metadata miri new owner package pkgid publish read-manifest remove report run rustc ' +
  'rustdoc search test tree uninstall update vendor verify-project version yank';

test('every command of cargo is in the table, once', () => {
  const names = cargoCommands.map((entry) => entry.name).filter((name) => !name.startsWith('-'));
  assert.deepEqual(names, listed.split(' '));
});

test('the short forms are cargo’s own', () => {
  const short = cargoCommands.flatMap((entry) => entry.aliases.map((alias) => `${alias} ${entry.name}`));
  assert.deepEqual(short.sort(), ['b build', 'c check', 'd doc', 'r run', 'rm remove', 't test']);
  assert.equal(findCargoCommand('b')?.name, 'build');
  assert.equal(findCargoCommand('nextest'), null);
  assert.equal(findCargoCommand('toString'), null);
});

test('the classes are those that were promised', () => {
  const of = (kind: string) => cargoCommands.filter((entry) => entry.class === kind).map((entry) => entry.name);
  assert.deepEqual(of('credentialed'), ['login', 'logout', 'owner', 'publish', 'search', 'yank']);
  assert.deepEqual(of('lock-writing'), ['add', 'generate-lockfile', 'info', 'remove', 'update']);
  assert.deepEqual(of('source-writing'), ['fix', 'fmt']);
  assert.deepEqual(of('creating'), ['init', 'new']);
  assert.deepEqual(of('fetch'), ['fetch']);
  assert.deepEqual(of('unsupported'), ['install', 'uninstall', 'vendor']);
});

test('what is refused says why and what to do', () => {
  for (const entry of cargoCommands) {
    const refused = entry.class === 'credentialed' || entry.class === 'unsupported';
    assert.equal(entry.refusal !== undefined, refused, entry.name);
    if (entry.refusal === undefined) continue;
    assert.ok(entry.refusal.why.length > 20 && entry.refusal.fix.endsWith('.'), entry.name);
  }
});

test('what surely does not read the dependencies is told by the command and its options', () => {
  const needed = (name: string, ...options: readonly string[]) => needsCrates(findCargoCommand(name), options);
  assert.deepEqual(
    ['fmt', 'locate-project', 'read-manifest', 'verify-project'].map((name) => needed(name)),
    [...[false, false, false, false]],
  );
  assert.deepEqual(
    ['build', 'tree', 'fix', 'package', 'nextest'].map((name) => needed(name)),
    [...[true, true, true, true, true]],
  );
  assert.deepEqual([needed('metadata'), needed('metadata', '--no-deps')], [true, false]);
  assert.deepEqual([needed('clean'), needed('clean', '-pfoo'), needed('clean', '--package=foo')], [false, true, true]);
});

test('our own commands are all defined, and none takes the name of one of cargo’s but help and version', () => {
  assert.deepEqual(
    ownCommands.map((command) => command.name),
    [...ownCommandNames],
  );
  const shared = ownCommandNames.filter((name) => findCargoCommand(name) !== null);
  assert.deepEqual(shared, ['help', 'version']);
});
