import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createDockerEngine, type DockerEngine } from '../../../src/engine/docker/create-docker-engine.ts';
import { type DockerDaemon, startDockerDaemon } from '../../support/docker-daemon.ts';
import { smallRoot } from '../../support/small-root.ts';

let daemon: DockerDaemon;
let engine: DockerEngine;
/** On the file system of the base, so that what is equal can be one file. */
const folder = `${smallRoot()}-more-${process.pid}`;
const base = { path: smallRoot(), sha256: 'ab'.repeat(32) };

before(async () => {
  daemon = await startDockerDaemon();
  engine = await createDockerEngine({ variables: daemon.variables, state: join(daemon.folder, 'state') });
  execFileSync('cp', ['--archive', '--link', smallRoot(), folder]);
  const at = (path: string) => join(folder, path);
  mkdirSync(at('usr/include/own/deep'), { recursive: true });
  writeFileSync(at('usr/include/own/deep/own.h'), '#define OWN\n');
  rmSync(at('usr/bin/perl'));
  rmSync(at('usr/share/perl5'), { recursive: true, force: true });
  rmSync(at('etc/issue'));
  writeFileSync(at('etc/issue'), 'another\n');
  rmSync(at('etc/motd'), { force: true });
  symlinkSync('issue', at('etc/motd'));
  rmSync(at('var/spool'), { recursive: true });
  writeFileSync(at('var/spool'), 'a file where a folder was\n');
  chmodSync(at('srv'), 0o711);
});

after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await daemon.stop();
});

const docker = (...words: string[]) => daemon.docker(...words);

/** Every entry of an image's file system with kind, mode, owner, time and content. */
function tree(id: string): readonly string[] {
  const made = docker('container', 'create', '--network', 'none', id, 'x');
  const into = join(daemon.folder, 'exported');
  mkdirSync(into);
  execFileSync('sh', [
    '-c',
    `docker --host "$1" export "$2" | tar -x -C "$3"`,
    'sh',
    `unix://${daemon.socket}`,
    made,
    into,
  ]);
  docker('rm', made);
  const script = `find . -mindepth 1 \\( -path ./dev -o -path ./proc -o -path ./sys -o -path './etc/hosts' -o -path './etc/hostname' \\
    -o -path './etc/resolv.conf' -o -path './etc/mtab' -o -path './.dockerenv' -o -path ./etc \\) -prune -o -printf '%p %y %m %U %G %T@ %l\\n' | sort;
    find usr etc/issue var/spool -type f -print0 | sort -z | xargs -0 sha256sum`;
  const found = execFileSync('sh', ['-c', script], { cwd: into, encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 });
  rmSync(into, { recursive: true });
  return found.split('\n');
}

test('a root on top of another is one layer on top of its image, and the same files as the whole', async () => {
  const root = { path: folder, sha256: 'cd'.repeat(32) };
  const layered = await engine.importRoot(root, base);
  assert.ok(layered.ok, JSON.stringify(layered));
  const below = await engine.importRoot(base, null);
  const whole = await engine.importRoot({ ...root, sha256: 'ef'.repeat(32) }, null);
  assert.ok(below.ok && whole.ok);
  const layersOf = (id: string): readonly string[] =>
    JSON.parse(docker('image', 'inspect', '--format', '{{json .RootFS.Layers}}', id));
  assert.deepEqual(layersOf(layered.value).slice(0, -1), layersOf(below.value));
  assert.equal(layersOf(layered.value).length, 2);
  const files = tree(layered.value);
  assert.deepEqual(files, tree(whole.value));
  assert.ok(files.some((line) => line.startsWith('./usr/include/own/deep/own.h f 644 0 0 0.')));
  assert.ok(!files.some((line) => line.includes('/.wh.')));

  docker('rmi', layered.value);
  const again = await engine.importRoot(root, base);
  assert.deepEqual(again, layered, 'equal roots, equal images');
  const size = Number(docker('history', '--human=false', '--format', '{{.Size}}', layered.value).split('\n')[0]);
  assert.ok(size < 200_000, `${size} bytes`);
  assert.deepEqual(readdirSync(join(daemon.folder, 'state/temporary')), []);
});
