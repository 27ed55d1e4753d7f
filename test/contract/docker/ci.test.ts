import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { parse } from 'yaml';
import { type DockerDaemon, startDockerDaemon } from '../../support/docker-daemon.ts';
import { goProgram } from '../../support/go-program.ts';
import { type Registry, startRegistry } from '../../support/registry.ts';
import {
  type Project,
  plainProgram,
  project,
  type RunOptions,
  sharedHome,
  temporaryFolder,
  tree,
  withItoa,
} from '../../support/rig.ts';
import { copyingRoot } from '../../support/small-root.ts';

// The workflows that `ci` writes, run by what runs them for people on their own machines: act, and gitlab-ci-local.
let daemon: DockerDaemon;
let registry: Registry;

before(async () => {
  daemon = await startDockerDaemon();
  registry = await startRegistry();
});

after(async () => {
  await registry?.stop();
  await daemon?.stop();
});

const testOfIt = `
#[test]
fn is_alone() {
    let refused = std::net::TcpStream::connect("127.0.0.1:9").unwrap_err();
    println!("a connection: {:?}", refused.kind());
}
`;

/** One with a crate of the registry, and one for jobs that have no way to it here. */
const projects = {
  github: {
    'src/main.rs': `fn main() { println!("{}", itoa::Buffer::new().format(7)); }${testOfIt}`,
    ...withItoa,
  },
  gitlab: { 'src/main.rs': `fn main() {}${testOfIt}` },
} as const;

/** A committed project with a lock, whose image is in the registry, and its workflow. */
async function committed(context: TestContext, kind: 'github' | 'gitlab', ...more: string[]): Promise<Project> {
  const made = project(context, {
    ...plainProgram('plain', ''),
    ...projects[kind],
    'cargo-boxed.yaml': 'layers: [bzip2]\n',
    '.gitignore': 'target\n',
  });
  const options: RunOptions = { limitSeconds: 300, variables: { CARGO_BOXED_ENGINE: 'bwrap' } };
  const name = `${registry.address}/team/${kind}`;
  for (const words of [['lock'], ['ci', kind, '--from', name, ...more], ['image', 'push', name]]) {
    const ended = await made.boxed(words, options);
    assert.equal(ended.status, 0, ended.text);
  }
  for (const words of [
    ['init', '--quiet', '--initial-branch', 'main'],
    ['add', '--all'],
    ['-c', 'user.name=a', '-c', 'user.email=a@example.test', 'commit', '--quiet', '--message', 'all'],
  ])
    execFileSync('git', words, { cwd: made.folder });
  return made;
}

/** In the place of the actions that the workflow takes from elsewhere, which cannot be had here: a cache in a file. */
function standIns(folder: string): readonly string[] {
  const actions = JSON.parse(readFileSync(join(tree, 'images/ci/actions.json'), 'utf8'));
  const kept = join(folder, 'kept.tar');
  const does: Readonly<Record<string, string>> = {
    'cache-restore': `cp ${kept} "\${{ inputs.path }}" || echo none is kept`,
    'cache-save': `cp "\${{ inputs.path }}" ${kept}`,
  };
  return Object.entries<{ action: string; commit: string }>(actions).flatMap(([kind, { action, commit }]) => {
    const [owner, name, ...below] = action.split('/');
    const place = join(folder, name ?? '', ...below);
    mkdirSync(place, { recursive: true });
    const inputs = ['path', 'key'].map((one) => `  ${one}:\n    description: a\n`).join('');
    const step = `    - shell: bash\n      run: ${does[kind] ?? 'true'}\n`;
    const text = `name: a\ndescription: a\ninputs:\n${inputs}runs:\n  using: composite\n  steps:\n${step}`;
    writeFileSync(join(place, 'action.yml'), text);
    return ['--local-repository', `${owner}/${name}@${commit}=${join(folder, name ?? '')}`];
  });
}

