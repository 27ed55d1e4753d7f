import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { delegatedGroup } from '../../../../src/engine/bwrap/delegated-group.ts';
import { temporaryFolder } from '../../../support/rig.ts';

/** A fake of the kernel's tree: this test is about which of its groups is chosen. */
function tree(root: string, groups: Readonly<Record<string, string>>): void {
  for (const [path, controllers] of Object.entries(groups)) {
    mkdirSync(join(root, path), { recursive: true });
    writeFileSync(join(root, path, 'cgroup.procs'), '');
    writeFileSync(join(root, path, 'cgroup.subtree_control'), controllers);
  }
}

const service = 'user.slice/user-1000.slice/user@1000.service';
const own = `0::/${service}/app.slice/terminal.scope\n`;

test('the highest group that hands the controller on is taken', (context) => {
  const root = temporaryFolder(context, 'groups');
  tree(root, { '': 'cpu', [service]: 'cpu memory pids\n', [`${service}/app.slice`]: 'memory pids\n' });
  assert.equal(delegatedGroup(root, 'memory', own), join(root, service));
  assert.equal(delegatedGroup(root, 'cpu', own), root);
  assert.equal(delegatedGroup(root, 'io', own), null);
});

test('a group that this process is not in is not taken', (context) => {
  const root = temporaryFolder(context, 'groups');
  tree(root, { [service]: 'memory' });
  assert.equal(delegatedGroup(root, 'memory', '0::/system.slice/cron.service\n'), null);
});

test('neither a group of version 1 nor one above a namespace leads elsewhere', (context) => {
  const root = temporaryFolder(context, 'groups');
  tree(root, { '': 'memory', a: 'memory' });
  assert.equal(delegatedGroup(join(root, 'a'), 'memory', '0::/../../b\n'), join(root, 'a'));
  assert.equal(delegatedGroup(root, 'memory', '4:memory:/a\n'), root);
});
