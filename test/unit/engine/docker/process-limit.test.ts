import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsFile, watchProcessLimit } from '../../../../src/engine/docker/process-limit.ts';

test('the counter is found by the group of a process, in both versions of control groups', () => {
  const first = '11:pids:/docker/abc\n9:name=systemd:/docker/abc\n4:cpu,cpuacct:/docker/abc\n0::/\n';
  assert.equal(eventsFile(first), '/sys/fs/cgroup/pids/docker/abc/pids.events');
  assert.equal(eventsFile('5:cpu,pids:/x\n'), '/sys/fs/cgroup/pids/x/pids.events');
  assert.equal(
    eventsFile('0::/system.slice/docker-abc.scope\n'),
    '/sys/fs/cgroup/system.slice/docker-abc.scope/pids.events',
  );
  assert.equal(eventsFile(''), null);
});

test('a process that is gone has met no limit', () => {
  const watch = watchProcessLimit(2 ** 22 + 1);
  assert.equal(watch.wasMet(), false);
  watch.end();
});
