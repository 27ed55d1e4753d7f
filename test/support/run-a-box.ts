// A command of its own for tests that kill it or give it a terminal: SOCKET IMAGE ID; with `terminal` as ID on one.
import { dirname, join } from 'node:path';
import { createDockerEngine } from '../../src/engine/docker/create-docker-engine.ts';
import { noLimits } from '../../src/plan/box-plan.ts';

async function main([socket, image, mode = '']: readonly string[]): Promise<void> {
  const engine = await createDockerEngine({
    state: join(dirname(socket ?? ''), 'state'),
    variables: { DOCKER_HOST: `unix://${socket}`, HOME: '/nonexistent' },
  });
  const onTerminal = 'test -t 0 && test -t 1 && echo tty yes; sleep 1; stty size; read line; echo "read $line"';
  const ran = await engine.run(
    {
      id: mode,
      root: { kind: 'image', id: image ?? '' },
      argv: ['/bin/sh', '-c', mode === 'terminal' ? onTerminal : 'echo up; exec sleep 1000'],
      workingDirectory: '/',
      variables: { PATH: '/usr/bin:/bin', HOME: '/' },
      mounts: [],
      network: 'none',
      devices: [],
      limits: noLimits,
      streams: mode === 'terminal' ? 'terminal' : 'pipes',
      uid: 1234,
      gid: 1234,
    },
    { stdin: 'none', stdout: 'inherit', stderr: 'inherit' },
    new AbortController().signal,
  );
  process.stdout.write(`${JSON.stringify(ran)}\n`);
}

await main(process.argv.slice(2));
