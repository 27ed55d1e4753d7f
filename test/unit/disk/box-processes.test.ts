import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { firstProcess, listProcesses, signalProcess, stateOf } from '../../../src/disk/box-processes.ts';

test('a tree of processes is listed, stopped, and goes on', async (context) => {
  const shell = spawn('sh', ['-c', 'sleep 100 & (sleep 100 & wait) & wait'], { stdio: 'ignore', detached: true });
  const processId = shell.pid ?? assert.fail();
  context.after(() => process.kill(-processId, 'SIGKILL'));
  const below = () => listProcesses({ processId, counts: 'below' });
  while (below().length < 3) await delay(10);
  assert.equal(firstProcess({ processId, counts: 'below' }), below()[0]);
  assert.deepEqual(listProcesses({ processId, counts: 'with' }), [processId, ...below()]);
  assert.equal(stateOf(processId), 'runs');
  assert.ok(signalProcess(processId, 'SIGSTOP'));
  while (stateOf(processId) !== 'stopped') await delay(10);
  assert.ok(signalProcess(processId, 'SIGCONT'));
  while (stateOf(processId) !== 'runs') await delay(10);
});

test('what is gone is gone, and no failure to signal', () => {
  assert.equal(stateOf(2 ** 22 + 1), 'gone');
  assert.deepEqual(listProcesses({ processId: 2 ** 22 + 1, counts: 'below' }), []);
  assert.equal(signalProcess(2 ** 22 + 1, 'SIGCONT'), true);
});
