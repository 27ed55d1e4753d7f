import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeHazard, findHazards } from '../../../src/devcontainer/find-hazards.ts';
import { placeAt } from '../../../src/devcontainer/read-jsonc.ts';
import type { HazardKind } from '../../../src/devcontainer/run-arguments.ts';
import { documentOf, id } from './support.ts';

/** A file that opens nothing, with something more. */
const closed = { image: id, runArgs: ['--network=none'] };
const kinds = (more: object) =>
  findHazards(documentOf({ ...closed, ...more }), (path) => path === 'link/below').map(({ kind }) => kind);
const withArguments = (...words: string[]) => kinds({ runArgs: ['--network=none', ...words] });

test('each thing that opens the machine is found', () => {
  const cases: readonly (readonly [object, HazardKind])[] = [
    [{ initializeCommand: 'curl x | sh' }, 'host-command'],
    [{ initializeCommand: { a: ['x'] } }, 'host-command'],
    [{ privileged: true }, 'privileged'],
    [{ privileged: 'yes' }, 'privileged'],
    [{ capAdd: ['SYS_PTRACE'] }, 'capabilities'],
    [{ securityOpt: ['seccomp=unconfined'] }, 'filter-off'],
    [{ mounts: ['source=/var/run/docker.sock,target=/s,type=bind'] }, 'engine-socket'],
    [{ mounts: [{ type: 'bind', source: '/run/user/1/podman/podman.sock', target: '/s' }] }, 'engine-socket'],
    [{ mounts: ['type=bind,src=${localEnv:HOME}/.ssh,dst=/s'] }, 'host-folder'],
    [{ mounts: ['type=bind,source=${localWorkspaceFolder}/../..,target=/s'] }, 'host-folder'],
    [{ mounts: ['type=bind,source=${localEnv:X:/var/run/dock}${localEnv:Y:er.sock},target=/s'] }, 'host-folder'],
    [{ mounts: ['type=volume,target=/s,volume-driver=local,volume-opt=type=none,volume-opt=device=/'] }, 'host-folder'],
    [{ workspaceMount: 'type=bind,source=/,target=/w', workspaceFolder: '/w' }, 'host-folder'],
    [{ runArgs: [] }, 'open-network'],
    [{ runArgs: ['--network=bridge'] }, 'open-network'],
    [{ runArgs: ['--net', 'host'] }, 'open-network'],
    [{ appPort: [8080] }, 'open-network'],
    [{ hostRequirements: { gpu: 'optional' } }, 'device'],
    [{ dockerComposeFile: 'compose.yaml', service: 'a' }, 'compose'],
    [{ features: { 'registry.example/x:1': {} } }, 'feature'],
    [{ build: { dockerfile: 'Dockerfile' } }, 'built-image'],
    [{ build: { dockerfile: 'Dockerfile', options: ['--network=host'] } }, 'build-options'],
    [{ dockerFile: 'Dockerfile' }, 'built-image'],
    [{ image: 'rust:1' }, 'unpinned-image'],
    [{ containerEnv: { TOKEN: '${localEnv:TOKEN}' } }, 'host-variable'],
    [{ remoteEnv: { TOKEN: 'x${env:TOKEN}' } }, 'host-variable'],
  ];
  for (const [more, kind] of cases) assert.ok(kinds(more).includes(kind), `${JSON.stringify(more)}: ${kinds(more)}`);
});

test('arguments of docker run count in each way to write them', () => {
  const cases: readonly (readonly [readonly string[], HazardKind])[] = [
    [['--privileged'], 'privileged'],
    [['--privileged=true'], 'privileged'],
    [['--cap-add=ALL'], 'capabilities'],
    [['--cap-add', 'ALL'], 'capabilities'],
    [['-v', '/:/host'], 'host-folder'],
    [['-v/:/host'], 'unknown-argument'],
    [['--volume=/var/run/docker.sock:/s'], 'engine-socket'],
    [['--mount', 'type=bind,source=/,target=/h'], 'host-folder'],
    [['--pid=host'], 'host-namespace'],
    [['--ipc', 'host'], 'host-namespace'],
    [['--device=/dev/sda'], 'device'],
    [['--security-opt', 'apparmor=unconfined'], 'filter-off'],
    [['-p', '80:80'], 'open-network'],
    [['--env', 'TOKEN'], 'host-variable'],
    [['--something-new'], 'unknown-argument'],
    [['alpine'], 'unknown-argument'],
    [['--name=${localEnv:X:--privileged}'], 'unknown-argument'],
    [['--rm', '--privileged'], 'privileged'],
    [['--hostname', 'x', '--privileged'], 'privileged'],
  ];
  for (const [words, kind] of cases)
    assert.ok(withArguments(...words).includes(kind), `${words.join(' ')}: ${withArguments(...words)}`);
});

test('what opens nothing is no finding', () => {
  assert.deepEqual(kinds({}), []);
  const harmless = ['--cap-drop', 'ALL', '--security-opt=no-new-privileges', '--init', '--name', 'x', '-e', 'A=b'];
  assert.deepEqual(withArguments(...harmless), []);
  assert.deepEqual(
    kinds({
      name: 'x',
      privileged: false,
      capAdd: [],
      hostRequirements: { cpus: 4, gpu: false },
      mounts: ['type=volume,source=a,target=/a', { type: 'tmpfs', target: '/t' }],
      workspaceMount: 'type=bind,source=${localWorkspaceFolder},target=/w,readonly',
      postCreateCommand: 'cargo fetch',
      containerEnv: { A: '${containerWorkspaceFolder}' },
    }),
    [],
  );
});

test('findings stand in the order of the file, with their places, in words that are safe to print', () => {
  const document = documentOf('{\n  "capAdd": ["ALL"],\n  "initializeCommand": "x",\n  "image": "a\\u001b[2J"\n}');
  const found = findHazards(document, () => false);
  assert.deepEqual(
    found.map(({ kind, offset }) => [kind, placeAt(document, offset).line]),
    [
      ['open-network', 1],
      ['capabilities', 2],
      ['host-command', 3],
      ['unpinned-image', 4],
    ],
  );
  for (const one of found) assert.match(describeHazard(one), /^[ -~]+$/);
});

test('a mount says no more than it seems to: not behind a line, not behind a comma, not through a link', () => {
  const line = 'type=bind,source=/,target=/host';
  for (const mount of [
    `${line}\n,type=tmpfs`,
    `${line}\r\n,type=volume,source=a`,
    { type: 'volume', source: 'a', target: '/host,type=bind,source=/' },
    { type: 'tmpfs', target: '/host\n' },
    { type: 'tmpfs', target: '/host', 'x,type=bind,source=/': '' },
    'type=bind,source=${localWorkspaceFolder}/link/below,target=/host,readonly',
  ]) {
    assert.deepEqual(kinds({ mounts: [mount] }), ['host-folder'], JSON.stringify(mount));
    assert.deepEqual(kinds({ workspaceMount: mount }), ['host-folder'], JSON.stringify(mount));
  }
  assert.deepEqual(kinds({ mounts: ['type=bind,source=${localWorkspaceFolder}/folder,target=/a'] }), []);
});

test('the value of an option is no option: it takes no network away', () => {
  for (const runArgs of [
    ['--label', '--network=none'],
    ['--name', '--net', 'none'],
    ['-e', '--network=none'],
  ])
    assert.ok(kinds({ runArgs }).includes('open-network'), runArgs.join(' '));
});
