import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { parse } from 'yaml';
import { type Ended, type Project, plainProgram, project, type RunOptions } from '../../support/rig.ts';

const options: RunOptions = { limitSeconds: 300 };

/** A registry that answers nobody. */
const nowhere = '127.0.0.1:1';

async function locked(context: TestContext, files: Readonly<Record<string, string>> = {}): Promise<Project> {
  const made = project(context, {
    ...plainProgram('plain', 'fn main() {}\n'),
    'cargo-boxed.yaml': 'layers: [bzip2]\n',
    ...files,
  });
  const ended = await made.boxed(['lock'], options);
  assert.equal(ended.status, 0, ended.text);
  return made;
}

function dataOf(ended: Ended) {
  return JSON.parse(ended.stdout);
}

test('a workflow names the image by the digest that the lock gives it, and every action by its commit', async (context) => {
  const made = await locked(context);
  const none = await made.boxed(['ci', 'github'], options);
  assert.equal(none.status, 64, none.text);
  const wrote = await made.boxed(['ci', 'github', '--from', `${nowhere}/team/env`, '--json'], options);
  assert.equal(wrote.status, 0, wrote.text);
  const { image, digest } = dataOf(wrote);
  const built = dataOf(await made.boxed(['image', 'build', '--json'], options));
  assert.equal(digest, built.manifest);
  const text = made.read('.github/workflows/cargo-boxed.yml');
  const workflow = parse(text);
  assert.equal(workflow.env.CARGO_BOXED_IMAGE, image);
  assert.deepEqual(workflow.permissions, { contents: 'read' });
  const steps: readonly { uses?: string; run?: string }[] = workflow.jobs.build.steps;
  for (const { uses } of steps) if (uses !== undefined) assert.match(uses, /^[\w/-]+@[0-9a-f]{40}$/);
  const runs = steps.flatMap(({ run }) => run ?? []);
  assert.deepEqual(
    runs.filter((run) => /cargo-boxed (fetch|build|test)/.test(run)),
    ['cargo-boxed fetch --locked', 'cargo-boxed build --locked --offline', 'cargo-boxed test --locked --offline'],
  );

  const fine = await made.boxed(['ci', 'github', '--check'], options);
  assert.equal(fine.status, 0, fine.text);
  assert.match(fine.stderr, /Whether 127\.0\.0\.1:1\/team\/env has the image is not known: .*nothing listens there/);
  writeFileSync(
    made.path('.github/workflows/cargo-boxed.yml'),
    text.replace('persist-credentials: false', 'lfs: true'),
  );
  const edited = await made.boxed(['ci', 'github', '--check', '--json'], options);
  assert.equal(edited.status, 65, edited.text);
  assert.match(
    dataOf(edited).differences.join('\n'),
    /cargo-boxed\.yml:\d+: `lfs: true` should be `persist-credentials/,
  );
  assert.equal((await made.boxed(['ci', 'github'], options)).status, 0);
  assert.equal(made.read('.github/workflows/cargo-boxed.yml'), text, 'written again from what it remembers');

  writeFileSync(made.path('cargo-boxed.yaml'), 'layers: [acl, bzip2]\n');
  const behind = await made.boxed(['ci', 'github', '--check'], options);
  assert.equal(behind.status, 65, behind.text);
  assert.equal((await made.boxed(['lock'], options)).status, 0);
  const drifted = await made.boxed(['ci', 'github', '--check'], options);
  assert.equal(drifted.status, 65, drifted.text);
  assert.match(drifted.stdout, /does not name the image that it makes/);
  assert.equal((await made.boxed(['ci', 'github'], options)).status, 0);
  assert.equal((await made.boxed(['ci', 'github', '--check'], options)).status, 0);
  const lock = JSON.parse(made.read('cargo-boxed.lock'));
  assert.equal(lock.image.reference.split('@')[0], `${nowhere}/team/env`, 'one image, the newest');
  assert.ok(lock.debian, 'and what it is made of');
});

test('what is in the place of ours stays, and nothing of a project gets into a command of it', async (context) => {
  const made = await locked(context);
  const write = (kind: string, ...more: string[]) =>
    made.boxed(['ci', kind, '--from', `${nowhere}/env`, ...more], options);
  mkdirSync(made.path('.github/workflows'), { recursive: true });
  writeFileSync(made.path('.github/workflows/cargo-boxed.yml'), 'name: mine\n');
  const foreign = await write('github');
  assert.equal(foreign.status, 78, foreign.text);
  assert.equal(made.read('.github/workflows/cargo-boxed.yml'), 'name: mine\n');
  symlinkSync('/tmp', made.path('.gitlab'));
  const link = await write('gitlab');
  assert.notEqual(link.status, 0, link.text);
  rmSync(made.path('.github/workflows/cargo-boxed.yml'));
  for (const tool of ['x; id', '$(id)', "x'y", '$\u007b{ secrets.A }}'])
    assert.equal((await write('github', '--tool', tool)).status, 64, tool);
  for (const name of [`${nowhere}/env:1`, `${nowhere}/env@sha256:${'0'.repeat(64)}`, 'x y'])
    assert.notEqual((await made.boxed(['ci', 'github', '--from', name], options)).status, 0, name);
  assert.equal((await made.boxed(['ci', 'jenkins'], options)).status, 64);
  assert.equal((await made.boxed(['ci', 'gitlab', '--check'], options)).status, 65);
});
