import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuMs } from '../../support/cpu-clock.ts';
import { brief, problemsOf, settled } from './config-case.ts';

test('each form of the table is read', async () => {
  const manifests = [
    '[package.metadata.boxed]\nengine = "docker"\nlimits = { time = "1m" }\n',
    '[workspace.metadata.boxed]\nengine = "docker"\nlimits.time = "1m"\n',
    '[workspace]\nmetadata.boxed = { engine = "docker", limits = { time = "1m" } }\n',
    '[package]\nname = "x"\n[package.metadata]\nboxed.engine = "docker"\n[package.metadata.boxed.limits]\ntime = "1m"\n',
    '[ workspace . "metadata" . \'boxed\' ]\n"engine" = \'docker\'\n"limits".time = """1m"""\n',
    'workspace.metadata.boxed.engine = "docker"\nworkspace.metadata.boxed.limits.time = "1m"\n',
    '[workspace.metadata]\n"\\u0062oxed" = { engine = "docker", limits.time = "1m" }\n',
  ];
  for (const manifest of manifests) {
    const config = await settled({ manifest });
    assert.equal(config.engine.value, 'docker', manifest);
    assert.equal(config.limits.wallClockMs.value, 60_000, manifest);
  }
});

test('a manifest without the table says nothing', async () => {
  for (const manifest of ['', '[package]\nname = "boxed"\n', '[package.metadata]\nother.boxed = 1\n']) {
    assert.equal((await settled({ manifest })).engine.origin.kind, 'default');
  }
});

test('a fault has its line and column in every form', async () => {
  const cases: readonly (readonly [string, string])[] = [
    ['[package.metadata.boxed]\nengine = "dockr"\n', '2:10 `engine` cannot be `dockr`'],
    ['[package.metadata.boxed]\nengin = "docker"\n', '2:1 there is no key `engin`'],
    ['[workspace]\nmetadata.boxed = { engine = "dockr" }\n', '2:29 `engine` cannot be `dockr`'],
    ['[package.metadata.boxed]\n\n\tlimits = { time = 30 }\n', '3:20 `limits.time` cannot be `30`'],
    ['[package.metadata.boxed.limits]\ntime = 1979-05-27\n', '2:8 the value of `limits.time` is wrong'],
    ['[package.metadata.boxed]\nlimits.memory = "4gb"\n', '2:17 `limits.memory` cannot be `4gb`'],
    [
      '[package.metadata.boxed]\nlayers = [\n  "zlib", # [one]\n  \'Open SSL\',\n]\n',
      '4:3 the value of `layers` is wrong',
    ],
    [
      '[package]\nx = """\n[package.metadata.boxed]\n"""\n[package.metadata.boxed]\nsuite = 12\n',
      '6:9 `suite` cannot be `12`',
    ],
    [
      '[[bin]]\nname = "a"\n[[bin]]\nname = "b" # "\n[package.metadata.boxed]\nexport = 1\n',
      '6:10 `export` cannot be `1`',
    ],
    ['[package.metadata]\nboxed = 3\n', '2:9 this is no configuration'],
    ['[[package.metadata.boxed]]\nengine = "docker"\n', '1:1 this is no configuration'],
    ['[package.metadata.boxed]\n"\\u0065ngine" = "dockr"\n', '2:17 `engine` cannot be `dockr`'],
    ['[package.metadata.boxed]\r\nengine = "dockr"\r\n', '2:10 `engine` cannot be `dockr`'],
    ['[package.metadata.boxed]\n__proto__ = { engine = "docker" }\n', '2:1 there is no key `__proto__`'],
    ['[package.metadata.boxed]\nenv.set.A = ""\nenv.set.__proto__ = "x"\n', '3:9 `__proto__` is no name of a variable'],
  ];
  for (const [manifest, expected] of cases) {
    assert.deepEqual(brief(await problemsOf({ manifest })), [`Cargo.toml:${expected}`], JSON.stringify(manifest));
  }
});

test('both tables at once are an error', async () => {
  const manifest = '[package.metadata.boxed]\nengine = "docker"\n[workspace.metadata.boxed]\n';
  assert.deepEqual(brief(await problemsOf({ manifest })), [
    'Cargo.toml:1:1 `[workspace.metadata.boxed]` and `[package.metadata.boxed]` are there at once',
  ]);
});

test('broken and hostile manifests end in an error in time', async () => {
  const table = '[package.metadata.boxed]\n';
  const manifests = [
    `${table}engine = "docker`,
    `${table}engine = "a"\nengine = "b"\n`,
    `${table}layers = ${'['.repeat(60)}${']'.repeat(60)}\n`,
    `${table}layers = ${'['.repeat(100_000)}\n`,
    `${table}${'a.'.repeat(100_000)}b = 1\n`,
    `${table}${Array.from({ length: 20_000 }, (_, index) => `k${index} = 1`).join('\n')}\n`,
    `${table}layers = [${'"a", '.repeat(20_000)}]\nengin = 1\n`,
    `${table}layers = [${'"a", '.repeat(400_000)}]\nengin = 1\n`,
    `${table}layers = [${'"a", '.repeat(4_000)}]\nengin = 1\n`,
  ];
  for (const manifest of manifests) {
    const start = cpuMs();
    const problems = await problemsOf({ manifest });
    assert.ok(cpuMs() - start < 1000, manifest.slice(0, 60));
    assert.ok(problems.length <= 50 && problems.every(({ where }) => where?.line !== undefined), manifest.slice(0, 60));
  }
});
