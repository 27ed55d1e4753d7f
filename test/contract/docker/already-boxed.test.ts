import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { type DockerDaemon, startDockerDaemon } from '../../support/docker-daemon.ts';
import { type Project, plainProgram, project, type RunOptions, tree } from '../../support/rig.ts';

// The tool inside of the image that it has made, in real containers with and without walls.
let daemon: DockerDaemon;

before(async () => {
  daemon = await startDockerDaemon();
});

after(async () => {
  await daemon.stop();
});

const docker = (...words: string[]) => daemon.docker(...words);

const image = 'team/env:1';
const walls = ['--network', 'none', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];

/** A container with the project, Node and our bundle, which an image of ours has not. */
function inside(made: Project, options: readonly string[], ...words: readonly string[]) {
  const readOnly = (from: string, to: string) => ['--volume', `${from}:${to}:ro`];
  const ended = spawnSync(
    'docker',
    [
      ...['--host', `unix://${daemon.socket}`, 'run', '--rm'],
      ...readOnly(realpathSync(process.execPath), '/opt/node'),
      ...['dist', 'images', 'node_modules', 'package.json'].flatMap((name) =>
        readOnly(join(tree, name), `/opt/tool/${name}`),
      ),
      ...options,
      ...(options.some((word) => word.endsWith(':/box/project')) ? [] : readOnly(made.folder, '/box/project')),
      ...[image, '/opt/node', '/opt/tool/dist/cargo-boxed.cjs', ...words],
    ],
    { encoding: 'utf8', timeout: 120_000 },
  );
  const text = `exit ${ended.status}\n${ended.stdout}\n${ended.stderr}`;
  return { status: ended.status, stdout: ended.stdout, stderr: ended.stderr, text };
}

/** What was said of walls, by the word before it. */
function measured(stderr: string, word: 'held' | 'not held'): string {
  return new RegExp(`Measured now, ${word}: (.*)`).exec(stderr)?.[1] ?? '';
}

async function withImage(context: TestContext): Promise<Project> {
  const made = project(context, {
    ...plainProgram('plain', 'fn main() { println!("built in it"); }\n'),
    'cargo-boxed.yaml': 'packages: [bubblewrap]\n',
  });
  const options: RunOptions = {
    variables: { ...daemon.variables, HOME: process.env.HOME, CARGO_BOXED_ENGINE: 'bwrap' },
    limitSeconds: 300,
  };
  assert.equal((await made.boxed(['lock'], options)).status, 0);
  const built = await made.boxed(['image', 'build', '--output', `docker:${image}`], options);
  assert.equal(built.status, 0, built.text);
  return made;
}

