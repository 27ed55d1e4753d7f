import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findMountRoot } from '../../../src/facts/find-mount-root.ts';
import { problemIn, temporaryTree, valueIn } from './temporary-tree.ts';

test('takes the VCS root around the workspace, else the workspace root', (context) => {
  const root = temporaryTree(context, {
    'repo/.git/HEAD': '',
    'repo/ws/a/': '',
    'tree/.git': 'gitdir: elsewhere',
    'tree/ws/': '',
    'hg/.hg/store/': '',
    'hg/ws/': '',
    'none/ws/': '',
    'empty/.git/': '',
    'empty/ws/': '',
  });
  const home = join(root, 'home');
  const found = (folder: string) => valueIn(findMountRoot(join(root, folder), home));
  assert.equal(found('repo/ws/a'), join(root, 'repo'));
  assert.equal(found('repo'), join(root, 'repo'));
  assert.equal(found('tree/ws'), join(root, 'tree'));
  assert.equal(found('hg/ws'), join(root, 'hg'));
  assert.equal(found('none/ws'), join(root, 'none/ws'));
  assert.equal(found('empty/ws'), join(root, 'empty/ws'));
});

test('never mounts a home, what contains one, or the root', (context) => {
  const root = temporaryTree(context, { 'home/user/.git/HEAD': '', 'home/user/project/': '' });
  const home = join(root, 'home/user');
  assert.equal(valueIn(findMountRoot(join(home, 'project'), home)), join(home, 'project'));
  assert.equal(problemIn(findMountRoot(home, home)).code, 'refused');
  assert.equal(problemIn(findMountRoot(join(root, 'home'), home)).code, 'refused');
  assert.equal(problemIn(findMountRoot('/', home)).code, 'refused');
});

test('passes over a VCS root that everyone can write, and refuses such a workspace', (context) => {
  const root = temporaryTree(context, { '.git/HEAD': '', 'project/': '' });
  chmodSync(root, 0o1777);
  assert.equal(valueIn(findMountRoot(join(root, 'project'), '/home/nobody')), join(root, 'project'));
  assert.equal(problemIn(findMountRoot(root, '/home/nobody')).code, 'refused');
});
