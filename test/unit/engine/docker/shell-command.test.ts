import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dockerShellCommand } from '../../../../src/engine/docker/shell-command.ts';

test('every option is written out, quoted for copy and paste', () => {
  const command = dockerShellCommand(
    {
      Image: 'sha256:01',
      Cmd: ['cargo', 'run', '--', "it's"],
      User: '1:1',
      Hostname: 'boxed',
      WorkingDir: '/box/project',
      Env: ['A=$HOME', 'LD_LIBRARY_PATH'],
      HostConfig: {
        NetworkMode: 'none',
        IpcMode: 'private',
        Mounts: [{ Type: 'bind', Source: '/a,"b"', Target: '/box/project', ReadOnly: true }],
        Memory: 5,
        MemorySwap: 5,
      },
    },
    '{}',
    '/s',
  );
  assert.match(command, /^docker --host unix:\/\/\/s run --rm --init \\\n/);
  assert.ok(command.includes(`--mount 'type=bind,"source=/a,""b""",target=/box/project,readonly'`));
  assert.ok(command.includes("--env 'A=$HOME'"));
  assert.ok(!command.includes('LD_LIBRARY_PATH'));
  assert.ok(command.endsWith(`--entrypoint cargo sha256:01 run -- 'it'\\''s'\n`));
});
