import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PathContext } from '../../../src/invocation/place-path.ts';
import { translateArguments, writtenManifestPath } from '../../../src/invocation/translate-arguments.ts';

/** Every path that exists, with its real path where that is another one. */
const files: Record<string, string> = {
  '/': '/',
  '/w': '/w',
  '/w/p': '/w/p',
  '/w/p/sub': '/w/p/sub',
  '/w/p/sub/Cargo.toml': '/w/p/sub/Cargo.toml',
  '/w/p/Cargo.toml': '/w/p/Cargo.toml',
  '/w/p/a=b': '/w/p/a=b',
  '/w/p/cfg.toml': '/w/p/cfg.toml',
  '/w/p/escape': '/etc',
  '/w/p/escape/x': '/etc/x',
  '/w/p/inner': '/w/p/sub',
  '/w/p/built/.rustc_info.json': '/w/p/built/.rustc_info.json',
  '/link': '/w/p',
  '/link/Cargo.toml': '/w/p/Cargo.toml',
  '/w/other/Cargo.toml': '/w/other/Cargo.toml',
  '/w/pp': '/w/pp',
};
const context: PathContext = {
  currentDirectory: '/w/p',
  mountRoot: '/w/p',
  insideProject: '/box/project',
  beside: [],
  realPath: (path) => files[path] ?? files[path.replace(/\/[^/]+\/\.\./g, '')] ?? null,
};

function translated(line: string, more: Partial<PathContext> = {}, globalArguments: string[] = []) {
  const [name = '', ...words] = line.split(' ');
  return translateArguments({ name, arguments: words, globalArguments }, { ...context, ...more });
}

function words(line: string, more: Partial<PathContext> = {}): string {
  const result = translated(line, more);
  assert.ok(result.ok, `${line}: ${JSON.stringify(result)}`);
  return result.value.arguments.join(' ');
}

function refusal(line: string, more: Partial<PathContext> = {}) {
  const result = translated(line, more);
  assert.ok(!result.ok, line);
  const [problem] = result.problems;
  assert.ok(problem?.why && problem.fix, line);
  assert.equal(problem.code, 'refused');
  return problem;
}

test('what has no paths stays as it is', () => {
  for (const line of ['-r --bin x', '--features a/b,c -j 2 -p x --', '', '-- --manifest-path /etc/x', '-Zfoo -vv']) {
    assert.equal(words(`build ${line}`), line);
  }
});

test('a package by its ID is the one of the box, as cargo calls it there; all else is no path', () => {
  assert.equal(words('build -p path+file:///w/p#0.1.0'), '-p path+file:///box/project#p@0.1.0');
  assert.equal(words('build --package=path+file:///w/p#project@0.1.0'), '--package=path+file:///box/project#0.1.0');
  assert.equal(words('test --exclude path+file:///w/p/sub#0.1.0'), '--exclude path+file:///box/project/sub#0.1.0');
  assert.equal(words('check -p file:///w/p'), '-p file:///box/project');
  for (const spec of [
    'p',
    'p@0.1.0',
    'path+file:///w/other#1.0.0',
    'file:///%zz',
    'registry+https://x.example/i#a@1.0.0',
  ])
    assert.equal(words(`build -p ${spec}`), `-p ${spec}`);
});

test('relative paths stay, absolute ones are rewritten, in every way of writing them', () => {
  assert.equal(words('build --manifest-path sub/Cargo.toml'), '--manifest-path sub/Cargo.toml');
  assert.equal(words('build --manifest-path=/w/p/sub/Cargo.toml -r'), '--manifest-path=/box/project/sub/Cargo.toml -r');
  assert.equal(words('b --manifest-path /w/p/Cargo.toml'), '--manifest-path /box/project/Cargo.toml');
  assert.equal(words('build -m /w/p/Cargo.toml'), '-m /box/project/Cargo.toml');
  assert.equal(words('build -rm /w/p/Cargo.toml'), '-rm /box/project/Cargo.toml');
  assert.equal(words('build -m/w/p/Cargo.toml'), '-m/box/project/Cargo.toml');
  assert.equal(words('build -m=/w/p/Cargo.toml'), '-m=/box/project/Cargo.toml');
  assert.equal(words('build -pm /w/other'), '-pm /w/other');
  assert.equal(words('build --manifest-path /link/Cargo.toml'), '--manifest-path /box/project/Cargo.toml');
  assert.equal(words('add x --path /w/p/sub'), 'x --path /box/project/sub');
});

