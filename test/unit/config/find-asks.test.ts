import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asksOf, brief, briefAsks, problemsOf, settled } from './config-case.ts';

test('what widens the box is an ask, by key, value and place', async () => {
  const project = `env:
  pass: [DATABASE_URL, HOME_TOKEN]
project-path: mirror
limits:
  processes: 9999
  memory: none
network: [tcp:127.0.0.1:5432, "unix:/run/postgresql/.s.PGSQL.5432"]
mounts:
  - {source: ~/data, target: /data}
unwalled-build-scripts: [ort-sys]
`;
  const asks = await asksOf({ project });
  assert.deepEqual(briefAsks(asks), [
    'cargo-boxed.yaml:3:15 project-path mirror',
    'cargo-boxed.yaml:2:10 env.pass DATABASE_URL',
    'cargo-boxed.yaml:2:24 env.pass HOME_TOKEN',
    'cargo-boxed.yaml:7:11 network tcp:127.0.0.1:5432',
    'cargo-boxed.yaml:7:31 network unix:/run/postgresql/.s.PGSQL.5432',
    'cargo-boxed.yaml:9:5 mounts {"access":"read-only","source":"~/data","target":"/data"}',
    'cargo-boxed.yaml:10:26 unwalled-build-scripts ort-sys',
    'cargo-boxed.yaml:6:11 limits.memory none',
    'cargo-boxed.yaml:5:14 limits.processes 9999',
  ]);
});

test("what the user's own file allows is no ask, and a project may take less of it", async () => {
  const user =
    'env: [A, B]\nproject-path: mirror\nlimits: {processes: 9999, memory: none, time: 1h}\nnetwork: [tcp:a:5432]\nunwalled-build-scripts: [a, b]\n';
  const same =
    'env: [A]\nproject-path: mirror\nlimits: {processes: 9999, memory: none, time: 1h}\nnetwork: [tcp:a:5432]\nunwalled-build-scripts: [b]\n';
  assert.deepEqual(await asksOf({ user, project: same }), []);
  assert.deepEqual((await settled({ user, project: same })).env.pass.value, ['A']);
  const less = await settled({
    user,
    project: 'limits: {processes: 10, memory: 1GiB, time: 1s}\nproject-path: fixed\nnetwork: []\n',
  });
  assert.equal(less.limits.processes.value, 10);
  assert.deepEqual([less.env.pass.value, less.network.value], [['A', 'B'], []]);
  assert.equal((await asksOf({ user, project: 'limits: {time: 2h}\nenv: [C]\n' })).length, 2);
});

test('what the call itself says is no ask of the project', async () => {
  const project = 'limits: {processes: 9999}\nenv: [TOKEN]\nnetwork: [tcp:a:5432]\n';
  const flags = { limits: ['processes=5000'] };
  const variables = { CARGO_BOXED_ENV_PASS: 'TOKEN', CARGO_BOXED_NETWORK: 'tcp:b:5432' };
  assert.deepEqual(await asksOf({ project, flags, variables }), []);
  const config = await settled({ project, flags, variables });
  assert.equal(config.limits.processes.value, 5000);
  assert.deepEqual(config.network.value, ['tcp:b:5432']);
  assert.deepEqual(config.env.pass, {
    value: ['TOKEN'],
    origin: { kind: 'environment', variable: 'CARGO_BOXED_ENV_PASS' },
  });
});

test('a project narrows freely', async () => {
  const project =
    'limits: {processes: 10, memory: 1GiB, cpus: 1, time: 1m, silence: none}\nexport: false\npinned: true\nenv: []\n';
  assert.deepEqual(await asksOf({ project }), []);
});

test('a project cannot undo what the user tightened', async () => {
  const user = 'pinned: true\nexport: false\nlimits: {time: 10m}\n';
  const asks = await asksOf({ user, project: 'pinned: false\nexport: true\nlimits: {time: none}\n' });
  assert.deepEqual(
    asks.map(({ key, value }) => `${key} ${value}`),
    ['limits.time none', 'export true', 'pinned false'],
  );
});

