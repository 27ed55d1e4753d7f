import assert from 'node:assert/strict';
import test from 'node:test';
import { git } from '../../support/git-server.ts';
import { fixture } from '../../support/rig.ts';

test('real crates start cmake, cc, pkg-config, protoc, cargo metadata, python and git, a macro reads a file and an xtask runs cargo, without configuration', async (context) => {
  const made = fixture(context, 'real-build-scripts');
  git(['init', '--quiet', '--initial-branch=main'], made.folder);
  git(['add', 'build.rs'], made.folder);
  git(['commit', '--quiet', '--message', 'first'], made.folder);
  const ended = await made.boxed(['run', '--quiet'], { limitSeconds: 600 });
  assert.equal(ended.status, 0, ended.text);
  assert.equal(
    ended.stdout,
    'cmake 42\ncc 13\nmacro 3\nzlib true\nlinked zlib true\nprost 7\ncargo metadata 2\npython true\ngit first\n',
  );
  const task = await made.boxed(['xtask'], { limitSeconds: 600 });
  assert.equal(task.status, 0, task.text);
  assert.equal(task.stdout, 'packages 2\ngit first\n');
});
