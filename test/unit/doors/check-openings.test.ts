import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { checkOpenings } from '../../../src/doors/check-openings.ts';
import type { Door, Mount } from '../../../src/plan/box-plan.ts';

function place(context: TestContext) {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'cargo-boxed-openings-'));
  context.after(() => rmSync(root, { recursive: true, force: true }));
  for (const folder of ['home/u/data', 'home/u/.cache/own', 'project/src', 'sockets']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  const forbidden = {
    homeDirectory: join(root, 'home/u'),
    project: join(root, 'project'),
    ownFolders: [join(root, 'home/u/.cache/own')],
    engineAddress: `unix://${root}/sockets/my-engine`,
  };
  return { root, forbidden };
}

const bind = (anchor: 'home' | 'filesystem', path: string): Mount => ({
  kind: 'bind',
  source: { anchor, path },
  target: '/data',
  access: 'read-only',
});

test('a mount is a folder or a file that is what it seems', (context) => {
  const { root, forbidden } = place(context);
  const why = (mount: Mount) => checkOpenings([mount], [], forbidden)[0]?.why ?? null;
  const at = (path: string) => why(bind('filesystem', join(root, path).slice(1)));
  writeFileSync(join(root, 'home/u/file'), '');
  symlinkSync(join(root, 'home/u/data'), join(root, 'link'));
  assert.equal(why(bind('home', 'data')), null);
  assert.equal(at('home/u/file'), null);
  assert.match(at('gone') ?? '', /nothing at this path/);
  assert.match(at('link') ?? '', /a link leads it to/);
  assert.match(at('home') ?? '', /your home/);
  assert.match(at('home/u') ?? '', /your home/);
  assert.match(at('home/u/.cache') ?? '', /own files/);
  assert.match(at('home/u/.cache/own') ?? '', /own files/);
  assert.match(at('project/src') ?? '', /part of the project/);
  assert.match(at('sockets') ?? '', /can start programs/);
  for (const path of ['proc', 'sys/kernel', 'run', 'dev/shm', 'boot'])
    assert.notEqual(why(bind('filesystem', path)), null, path);
});

test('a door is a socket that starts no programs', async (context) => {
  const { root, forbidden } = place(context);
  const why = (door: Door) => checkOpenings([], [door], forbidden)[0]?.why ?? null;
  const socket = async (name: string) => {
    const server = createServer();
    context.after(() => server.close());
    await new Promise<void>((done) => server.listen(join(root, 'sockets', name), done));
    return why({ kind: 'unix', path: join(root, 'sockets', name) });
  };
  assert.equal(await socket('.s.PGSQL.5432'), null);
  for (const name of ['docker.sock', 'podman.sock', 'containerd.sock', 'my-engine', 'bus', 'system_bus_socket']) {
    assert.match((await socket(name)) ?? '', /can start programs/, name);
    const mounted = checkOpenings([bind('filesystem', join(root, 'sockets', name).slice(1))], [], forbidden);
    assert.equal(mounted.length, 1, `${name} in the name of a mount`);
  }
  writeFileSync(join(root, 'plain'), '');
  symlinkSync(join(root, 'sockets'), join(root, 'link'));
  assert.match(why({ kind: 'unix', path: join(root, 'plain') }) ?? '', /not a socket/);
  assert.match(why({ kind: 'unix', path: join(root, 'link/.s.PGSQL.5432') }) ?? '', /a link leads it/);
  assert.match(why({ kind: 'unix', path: join(root, 'sockets/gone') }) ?? '', /nothing at this path/);
  assert.match(why({ kind: 'tcp', host: '127.0.0.1', port: 2375 }) ?? '', /can start programs/);
  assert.equal(why({ kind: 'tcp', host: '127.0.0.1', port: 5432 }), null);
});
