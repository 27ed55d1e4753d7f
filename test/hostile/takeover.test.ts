/** Before there is a box: nothing that a project says makes a program of its own, or a tool for projects, run here. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test, { describe, it } from 'node:test';
import { hostCargo } from '../support/host-cargo.ts';
import { cleanVariables, run, temporaryFolder } from '../support/rig.ts';
import { allCommands, forgotten } from './support/all-commands.ts';
import { takeoverProject, wasTakenOver } from './support/takeover-project.ts';
import { outsideOfBoxes, traced, tracePath, whyForbidden } from './support/trace.ts';

test('the traced commands are all that there are', () => {
  assert.deepEqual(forgotten(), []);
});

test('every program that any command starts on the host is one of the system, and none gets the project', async (context) => {
  const folder = temporaryFolder(context, 'takeover');
  const { made, mark } = takeoverProject(folder);
  const path = [made.path('bin'), 'bin', '.', '', process.env.PATH].join(':');
  const failures: string[] = [];
  for (const command of allCommands) {
    const log = tracePath(folder, command.join(' '));
    const { ended, started } = await traced(made, command, log, { variables: { PATH: path } });
    assert.ok(ended.status !== 70 && ended.status !== null, ended.text);
    assert.ok(started.length > 0, 'the trace shows at least the command line');
    for (const program of started.slice(1)) {
      const why = whyForbidden(program, made.folder);
      if (why !== null) failures.push(`${command.join(' ')}: ${why}`);
    }
  }
  assert.deepEqual(failures, []);
  assert.equal(wasTakenOver(mark), false, wasTakenOver(mark) ? readFileSync(mark, 'utf8') : '');
});

test('the trace would show a tool for projects that the command line starts, also through another program', async (context) => {
  const folder = temporaryFolder(context, 'takeover-trace');
  const log = join(folder, 'trace');
  const script = `const { spawnSync } = require('node:child_process');
    spawnSync('/usr/bin/env', ['git', '--version'], { cwd: '/' });
    spawnSync('/bin/sh', ['-c', 'true'], { cwd: ${JSON.stringify(folder)} });`;
  const calls = 'trace=execve,execveat,clone,clone3,fork,vfork,chdir,fchdir';
  await run([
    'strace',
    '-f',
    '--seccomp-bpf',
    '-qq',
    '-s',
    '4096',
    '-o',
    log,
    '-e',
    calls,
    process.execPath,
    '-e',
    script,
  ]);
  const reasons = outsideOfBoxes(readFileSync(log, 'latin1')).map((started) => whyForbidden(started, folder));
  assert.match(reasons.join('\n'), /\/git is a tool for projects/);
  assert.match(reasons.join('\n'), /a shell was started in/);
});

test('a program is not missed when its process is seen before the call that made it returns', () => {
  const log = [
    '1 execve("/usr/bin/node", ["node"], 0x7 /* 1 vars */) = 0',
    '1 clone(child_stack=NULL <unfinished ...>',
    '2 chdir("/") = 0',
    '2 execve("/bin/sh", ["sh"], 0x7 /* 1 vars */) = 0',
    '1 <... clone resumed>, flags=SIGCHLD) = 2',
    '2 execve("/usr/bin/bwrap", ["bwrap"], 0x7 /* 1 vars */) = 0',
    '2 clone(flags=SIGCHLD) = 1',
    '3 execve("/box/toolchain/bin/cargo", ["cargo"], 0x7 /* 1 vars */) = 0',
  ].join('\n');
  assert.deepEqual(
    outsideOfBoxes(log).map(({ path, folder }) => [path, folder]),
    [
      ['/usr/bin/node', ''],
      ['/bin/sh', '/'],
      ['/usr/bin/bwrap', '/'],
    ],
  );
});

test('the trace and the mark would show it: host cargo in the same project runs its programs', async (context) => {
  const folder = temporaryFolder(context, 'takeover-open');
  const { made, mark } = takeoverProject(folder);
  made.write('.cargo/config.toml', made.read('.cargo/config.toml').replaceAll('/box/project', made.folder));
  const cargo = join(execFileSync('rustc', ['--print', 'sysroot'], { encoding: 'utf8', cwd: '/' }).trim(), 'bin/cargo');
  await run([cargo, 'metadata', '--format-version', '1'], { currentFolder: made.folder });
  assert.ok(wasTakenOver(mark));
});

test('without a box a build script leaves the mark with every command that compiles', async (context) => {
  for (const command of [
    ['build'],
    ['check'],
    ['test', '--no-run'],
    ['doc'],
    ['bench', '--no-run'],
    ['package'],
    ['fix'],
  ]) {
    const { made, mark } = takeoverProject(temporaryFolder(context, 'takeover-script'));
    made.write('.cargo/config.toml', '');
    const more = { package: '--allow-dirty', fix: '--allow-no-vcs' }[command[0] ?? ''] ?? [];
    await hostCargo(made, [...command, '--offline'].concat(more));
    assert.ok(wasTakenOver(mark), command.join(' '));
  }
});

