import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Project, plainProgram, project, temporaryFolder } from '../../support/rig.ts';

const file = '.devcontainer/devcontainer.json';
/** No engine answers: none is needed to write, and `--check` says that it looked at none. */
const noEngine = { variables: { DOCKER_HOST: 'unix:///nowhere/docker.sock' } };

/** Nothing is built to learn what it needs. */
const plain = 'layers: { infer: off }\n';

async function locked(context: TestContext, configuration = ''): Promise<Project> {
  const made = project(context, {
    ...plainProgram('plain', 'fn main() {}\n'),
    'cargo-boxed.yaml': plain + configuration,
  });
  const ended = await made.boxed(['lock']);
  assert.equal(ended.status, 0, ended.text);
  return made;
}

async function boxed(made: Project, ...words: string[]) {
  return made.boxed(['devcontainer', ...words], noEngine);
}

test('the file follows lock and configuration, and check names what has drifted', async (context) => {
  const made = await locked(context, 'limits: {processes: 500}\nenv: {set: {GREETING: hello}}\n');
  const first = await boxed(made);
  assert.equal(first.status, 0, first.text);
  const text = made.read(file);
  assert.match(text, /"--pids-limit=500"/);
  assert.match(text, /"GREETING": "hello"/);
  assert.equal(text.match(/sha256:[0-9a-f]{64}/)?.length, 1);
  const checked = await boxed(made, '--check', '--json');
  assert.equal(checked.status, 0, checked.text);
  assert.deepEqual(JSON.parse(checked.stdout), {
    crates: true,
    drift: [],
    engine: 'not-looked-at',
    file: made.path(file),
  });

  // Another lock, another configuration.
  made.write('cargo-boxed.yaml', 'layers: {use: [bzip2], infer: off}\nenv: {set: {GREETING: hello}}\n');
  const stale = await boxed(made, '--check');
  assert.equal(stale.status, 65, stale.text);
  assert.match(stale.stderr, /cargo-boxed lock/);
  assert.equal((await made.boxed(['lock'])).status, 0);
  const drifted = await boxed(made, '--check');
  assert.equal(drifted.status, 65, drifted.text);
  assert.match(drifted.stdout, /devcontainer\.json:4:12: `image` is "sha256:\w+", and the lock/);
  assert.match(drifted.stdout, /`mounts` is "type=volume,source=cargo-boxed-target-/);
  assert.match(drifted.stdout, /`runArgs` is "--pids-limit=500", and the box wants "--pids-limit=4096"/);
  assert.equal(made.read(file), text, 'check writes nothing');
  const refused = await boxed(made);
  assert.equal(refused.status, 78, refused.text);
  assert.match(refused.stderr, /devcontainer\.json:16:5/, 'a limit that no pattern tells to be ours is a conflict');
  made.write(file, text.replace('--pids-limit=500', '--pids-limit=4096'));
  const again = await boxed(made);
  assert.equal(again.status, 0, again.text);
  assert.equal((await boxed(made, '--check')).status, 0);
});

test('own keys and comments stay; with a conflict nothing is written, and its place is named', async (context) => {
  const made = await locked(context);
  const own = '// mine\n{\n  "forwardPorts": [3000], // web\n  "postCreateCommand": "true",\n}\n';
  made.write(file, own);
  const written = await boxed(made, '--mode', 'editor');
  assert.equal(written.status, 0, written.text);
  const text = made.read(file);
  assert.ok(text.startsWith('// mine\n{\n  "forwardPorts": [3000], // web\n  "postCreateCommand": "true",\n'), text);
  assert.doesNotMatch(text, /,readonly",\n {2}"workspaceFolder/);

  const changed = text
    .replace(/"remoteUser": ".*"/, '"remoteUser": "root"')
    .replace('"--network=none"', '"--network=host"');
  made.write(file, changed.replace('{\n', '{\n  "privileged": true,\n  "initializeCommand": "date",\n'));
  const before = made.read(file);
  const conflict = await boxed(made, '--json');
  assert.equal(conflict.status, 78, conflict.text);
  const problems = conflict.stderr
    .split('\n')
    .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []))
    .flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
  const words = problems.map(({ what }) => what).join('\n');
  assert.match(words, /`remoteUser` is "root", and the box wants "\$\{localEnv:CARGO_BOXED_UID:1000\}/);
  assert.match(words, /`runArgs` is "--network=host", and the box wants "--network=none"/);
  assert.match(words, /`privileged` gives the container all rights/);
  for (const { where } of problems) assert.ok(where.file === made.path(file) && where.line > 0 && where.column > 0);
  assert.equal(made.read(file), before);
});

test('broken files, links and other places are refused, each with its place', async (context) => {
  const made = await locked(context);
  const outside = join(temporaryFolder(context), 'outside.json');
  writeFileSync(outside, '{"secret": 1}');
  made.write(file, '{\n  "image": "a"\n  "name": 1\n}');
  for (const words of [[], ['--check'], ['check']]) {
    const broken = await boxed(made, ...words);
    assert.equal(broken.status, 78, broken.text);
    assert.match(broken.stderr, /devcontainer\.json:3:3/);
  }
  rmSync(made.path(file));
  symlinkSync(outside, made.path(file));
  for (const words of [[], ['--check'], ['check']]) {
    const linked = await boxed(made, ...words);
    assert.equal(linked.status, 78, linked.text);
    assert.match(linked.stderr, /symbolic link/);
    assert.doesNotMatch(linked.text, /secret/);
  }
  rmSync(made.path('.devcontainer'), { recursive: true });
  const folder = join(outside, '../folder');
  mkdirSync(folder);
  symlinkSync(folder, made.path('.devcontainer'));
  const through = await boxed(made);
  assert.equal(through.status, 78, through.text);
  assert.match(through.stderr, /\.devcontainer is a symbolic link/);
  rmSync(made.path('.devcontainer'));
  made.write('.devcontainer', 'a file');
  assert.match((await boxed(made)).stderr, /\.devcontainer is no folder/);
  rmSync(made.path('.devcontainer'));
  made.write('.devcontainer.json', '{}');
  assert.match((await boxed(made)).stderr, /a file in \.devcontainer would hide it/);
  assert.ok(!existsSync(join(folder, 'devcontainer.json')));
  assert.equal(readFileSync(outside, 'utf8'), '{"secret": 1}');
});