test('a crate that is read is told to the caller, as it is written; one beside the project only when it was granted', () => {
  const named = (line: string, more: Partial<PathContext> = {}) => {
    const result = translated(line, more);
    return result.ok ? [result.value.inputs, result.value.arguments.at(-1)] : result.problems[0]?.code;
  };
  assert.deepEqual(named('add --path sub/x'), [['/w/p/sub/x'], 'sub/x']);
  assert.deepEqual(named('add --path=../x', { currentDirectory: '/w/p/sub' }), [['/w/p/x'], '--path=/box/project/x']);
  assert.equal(named('add --path ../other/x'), 'refused');
  const beside = [{ folder: '/w/other', path: '../other' }];
  assert.deepEqual(named('add --path ../other/x', { beside }), [['/w/other/x'], '/box/other/x']);
});

test('a path that climbs and comes back is written as where it leads', () => {
  assert.equal(words('build --manifest-path ../p/Cargo.toml'), '--manifest-path /box/project/Cargo.toml');
  const below = { currentDirectory: '/w/p/sub' };
  assert.equal(words('build --manifest-path ../Cargo.toml', below), '--manifest-path /box/project/Cargo.toml');
});

test('from outside of the project every path is rewritten', () => {
  const away = { currentDirectory: '/w' };
  assert.equal(words('build --manifest-path p/Cargo.toml', away), '--manifest-path /box/project/Cargo.toml');
});

test('mounted at its own path the project’s paths stay', () => {
  const mirror = { insideProject: '/w/p' };
  assert.equal(words('build --manifest-path /w/p/Cargo.toml', mirror), '--manifest-path /w/p/Cargo.toml');
});

test('the manifest is told to those who look for the project', () => {
  const result = translated('build --manifest-path /link/Cargo.toml');
  assert.ok(result.ok && result.value.manifestPath === '/w/p/Cargo.toml');
  assert.equal(writtenManifestPath('build', ['-r', '--manifest-path=x/Cargo.toml']), 'x/Cargo.toml');
  assert.equal(writtenManifestPath('run', ['--bin', 'b', 'x', '--manifest-path', 'y']), null);
  assert.equal(writtenManifestPath('run', ['--bin', 'b', '--manifest-path', 'y']), 'y');
  assert.equal(writtenManifestPath('nextest', ['run', '--manifest-path', 'y']), 'y');
  assert.equal(writtenManifestPath('nextest', ['run', '-m', 'y']), null);
  assert.equal(writtenManifestPath('build', ['--manifest-path=']), null);
  assert.equal(writtenManifestPath('build', ['--manifest-path']), null);
});

test('what leads out of the project is refused, by whatever way', () => {
  for (const line of [
    'build --manifest-path ../other/Cargo.toml',
    'build --manifest-path=/w/other/Cargo.toml',
    'build --manifest-path escape/x',
    'build --target-dir /tmp/x',
    'build --target-dir ../pp',
    'build --target-dir /w/pp',
    'build --target-dir escape/new/folder',
    'build --config ../other/Cargo.toml',
    'add x --path ../other/Cargo.toml',
    'nextest run --target-dir=/tmp/x',
  ]) {
    assert.match(refusal(line).what, /leads out of the project/, line);
  }
});

test('the program’s own arguments are never touched', () => {
  for (const line of [
    'run x --manifest-path /etc/x',
    'run --bin b --features f x --target-dir /tmp',
    'r -- --target-dir /tmp',
    'test name -- --config /etc/passwd',
    'rustc --lib -- --out-dir /tmp -C opt-level=3',
  ]) {
    assert.equal(words(line), line.split(' ').slice(1).join(' '));
  }
  assert.match(refusal('test name --target-dir /tmp').what, /leads out/);
  assert.match(refusal('run -qp b --target-dir /tmp x').what, /leads out/);
  assert.match(refusal('run --bin b --target-dir /tmp x').what, /leads out/);
});