test('without us rustup starts the toolchain that a project names, and asks for one of long ago', async (context) => {
  const { made, mark } = takeoverProject(temporaryFolder(context, 'takeover-rustup'));
  made.write('rust-toolchain.toml', `[toolchain]\npath = "${made.path('evil')}"\n`);
  await run(['cargo', '--version'], { currentFolder: made.folder });
  assert.match(readFileSync(mark, 'utf8'), /evil\/bin\/cargo --version/);
  made.write('rust-toolchain.toml', '[toolchain]\nchannel = "nightly-1999-01-01"\n');
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(404).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  context.after(() => server.close());
  const dist = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const variables = { RUSTUP_DIST_SERVER: dist, no_proxy: '127.0.0.1', RUSTUP_AUTO_INSTALL: '1' };
  const refused = await made.boxed(['build'], { variables });
  assert.match(refused.stderr, /nightly-1999-01-01/);
  assert.deepEqual(asked, []);
  await run(['cargo', '--version'], { currentFolder: made.folder, variables: { ...cleanVariables(), ...variables } });
  assert.ok(asked.join().includes('1999-01-01'), 'rustup would have asked for it');
});

test('without us cargo prefers the alias to our program, and node loads what NODE_OPTIONS names', async (context) => {
  const { made, mark } = takeoverProject(temporaryFolder(context, 'takeover-alias'));
  made.write('.cargo/config.toml', '[alias]\nboxed = "run --quiet --offline --"\n');
  made.write('src/main.rs', `fn main() { std::fs::write(${JSON.stringify(mark)}, "the alias").unwrap(); }\n`);
  made.write('build.rs', 'fn main() {}\n');
  const programs = made.path('programs');
  mkdirSync(programs);
  writeFileSync(join(programs, 'cargo-boxed'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  await hostCargo(made, ['boxed'], made.folder, { PATH: `${programs}:${process.env.PATH}` });
  assert.equal(readFileSync(mark, 'utf8'), 'the alias');
  rmSync(mark);
  await run([process.execPath, '-e', '0'], { variables: { NODE_OPTIONS: `--require=${made.path('evil/node.js')}` } });
  assert.ok(wasTakenOver(mark));
});

describe('a toolchain that the project names', () => {
  for (const [what, text] of [
    ['by its own folder', '[toolchain]\npath = "/TOOLS"\n'],
    ['by a relative folder', '[toolchain]\npath = "./evil"\n'],
    ['by a path as its channel', '[toolchain]\nchannel = "../../TOOLS"\n'],
    ['by an absolute path as its channel', '[toolchain]\nchannel = "/TOOLS"\n'],
    ['of long ago', '[toolchain]\nchannel = "nightly-1999-01-01"\n'],
    ['by a bare word with dots', '..\n'],
  ] as const) {
    it(`${what} is refused, and nothing of it runs`, async (context) => {
      const folder = temporaryFolder(context, 'toolchain');
      const { made, mark } = takeoverProject(folder);
      const file = text.includes('[') ? 'rust-toolchain.toml' : 'rust-toolchain';
      made.write(file, text.replace('/TOOLS', made.path('evil')));
      const started = performance.now();
      const ended = await made.boxed(['build']);
      assert.ok(ended.status !== 0 && ended.status !== 70, ended.text);
      assert.ok(performance.now() - started < 5000);
      assert.match(ended.stderr, /rust-toolchain/);
      assert.equal(wasTakenOver(mark), false);
    });
  }
});

test('a project cannot set what the launchers of its box on the host would obey', async (context) => {
  const folder = temporaryFolder(context, 'preload');
  const { made, mark } = takeoverProject(folder);
  const source = join(folder, 'evil.c');
  writeFileSync(source, preload(mark));
  execFileSync('cc', ['-shared', '-fPIC', '-o', made.path('evil/preload.so'), source]);
  made.write('.cargo/config.toml', '');
  const names = [
    'LD_PRELOAD',
    'LD_AUDIT',
    'LD_LIBRARY_PATH',
    'GCONV_PATH',
    'LOCPATH',
    'BASH_ENV',
    'ENV',
    'NODE_OPTIONS',
  ];
  const value = made.path('evil/preload.so');
  made.write('cargo-boxed.yaml', `env:\n  set:\n${names.map((name) => `    ${name}: '${value}'\n`).join('')}`);
  for (const command of [['build'], ['exec', '--', '/bin/true']]) {
    const ended = await made.boxed(command);
    assert.notEqual(ended.status, 70, ended.text);
    assert.equal(wasTakenOver(mark), false, ended.text);
  }
  // The same value, where the host's programs see it, does work.
  await run(['/bin/true'], { variables: { LD_PRELOAD: value } });
  assert.ok(wasTakenOver(mark));
});

function preload(mark: string): string {
  return `#include <fcntl.h>
#include <unistd.h>
__attribute__((constructor)) static void evil(void) {
  int file = open("${mark}", O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (file >= 0) write(file, "loaded\\n", 7);
}
`;
}

test('an alias that would be run in our place is told', async (context) => {
  const { made } = takeoverProject(temporaryFolder(context, 'alias'));
  const ended = await made.boxed(['status']);
  assert.match(ended.stderr, /alias `boxed`/);
});
