import assert from 'node:assert/strict';
import test from 'node:test';
import { evaluationCommand } from '../../../../src/environment/nix/evaluation-box.ts';

const box = {
  bwrap: '/usr/bin/bwrap',
  prlimit: '/usr/bin/prlimit',
  argv: ['/usr/bin/nix-instantiate', '--version'],
  variables: { NIX_CONFIG: 'sandbox = true', HOME: '/home/somebody' },
  system: [
    { path: '/usr', to: null },
    { path: '/bin', to: 'usr/bin' },
  ],
  read: ['/nix'],
  write: ['/cache/store'],
  expression: '/package/nix',
  project: null,
  files: [{ from: '/scratch/passwd', to: '/etc/passwd' }],
  network: 'none',
} as const;

test('an evaluation has no network, no home and a limit of memory', () => {
  const command = evaluationCommand(box);
  assert.ok(command.includes('--unshare-all') && !command.includes('--share-net'));
  assert.ok(!command.includes('/home/somebody'));
  const after = command.slice(command.indexOf('--'));
  assert.deepEqual(after, ['--', '/usr/bin/prlimit', '--as=4294967296', '--core=0', '--', ...box.argv]);
  const binds = command.flatMap((word, index) => (word === '--bind' ? [command[index + 1]] : []));
  assert.deepEqual(binds, ['/cache/store']);
});

test('a fetch has a network and evaluates nothing', () => {
  const command = evaluationCommand({ ...box, network: 'host', expression: null });
  assert.ok(command.includes('--share-net') && !command.includes('/expression'));
});