test('a `.git` that is a link is not mounted: it would show what it leads to', async (context) => {
  const made = await locked(context);
  const outside = temporaryFolder(context);
  symlinkSync(outside, made.path('.git'));
  const ended = await boxed(made, '--mode', 'editor');
  assert.equal(ended.status, 0, ended.text);
  assert.match(made.read(file), /target=\/box\/project\/\.devcontainer,readonly/);
  assert.doesNotMatch(made.read(file), /\/box\/project\/\.git/);
});

test('without a lock, without Cargo.lock, or with wrong words there is a clear end', async (context) => {
  const made = project(context, { ...plainProgram('plain', 'fn main() {}\n'), 'cargo-boxed.yaml': plain });
  for (const words of [[], ['--check']]) {
    const none = await boxed(made, ...words);
    assert.equal(none.status, 65, none.text);
    assert.match(none.stderr, /has no cargo-boxed\.lock[\s\S]*cargo-boxed lock/);
  }
  for (const words of [['chek'], ['check', 'a', 'b'], ['check', '--check'], ['--mode', 'loose'], ['--from', 'a:1']]) {
    const wrong = await boxed(made, ...words);
    assert.equal(wrong.status, 64, wrong.text);
  }
  assert.ok(!existsSync(made.path('.devcontainer')));
  assert.equal((await made.boxed(['lock'])).status, 0);
  rmSync(made.path('Cargo.lock'));
  const without = await boxed(made);
  assert.equal(without.status, 65, without.text);
  assert.match(without.stderr, /no Cargo\.lock[\s\S]*generate-lockfile/);
  const missing = await boxed(made, 'check');
  assert.equal(missing.status, 78, missing.text);
});

test('an image of a registry is named by the digest of its manifest', async (context) => {
  const made = await locked(context);
  assert.equal((await boxed(made)).status, 0);
  const named = await boxed(made, '--from', 'registry.example:5000/team/env');
  assert.equal(named.status, 0, named.text);
  assert.match(made.read(file), /"image": "registry\.example:5000\/team\/env@sha256:[0-9a-f]{64}"/);
  const checked = await boxed(made, '--check');
  assert.equal(checked.status, 0, checked.text);
  const built = await made.boxed(['image', 'build', '--output', 'oci:out', '--json']);
  const { manifest } = JSON.parse(built.stdout);
  assert.ok(made.read(file).includes(`env@${manifest}"`), 'the one that `image build` makes');
});

test('check of a file of others says what it opens, with places, and runs nothing of it', async (context) => {
  const made = project(context, {
    'one/.devcontainer/devcontainer.json': '{\n  "image": "rust:1",\n  "initializeCommand": "touch /tmp/was-run"\n}\n',
    'one/.devcontainer/other/devcontainer.json': '{"dockerComposeFile": "compose.yaml", "service": "a"}',
    'one/.devcontainer.json': '{"runArgs": ["--network=none", "-v", "/var/run/docker.sock:/s"]}',
  });
  const ended = await boxed(made, '-C', 'one', 'check', '--json');
  assert.equal(ended.status, 77, ended.text);
  const { files, findings } = JSON.parse(ended.stdout);
  assert.equal(files.length, 3);
  assert.deepEqual(
    findings.map((one: { kind: string; line: number; column: number }) => [one.kind, one.line, one.column]),
    [
      ['open-network', 1, 1],
      ['unpinned-image', 2, 3],
      ['host-command', 3, 3],
      ['engine-socket', 1, 32],
      ['compose', 1, 2],
    ],
  );
  const text = await boxed(made, 'check', 'one/.devcontainer/devcontainer.json');
  assert.equal(text.status, 77, text.text);
  assert.match(text.stdout, /devcontainer\.json:3:3: `initializeCommand` runs on your machine/);
});

test('the Feature is written beside the file, whole each time, and never through a link', async (context) => {
  const made = project(context, plainProgram('plain', 'fn main() {}\n'));
  const written = await boxed(made, 'feature');
  assert.equal(written.status, 0, written.text);
  const feature = JSON.parse(made.read('.devcontainer/cargo-boxed/devcontainer-feature.json'));
  assert.equal(feature.id, 'cargo-boxed');
  assert.ok(feature.options.layers.proposals.includes('openssl'));
  assert.match(made.read('.devcontainer/cargo-boxed/layers.txt'), /^bookworm openssl libssl-dev/m);
  made.write('.devcontainer/cargo-boxed/install.sh', 'old');
  assert.equal((await boxed(made, 'feature')).status, 0);
  assert.match(made.read('.devcontainer/cargo-boxed/install.sh'), /It is no wall/);
  rmSync(made.path('.devcontainer/cargo-boxed'), { recursive: true });
  const outside = temporaryFolder(context);
  symlinkSync(outside, made.path('.devcontainer/cargo-boxed'));
  const linked = await boxed(made, 'feature');
  assert.equal(linked.status, 78, linked.text);
  assert.ok(!existsSync(join(outside, 'install.sh')));
  assert.equal((await boxed(made, 'feature', 'x')).status, 64);
});