test("an image outside of the user's list is an ask, and any image where there is none is not", async () => {
  const user = 'allowed-images: ["registry.example/team/**", "rust:1.*"]\n';
  const asked = async (image: string, own = user) => (await asksOf({ user: own, project: `image: ${image}\n` })).length;
  assert.equal(await asked('registry.example/team/a/b:1'), 0);
  assert.equal(await asked('rust:1.95'), 0);
  assert.equal(await asked('rust:2'), 1);
  assert.equal(await asked('registry.example/team.evil/a'), 1);
  assert.equal(await asked('evil.example/registry.example/team/a'), 1);
  assert.equal(await asked('rust:2', ''), 0);
  assert.equal(await asked('rust:2', `${user}image: rust:2\n`), 0);
});

test("a key of the user's own is refused in a project's file and table", async () => {
  const yaml = await problemsOf({ project: 'snapshot-mirror: http://mirror.example\nallowed-images: ["**"]\n' });
  assert.deepEqual(brief(yaml), [
    'cargo-boxed.yaml:1:1 a project cannot set `snapshot-mirror`',
    'cargo-boxed.yaml:2:1 a project cannot set `allowed-images`',
  ]);
  assert.ok(yaml.every((problem) => problem.code === 'refused' && problem.fix?.includes('your own configuration')));
  const toml = await problemsOf({
    manifest: '[workspace.metadata.boxed]\nsnapshot-mirror = "http://mirror.example"\n',
  });
  assert.deepEqual(toml[0]?.where, { file: 'Cargo.toml', line: 2, column: 1 });
});

test('asks of a metadata table have their place too', async () => {
  const manifest =
    '[package.metadata.boxed]\nenv = [\n  "A=1",\n  "TOKEN",\n]\n[package.metadata.boxed.limits]\nprocesses = 5_000\n';
  assert.deepEqual(briefAsks(await asksOf({ manifest })), [
    'Cargo.toml:4:3 env.pass TOKEN',
    'Cargo.toml:7:13 limits.processes 5000',
  ]);
});

test('a door is one address, and a mount is one path that covers nothing of the box', async () => {
  const doors = [
    'open',
    'host',
    'tcp:db.example:*',
    'tcp:db.example:80',
    'tcp:db:70000',
    'tcp:*:5432',
    'tcp:db:5432/x',
    'unix:/run/../etc/x',
    'unix:/etc/x',
    'unix:/box/x',
    'unix:run/x',
    'unix:/x',
    'udp:db:5432',
  ];
  for (const door of doors) assert.equal((await problemsOf({ user: `network: ["${door}"]\n` })).length, 1, door);
  const two = await problemsOf({ user: 'network: [tcp:a:5432, tcp:b:5432]\n' });
  assert.equal(two[0]?.what, 'two doors of `network` have the port 5432');
  const mounts = [
    '{source: /a, target: /}',
    '{source: /a, target: /box/project}',
    '{source: /a, target: /usr/lib}',
    '{source: /a, target: /a/../usr}',
    '{source: /a, target: /tmp}',
    '{source: /a, target: b}',
    '{source: a, target: /b}',
    '{source: ~user/a, target: /b}',
    '{source: "~", target: /b}',
    '{source: /, target: /b}',
    '{source: /a/../b, target: /b}',
    '{source: /a, target: /b, access: rw}',
    '{source: /a, target: /b, options: suid}',
    '{source: /a}',
    '/a:/b',
  ];
  for (const mount of mounts) assert.equal((await problemsOf({ user: `mounts: [${mount}]\n` })).length, 1, mount);
  const nested = 'mounts: [{source: /a, target: /b}, {source: /c, target: /b/d}]\n';
  assert.match((await problemsOf({ user: nested }))[0]?.what ?? '', /`\/b\/d` lies in the target of another mount/);
});

test('two values that begin alike are two asks, however long they are, and each is shown whole', async () => {
  const address = (end: string) => `https://mirror.example/${'a'.repeat(400)}/${end}.tar.gz`;
  for (const key of ['nixpkgs', 'rust-overlay']) {
    const ask = async (end: string) => (await asksOf({ project: `nix: {${key}: "${address(end)}"}\n` }))[0];
    const [granted, other] = [await ask('granted'), await ask('another')];
    assert.equal(granted?.value, address('granted'));
    assert.notEqual(granted?.value, other?.value);
    assert.ok(other?.title.includes(address('another')));
  }
});
