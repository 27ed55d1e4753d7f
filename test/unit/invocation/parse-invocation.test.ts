import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CargoCommand, Invocation } from '../../../src/invocation/invocation.ts';
import { parseInvocation } from '../../../src/invocation/parse-invocation.ts';

async function parsed(...argv: string[]): Promise<Invocation> {
  const result = await parseInvocation(argv);
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

async function problem(...argv: string[]) {
  const result = await parseInvocation(argv);
  assert.ok(!result.ok, JSON.stringify(result));
  const [first] = result.problems;
  assert.ok(first);
  assert.equal(first.code, 'usage');
  assert.ok(first.fix, `${first.what} has no fix`);
  return first;
}

const cargo = (name: string, words: string[] = [], globalArguments: string[] = []): CargoCommand => ({
  kind: 'cargo',
  name,
  arguments: words,
  globalArguments,
});
const noFlags = { limits: [] };

test('a cargo command needs nothing else', async () => {
  assert.deepEqual(await parsed('build'), { toolchain: null, flags: noFlags, command: cargo('build') });
  assert.deepEqual((await parsed('b')).command, cargo('b'));
  assert.deepEqual((await parsed('nextest', 'run')).command, cargo('nextest', ['run']));
});

test('cargo gives its subcommand the word boxed first', async () => {
  assert.deepEqual((await parsed('boxed', 'build', '-r')).command, cargo('build', ['-r']));
  assert.deepEqual((await parsed('boxed', '--engine', 'bwrap', 'build')).flags, { engine: 'bwrap', limits: [] });
  assert.equal((await parsed('boxed')).command.name, 'help');
  assert.equal((await parsed('boxed', '--help')).command.name, 'help');
});

test('all after the command reaches cargo unchanged', async () => {
  const words = [
    '--engine',
    'x',
    '-h',
    '--help',
    '-V',
    '--json',
    '-C',
    '',
    '--',
    '--',
    '+x',
    'boxed',
    '-q',
    '\u001b[2J',
  ];
  assert.deepEqual((await parsed('run', ...words)).command, cargo('run', words));
  assert.deepEqual((await parsed('--json', 'run', ...words)).command, cargo('run', words));
  assert.deepEqual((await parsed('cargo', 'run', ...words)).command, cargo('run', words));
  assert.deepEqual(
    (await parsed('--locked', 'boxed-tool', ...words)).command,
    cargo('boxed-tool', words, ['--locked']),
  );
});

test('the fast path and the option parser read the same', async () => {
  for (const line of [['build'], ['run', '--', '-x'], ['test', '--help'], ['xtask', '--json', '-C', '..']]) {
    const slow = await parsed('--json', ...line);
    const { json: _json, ...flags } = slow.flags;
    assert.deepEqual(await parsed(...line), { ...slow, flags });
  }
});

test('box options have long, short and glued forms', async () => {
  const invocation = await parsed(
    ...['--engine=docker', '--environment', 'image', '--image', 'localhost:5000/a@sha256:1', '--config', 'x.yaml'],
    ...['-Cdir', '--pinned', '--no-export', '--json', '-v', '--color=never', '--limit', 'memory=4GiB'],
    ...['--limit=cpus=2', 'build', '--color=always'],
  );
  assert.deepEqual(invocation.flags, {
    engine: 'docker',
    environment: 'image',
    image: 'localhost:5000/a@sha256:1',
    config: 'x.yaml',
    directory: 'dir',
    pinned: true,
    noExport: true,
    json: true,
    verbose: true,
    color: 'never',
    limits: ['memory=4GiB', 'cpus=2'],
  });
  assert.deepEqual(invocation.command, cargo('build', ['--color=always']));
  assert.deepEqual((await parsed('-qC', 'x y', 'build')).flags, { quiet: true, directory: 'x y', limits: [] });
});

test('a toolchain comes first and is a name', async () => {
  assert.equal((await parsed('+nightly', 'build')).toolchain, 'nightly');
  assert.equal((await parsed('boxed', '+1.95.0', '--json', 'build')).toolchain, '1.95.0');
  assert.equal((await parsed('+nightly-2026-05-15-x86_64-unknown-linux-gnu', 'b')).toolchain?.length, 43);
  assert.equal((await parsed('cargo', '+stage1', 'build')).toolchain, 'stage1');
  assert.deepEqual((await parsed('build', '+nightly')).command, cargo('build', ['+nightly']));
  for (const word of ['+', '+../x', '+/opt/rust', '+-x', '+.x', '+a b', '+a\u001b', `+${'x'.repeat(200)}`]) {
    const { what } = await problem(word, 'build');
    assert.match(what, /names no toolchain/);
    assert.ok(!what.includes('\u001b'));
  }
  assert.match((await problem('--json', '+nightly', 'build')).what, /too late/);
  assert.match((await problem('+stable', 'cargo', '+nightly', 'build')).what, /Two toolchains/);
});

test('help and version before the command are ours', async () => {
  for (const line of [[], ['-h'], ['--help'], ['--json', '--help', 'build'], ['help']]) {
    assert.equal((await parsed(...line)).command.kind, 'own', line.join(' '));
    assert.equal((await parsed(...line)).command.name, 'help', line.join(' '));
  }
  assert.equal((await parsed('-V')).command.name, 'version');
  assert.equal((await parsed('--engine', 'docker', '--version')).command.name, 'version');
  assert.deepEqual((await parsed('help', 'build')).command.arguments, ['build']);
});

test('options of cargo may stand before the command', async () => {
  assert.deepEqual((await parsed('--locked', 'build')).command, cargo('build', [], ['--locked']));
  assert.deepEqual(
    (await parsed('--offline', '-Z', 'build-std', '--json', '-Zx=y', '--frozen', 'b', '-v')).command,
    cargo('b', ['-v'], ['--offline', '-Z', 'build-std', '-Z', 'x=y', '--frozen']),
  );
  assert.deepEqual((await parsed('--list')).command, cargo('--list'));
  assert.deepEqual((await parsed('--explain', 'E0382')).command, cargo('--explain', ['E0382']));
  assert.deepEqual((await parsed('--explain=E0382')).command, cargo('--explain', ['E0382']));
  assert.deepEqual((await parsed('-Z', 'help')).command, cargo('help', [], ['-Z', 'help']));
});

test('after the word cargo everything is cargo’s', async () => {
  assert.deepEqual((await parsed('cargo', 'plan', '--json')).command, cargo('plan', ['--json']));
  assert.deepEqual((await parsed('cargo', 'help', 'build')).command, cargo('help', ['build']));
  assert.deepEqual((await parsed('cargo', '--version')).command, cargo('version'));
  assert.deepEqual((await parsed('cargo')).command, cargo('help'));
  assert.deepEqual((await parsed('cargo', '--list')).command, cargo('--list'));
  const invocation = await parsed('-q', 'cargo', '-C', 'x', '--config', 'a.b=1', '-vv', '--color=never', 'build');
  assert.deepEqual(invocation.flags, { quiet: true, directory: 'x', limits: [] });
  const globals = ['--config', 'a.b=1', '--verbose', '--verbose', '--color', 'never'];
  assert.deepEqual(invocation.command, cargo('build', [], globals));
});

test('a plan is a plan of the command after it', async () => {
  const { command, flags } = await parsed(
    '--engine',
    'bwrap',
    'plan',
    '--json',
    '--as',
    'shell',
    'test',
    '--json',
    '--',
    'x',
  );
  assert.deepEqual(flags, { engine: 'bwrap', json: true, limits: [] });
  assert.deepEqual(command, {
    kind: 'own',
    name: 'plan',
    arguments: ['test', '--json', '--', 'x'],
    options: { as: 'shell' },
    planned: cargo('test', ['--json', '--', 'x']),
  });
  const plain = (await parsed('plan')).command;
  assert.ok(plain.kind === 'own');
  assert.deepEqual(plain.planned, cargo('build'));
  const exec = (await parsed('plan', '--json', 'exec', '--', 'ls', '--json')).command;
  assert.ok(exec.kind === 'own');
  assert.deepEqual(exec.planned?.arguments, ['ls', '--json']);
  const locked = (await parsed('--locked', 'plan', '--offline', 'build')).command;
  assert.ok(locked.kind === 'own' && locked.planned?.kind === 'cargo');
  assert.deepEqual(locked.planned.globalArguments, ['--locked', '--offline']);
  assert.match((await problem('plan', 'status')).what, /`status` has no plan/);
  assert.match((await problem('plan', '--as', 'shel', 'build')).fix ?? '', /--as shell/);
});

test('own commands take box options before and after their name', async () => {
  const status = await parsed('-q', 'status', '--json', '--engine=docker');
  assert.deepEqual(status.flags, { quiet: true, json: true, engine: 'docker', limits: [] });
  assert.equal((await parsed('completions', 'zsh')).command.arguments[0], 'zsh');
  const exec = await parsed('exec', '--engine', 'bwrap', '--', 'ls', '--', '-l', '--json');
  assert.deepEqual(exec.command.arguments, ['ls', '--', '-l', '--json']);
  assert.deepEqual((await parsed('exec', 'ls', '--', '-l')).command.arguments, ['ls', '--', '-l']);
  assert.deepEqual((await parsed('exec', '--help')).command.arguments, ['exec']);
  assert.deepEqual((await parsed('exec', 'ls', '--help')).command.arguments, ['ls', '--help']);
});

test('a wrong command line names what was meant', async () => {
  const cases: [string[], RegExp, RegExp][] = [
    [['--enigne', 'docker', 'build'], /`--enigne` is not an option/, /`--engine`/],
    [['--engine', 'dokcer', 'build'], /cannot be `dokcer`/, /--engine docker/],
    [['--engine'], /`--engine` needs a value/, /--engine ENGINE/],
    [['-C'], /`-C` needs a value/, /-C DIR/],
    [['-C', '', 'build'], /`-C` is empty/, /./],
    [['-Ca', '-Cb', 'build'], /given twice/, /./],
    [['--release', 'build'], /`--release` is not/, /cargo-boxed build --release/],
    [['-p', 'x', 'build'], /`-p` is not/, /cargo-boxed build -p/],
    [['--relese', 'build'], /`--relese` is not/, /build --release/],
    [['-x', 'build'], /`-x` is not/, /--help/],
    [['-qx', 'build'], /`-x` is not/, /--help/],
    [['--pinned=yes', 'build'], /takes no value/, /./],
    [['--config', 'build.jobs=2', 'build'], /no configuration file/, /build --config build.jobs=2/],
    [['--limit', 'memory', 'build'], /NAME=VALUE/, /memory=4GiB/],
    [['-q', '-v', 'build'], /both given/, /./],
    [['-q', 'status', '-v'], /both given/, /./],
    [['exec'], /no program/, /exec -- PROGRAM/],
    [['exec', '--json', 'ls'], /no `--json`/, /./],
    [['--json', 'shell'], /no `--json`/, /./],
    [['--locked', 'status'], /means nothing to `status`/, /./],
    [['status', 'x'], /does not take `x`/, /./],
    [['completions'], /needs one of bash, zsh, fish/, /./],
    [['completions', 'zhs'], /`zhs`/, /`zsh`/],
    [[''], /no command/, /./],
    [['-'], /no command/, /./],
  ];
  for (const [argv, what, fix] of cases) {
    const found = await problem(...argv);
    assert.match(found.what, what);
    assert.match(found.fix ?? '', fix);
  }
});

test('foreign text is made safe in a message', async () => {
  for (const argv of [
    ['--\u001b]52;c;x\u0007', 'b'],
    ['--engine', '\u001b[2J', 'b'],
    ['status', '\u202e'],
    ['--json', '+\u0007'],
  ]) {
    const { what, fix } = await problem(...argv);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    assert.doesNotMatch(`${what}${fix}`, /[\u0000-\u001f\u202e]/);
  }
});
