import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { inNix, nixHome } from '../support/nixpkgs/nix-home.ts';
import { plainProgram, project, type RunningCommand, temporaryFolder } from '../support/rig.ts';
import { until } from '../support/running.ts';

const app = plainProgram('bad', 'fn main() {}\n');

for (const [name, status, said] of [
  ['zlibb', 78, /has no attribute `zlibb`, which `nix\.packages` names[\s\S]*Did you mean `zlib`\?/],
  ['broken-at-evaluation', 78, /cannot be evaluated[\s\S]*broken-at-evaluation was removed from the stand-in/],
  ['secretive', 77, /wanted to read \/etc\/shadow, which no pin may/],
  ['hungry', 78, /needs more than 4 GiB of memory/],
  ['fails-to-build', 78, /fails-to-build cannot be built[\s\S]*this build fails on purpose/],
] as const) {
  test(`an attribute that is ${name} ends with what to do`, async (context) => {
    const made = project(context, { ...app, 'cargo-boxed.yaml': `nix: {packages: [${name}]}\n` });
    const ended = await made.boxed(['build'], inNix());
    assert.equal(ended.status, status, ended.text);
    assert.match(ended.stderr, said);
    assert.doesNotMatch(ended.stderr, /show-trace|root:.*:0:/);
  });
}

test('an evaluation that does not end is given up', async (context) => {
  const made = project(context, { ...app, 'cargo-boxed.yaml': 'nix: {packages: [endless]}\n' });
  const ended = await made.boxed(['--limit', 'time=4s', 'build'], inNix());
  assert.equal(ended.status, 124, ended.text);
  assert.match(ended.stderr, /it did not evaluate in time/);
});

test('a project may only ask for another nixpkgs', async (context) => {
  const other = 'https://evil.example/nixpkgs.tar.gz';
  const made = project(context, { ...app, 'cargo-boxed.yaml': `nix: {nixpkgs: "${other}"}\n` });
  const ended = await made.boxed(['build'], inNix());
  assert.equal(ended.status, 77, ended.text);
  assert.match(ended.stderr, /that `https:\/\/evil\.example\/nixpkgs\.tar\.gz` is evaluated and built on this machine/);
});

test('what does not go together is said before anything is made', async (context) => {
  const made = project(context, { ...app, 'cargo-boxed.yaml': 'packages: [libasound2-dev]\n' });
  const debian = await made.boxed(['build'], inNix());
  assert.equal(debian.status, 78, debian.text);
  assert.match(debian.stderr, /`packages` names Debian packages, and this environment is nix/);
  made.write('cargo-boxed.yaml', 'nix: {packages: ["--option"]}\n');
  assert.equal((await made.boxed(['build'], inNix())).status, 78);
});

test('without Nix, what to install is said', async (context) => {
  const made = project(context, { ...app, 'cargo-boxed.yaml': 'nix: {packages: [zstd]}\n' });
  const hidden = ['bwrap', '--dev-bind', '/', '/', '--ro-bind', '/dev/null', '/usr/bin/nix-instantiate'];
  const ended = await made.boxed(['build'], { ...inNix(), prefix: hidden });
  assert.equal(ended.status, 78, ended.text);
  assert.match(ended.stderr, /Nix is not installed[\s\S]*apt-get install nix-bin/);
  const doctor = await made.boxed(['doctor'], inNix());
  assert.match(doctor.stdout, /^ok {2}nix environment +Nix \d+\.\d+\S*, \S+\/nix-instantiate, built /m);
});

for (const signal of ['SIGKILL', 'SIGINT'] as const) {
  test(`${signal} in the middle of a build of Nix leaves nothing running, and the next command works`, async (context) => {
    const made = project(context, { ...app, 'cargo-boxed.yaml': 'nix: {packages: [slow-to-build]}\n' });
    let running: RunningCommand | null = null;
    const ending = made.boxed(['build'], { ...inNix(), onStart: (started) => (running = started) });
    await until('a builder runs', () => builders().length > 0);
    (running as RunningCommand | null)?.kill(signal);
    const ended = await ending;
    if (signal === 'SIGINT') assert.equal(ended.status, 130, ended.text);
    await until('no builder is left', () => builders().length === 0);
    made.write('cargo-boxed.yaml', 'layers: [zlib]\n');
    const next = await made.boxed(['build'], inNix());
    assert.equal(next.status, 0, next.text);
  });
}

/** Processes of Nix that use the store of these tests, and the builder that sleeps. */
function builders(): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const line = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
        const isOurs = line.includes('600') && line[0] === 'sleep';
        return isOurs || (line[0]?.includes('nix-store') === true && line.join(' ').includes(nixHome)) ? [name] : [];
      } catch {
        return [];
      }
    });
}

test('a Nix that is too old is named before anything is asked of it', async (context) => {
  const made = project(context, { ...app, 'cargo-boxed.yaml': 'nix: {packages: [zstd]}\n' });
  // A fake Nix, which says another version and can do nothing.
  const folder = temporaryFolder(context, 'old-nix');
  for (const name of ['nix-instantiate', 'nix-store', 'nix-prefetch-url', 'nix']) {
    writeFileSync(join(folder, name), `#!/bin/sh\n[ "$1" = --version ] || exit 99\necho '${name} (Nix) 2.3.16'\n`, {
      mode: 0o755,
    });
  }
  const ended = await made.boxed(['build'], inNix({ PATH: `${folder}:${process.env.PATH}` }));
  assert.equal(ended.status, 78, ended.text);
  assert.match(ended.stderr, /Nix 2\.3\.16 is too old[\s\S]*it takes 2\.4 or later/);
});