test('--config is a file if there is one, else KEY=VALUE', () => {
  assert.equal(words('build --config net.offline=true'), '--config net.offline=true');
  assert.equal(words('build --config build.rustc="/x"'), '--config build.rustc="/x"');
  assert.equal(
    words(`build --config paths=["/w/p/lib",'/w/p/a"b',"/w/other","../x","-L/w/p"]`),
    '--config paths=["/box/project/lib","/box/project/a\\"b","/w/other","../x","-L/w/p"]',
  );
  assert.equal(words('build --config cfg.toml'), '--config cfg.toml');
  assert.equal(words('build --config=/w/p/cfg.toml'), '--config=/box/project/cfg.toml');
  assert.equal(words('build --config /w/p/a=b'), '--config /box/project/a=b');
  const before = translated('build', {}, ['--config', '/w/p/cfg.toml', '-Z', 'x']);
  assert.ok(before.ok);
  assert.deepEqual(before.value.globalArguments, ['--config', '/box/project/cfg.toml', '-Z', 'x']);
  assert.equal(translated('build', {}, ['--config', '/w/other/Cargo.toml']).ok, false);
});

test('a target directory in the project is where the results go', () => {
  const result = translated('build -r --target-dir target/boxed-ci --bin x');
  assert.ok(result.ok);
  assert.deepEqual(result.value.arguments, ['-r', '--bin', 'x']);
  assert.equal(result.value.exportDirectory, 'target/boxed-ci');
  for (const folder of ['out', '/w/p/out', '../p/out', './out/', 'inner/../out']) {
    const other = translated(`build --target-dir=${folder}`);
    assert.ok(other.ok && other.value.exportDirectory === 'out', folder);
  }
  const plain = translated('build');
  assert.ok(plain.ok && plain.value.exportDirectory === null);
});

test('results go to no folder that the host trusts', () => {
  const cases: [string, RegExp][] = [
    ['.', /the project itself/],
    ['/w/p', /the project itself/],
    ['.git/hooks', /trust what is in \.git/],
    ['sub/.Cargo', /trust what is in \.Cargo/],
    ['target', /cargo on this machine/],
    ['target/debug', /cargo on this machine/],
    ['sub/target', /cargo on this machine/],
    ['target/x86_64-unknown-linux-gnu', /cargo on this machine/],
    ['built', /cargo on this machine/],
    ['built/x', /cargo on this machine/],
  ];
  for (const [folder, why] of cases) assert.match(refusal(`build --target-dir ${folder}`).why ?? '', why, folder);
  assert.equal(translated('build --target-dir built/boxed').ok, true);
});

test('what makes no sense in a box is refused with a reason', () => {
  assert.match(refusal('build --artifact-dir out').fix ?? '', /--target-dir/);
  assert.match(refusal('build --out-dir=out').fix ?? '', /target\/boxed/);
  assert.match(refusal('build --lockfile-path x/Cargo.lock').why ?? '', /Cargo\.lock/);
  assert.match(refusal('doc --open').fix ?? '', /target\/boxed\/doc/);
  assert.match(refusal('clean --target-dir x').why ?? '', /cache/);
  assert.equal(words('wasm-tool --out-dir pkg --open'), '--out-dir pkg --open');
});

test('the folder of a new package has to be in what the box sees', () => {
  assert.equal(words('new --vcs none demo'), '--vcs none demo');
  assert.equal(words('init'), '');
  assert.equal(words('new /w/p/demo --lib'), '/box/project/demo --lib');
  assert.match(refusal('new ../demo').fix ?? '', /-C DIR/);
});

test('all problems are told at once', () => {
  const result = translated('build --manifest-path /w/other/Cargo.toml --out-dir x');
  assert.ok(!result.ok && result.problems.length === 2);
});

test('names are shown safely', () => {
  const result = translateArguments(
    { name: 'build', arguments: ['--target-dir', '/tmp/\u001b[2J'], globalArguments: [] },
    context,
  );
  assert.equal(JSON.stringify(result).includes('\\u001b['), false);
});
