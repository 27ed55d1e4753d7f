import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { findEngineSocket } from '../../../../src/engine/docker/find-socket.ts';

const home = mkdtempSync(join(tmpdir(), 'boxed-socket-'));
after(() => rmSync(home, { recursive: true, force: true }));

function writeContext(name: string, host: string): void {
  const digest = createHash('sha256').update(name).digest('hex');
  const folder = join(home, '.docker/contexts/meta', digest);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'meta.json'), JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }));
  writeFileSync(join(home, '.docker/config.json'), JSON.stringify({ currentContext: name }));
}

test('DOCKER_HOST comes first', () => {
  const found = findEngineSocket({ DOCKER_HOST: 'unix:///a/b.sock', DOCKER_CONTEXT: 'x' }, home);
  assert.deepEqual(found, { ok: true, value: { path: '/a/b.sock', origin: 'DOCKER_HOST' } });
});

test('remote engines are refused with the reason', () => {
  for (const host of ['tcp://10.0.0.1:2375', 'ssh://me@there', 'http://localhost:2375', 'unix://relative.sock']) {
    const found = findEngineSocket({ DOCKER_HOST: host }, home);
    assert.ok(!found.ok);
    assert.equal(found.problems[0]?.code, 'engine-missing');
    assert.match(found.problems[0]?.why ?? '', /remote/);
  }
});

test('the current context is read as data', () => {
  writeContext('mine', 'unix:///run/mine.sock');
  const found = findEngineSocket({}, home);
  assert.ok(found.ok);
  assert.equal(found.value.path, '/run/mine.sock');
  writeContext('far', 'ssh://me@there');
  assert.ok(!findEngineSocket({}, home).ok);
});

test('a context that is not there is an error, not the default', () => {
  const found = findEngineSocket({ DOCKER_CONTEXT: 'nope' }, home);
  assert.ok(!found.ok);
  assert.match(found.problems[0]?.what ?? '', /nope/);
});

test('the socket of a rootless engine is found', async () => {
  const runtime = mkdtempSync(join(tmpdir(), 'boxed-run-'));
  const server = createServer().listen(join(runtime, 'docker.sock'));
  await new Promise((resolve) => server.once('listening', resolve));
  const found = findEngineSocket({ DOCKER_CONTEXT: 'default', XDG_RUNTIME_DIR: runtime }, home);
  server.close();
  rmSync(runtime, { recursive: true, force: true });
  assert.ok(found.ok);
  assert.match(found.value.path, /docker\.sock$/);
});