test('inside of the image of the lock cargo runs without a box when told to, and what holds is measured', async (context) => {
  const made = await withImage(context);
  const behind = inside(made, walls, '--engine', 'none', 'run', '--quiet');
  assert.equal(behind.status, 0, behind.text);
  assert.equal(behind.stdout, 'built in it\n');
  assert.match(behind.stderr, /there is no box, and build scripts have no walls/);
  assert.equal(measured(behind.stderr, 'not held'), '');
  for (const wall of ['no network', 'project read-only', 'no capabilities', 'no new privileges', 'ordinary user'])
    assert.ok(measured(behind.stderr, 'held').includes(wall), behind.text);

  const looked = inside(made, walls, 'doctor');
  assert.match(looked.stdout, /^ok +container: no network +only lo$/m, looked.text);

  const home = made.path('a-home');
  mkdirSync(join(home, '.ssh'), { recursive: true });
  const open = inside(
    made,
    [
      ...['--network', 'host', '--user', '0', '--volume', `${daemon.socket}:/run/docker.sock`],
      ...['--volume', `${home}:/root`, '--volume', `${made.folder}:/box/project`],
    ],
    ...['--engine', 'none', 'check', '--quiet'],
  );
  assert.equal(open.status, 0, open.text);
  const not = measured(open.stderr, 'not held');
  for (const found of [
    /no network \(.+\)/,
    /project read-only \(\/box\/project can be written\)/,
    /no capabilities \(CapPrm [0-9a-f]+/,
    /no new privileges \(NoNewPrivs 0\)/,
    /ordinary user \(uid 0\)/,
    /environment read-only \(box\/toolchain, etc, usr can be written\)/,
    /empty home \(\/root has \.ssh/,
    /no sockets of the host \(\/run\/docker\.sock\)/,
  ])
    assert.match(not, found);
  assert.ok(!measured(open.stderr, 'held').includes('no network'));

  // Environment variables of the container do not reach the build, and cargo's exit code is the command's.
  const secret = inside(made, [...walls, '--env', 'SECRET=1'], '--engine', 'none', 'no-such-command');
  assert.equal(secret.status, 101, secret.text);

  // A mark is not believed: neither with another lock, nor with other packages, nor with another compiler.
  const refused = (options: readonly string[], said: RegExp) => {
    const ended = inside(made, [...walls, ...options], '--engine', 'none', 'build');
    assert.equal(ended.status, 77, ended.text);
    assert.match(ended.stderr, said);
  };
  const lock = JSON.parse(made.read('cargo-boxed.lock'));
  const other = { ...lock, debian: { ...lock.debian, rootSha256: '0'.repeat(64) } };
  made.write('cargo-boxed.lock', JSON.stringify(other));
  refused([], /its mark is that of another lock/);
  made.write('cargo-boxed.lock', JSON.stringify(lock));
  const status = docker('run', '--rm', '--network', 'none', image, 'cat', '/var/lib/dpkg/status');
  made.write('status', `${status.replace(/(Package: gcc\n[\s\S]*?\nVersion: ).*/, '$1666')}\n`);
  refused(['--volume', `${made.path('status')}:/var/lib/dpkg/status:ro`], /it has gcc 666, not /);
  made.write('rustc', '#!/bin/sh\n');
  refused(
    ['--volume', `${made.path('rustc')}:/box/toolchain/bin/rustc:ro`],
    /component rustc-.* is not that of the lock/,
  );
  writeFileSync(made.path('mark'), docker('run', '--rm', '--network', 'none', image, 'cat', '/box/image.json'));
  chownSync(made.path('mark'), 1000, 1000);
  refused(['--volume', `${made.path('mark')}:/box/image.json:ro`], /can be written by others than root/);

  // Where the kernel lets bubblewrap make one, there is a box in the box, of the system of the image alone.
  const lets = ['--security-opt', 'seccomp=unconfined', '--security-opt', 'systempaths=unconfined'];
  const nested = inside(made, [...walls, ...lets], '--no-export', 'run', '--quiet');
  assert.equal(nested.status, 0, nested.text);
  assert.equal(nested.stdout, 'built in it\n');
  const seen = inside(
    made,
    [...walls, ...lets, '--volume', `${home}:/home/other`],
    ...[
      'exec',
      '--',
      'sh',
      '-c',
      'ls / | tr "\\n" " "; ls -A /home /opt 2>&1; grep -c . /proc/net/dev; touch /usr/x /box/project/x',
    ],
  );
  assert.notEqual(seen.status, 0, seen.text);
  assert.match(seen.stdout, /^bin box dev etc lib (lib32 )?lib64 (libx32 )?proc sbin tmp usr /);
  assert.match(seen.text, /cannot access '\/home'[\s\S]*cannot access '\/opt'/);
  assert.match(seen.stderr, /\/usr\/x': Read-only[\s\S]*\/box\/project\/x': Read-only/);
  const cannot = inside(made, walls, 'build');
  assert.equal(cannot.status, 69, cannot.text);
  assert.match(cannot.stderr, /no box can be made in it[\s\S]*--engine none/);

  // What only a box can hold is not promised, and a project cannot say that it wants none.
  const limited = inside(made, walls, '--engine', 'none', '--limit', 'memory=1GiB', 'build');
  assert.equal(limited.status, 77, limited.text);
  assert.match(limited.stderr, /nothing that could hold the limit memoryBytes/);
  made.write('cargo-boxed.yaml', 'engine: none\n');
  const asked = inside(made, walls, 'build');
  assert.equal(asked.status, 77, asked.text);
  assert.match(asked.stderr, /a project cannot set `engine` to `none`/);
  assert.ok(!readFileSync(made.path('cargo-boxed.yaml'), 'utf8').includes('auto'));
});

test('outside of an image of ours it is refused, and so is what needs a box', async (context) => {
  const made = project(context, plainProgram('plain', 'fn main() {}\n'));
  for (const variables of [{ CARGO_BOXED_ENGINE: 'none' }]) {
    const ended = await made.boxed(['build'], { variables });
    assert.equal(ended.status, 77, ended.text);
    assert.match(ended.stderr, /this is no image of cargo-boxed[\s\S]*there is no \/box\/image\.json/);
    const needs = await made.boxed(['exec', '--', 'true'], { variables });
    assert.equal(needs.status, 77, needs.text);
    assert.match(needs.stderr, /there is no box, and this command needs one/);
  }
  made.write('cargo-boxed.yaml', 'engine: none\n');
  const asked = await made.boxed(['build'], { variables: { CARGO_BOXED_ENGINE: undefined } });
  assert.equal(asked.status, 77, asked.text);
});