test('the workflow for GitHub builds and tests in a box of the image, and its second run takes over what the first kept', async (context) => {
  const folder = temporaryFolder(context, 'act');
  const packed = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], {
    cwd: tree,
  });
  const made = await committed(context, 'github', '--tool', join(folder, packed.toString().trim()));
  const home = join(folder, 'home');
  mkdirSync(home);
  const variables = {
    ...daemon.variables,
    HOME: home,
    PATH: `${join(folder, 'npm/bin')}:${process.env.PATH}`,
    CARGO_BOXED_HOME: sharedHome,
    npm_config_prefix: join(folder, 'npm'),
    // What this host trusts, as npm on a runner does.
    npm_config_cafile: process.env.SSL_CERT_FILE ?? '/etc/ssl/certs/ca-certificates.crt',
  };
  const passed = Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const words = ['push', '--platform', 'ubuntu-24.04=-self-hosted', ...standIns(join(folder, 'actions')), ...passed];
  const act = goProgram('act');
  const run = () => {
    const env = { ...process.env, ...variables };
    const ended = spawnSync(act, words, { cwd: made.folder, env, encoding: 'utf8', timeout: 300_000 });
    return { ...ended, text: `${ended.stdout}${ended.stderr}` };
  };
  const first = run();
  assert.equal(first.status, 0, first.text);
  assert.match(first.text, /nothing to take over/);
  assert.match(first.text, /Compiling.*itoa/);
  assert.match(first.text, /test is_alone \.\.\. .*ok/);
  assert.match(first.text, /Cache in .*cargo-boxed-cache\.tar/);
  const second = run();
  assert.equal(second.status, 0, second.text);
  assert.match(second.text, /Taken over: .*target: (imported|there already)/);
  assert.doesNotMatch(second.text, /Compiling.*itoa/);
});

test('the jobs for GitLab build and test in the image itself; a network of its own where the runner allows that', async (context) => {
  const made = await committed(context, 'gitlab');
  const load = `tar -C "$1" -c . | docker --host "unix://$2" import - team/copying:1`;
  execFileSync('bash', ['-c', load, 'import', copyingRoot(), daemon.socket], { stdio: 'ignore' });
  const run = () => {
    const program = join(tree, 'node_modules/.bin/gitlab-ci-local');
    // The image that it copies with cannot be had here.
    const words = [
      '--file',
      '.gitlab/cargo-boxed.yml',
      '--pull-policy',
      'if-not-present',
      '--helper-image',
      'team/copying:1',
    ];
    const env = { ...process.env, ...daemon.variables, HOME: temporaryFolder(context, 'gitlab') };
    const ended = spawnSync(program, words, { cwd: made.folder, env, encoding: 'utf8', timeout: 300_000 });
    return { ...ended, text: `${ended.stdout}${ended.stderr}` };
  };
  const plain = run();
  assert.equal(plain.status, 0, plain.text);
  assert.match(plain.text, /This runner lets no job give up its network/);
  assert.match(plain.text, /test result: ok\. 1 passed/);
  assert.match(plain.text, /Compiling plain/);

  // The same script where a job may make a network of its own; what runs jobs here cannot start such a container.
  const workflow = parse(made.read('.gitlab/cargo-boxed.yml'));
  const script: readonly string[] = workflow['cargo-boxed-build'].script;
  const words = [
    'run',
    '--rm',
    '--network',
    'none',
    '--security-opt',
    'seccomp=unconfined',
    '--workdir',
    '/box/project',
  ];
  const given = ['--volume', `${made.folder}:/box/project:ro`, '--env', 'CARGO_TARGET_DIR=/box/target/out'];
  const lines = script.filter((line) => !line.includes('target.tar')).join('\n');
  const said = execFileSync(
    'docker',
    [
      '--host',
      `unix://${daemon.socket}`,
      ...words,
      ...given,
      workflow['.cargo-boxed'].image.name,
      'bash',
      '-ec',
      lines,
    ],
    { encoding: 'utf8', env: { ...process.env, CI_PROJECT_DIR: '/box/project' } },
  );
  assert.doesNotMatch(said, /This runner lets no job/);
  assert.match(said, /test result: ok\. 1 passed/);
});
