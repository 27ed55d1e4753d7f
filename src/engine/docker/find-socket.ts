import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { jsonText } from '../../base/json-value.ts';
import { failure, type Result, success } from '../../base/result.ts';
import { printable } from '../../problem/problem.ts';
import { dockerFolder, readDockerFile } from '../../registry/docker-config.ts';

/** Where the engine listens, and who said so. */
export interface EngineSocket {
  readonly path: string;
  readonly origin: string;
}

export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Finds the engine as the `docker` program does: DOCKER_HOST, then the current context (its files read as data), then
 * the usual sockets of Docker and Podman. Only the user's own environment and home are asked, never the project.
 */
export function findEngineSocket(variables: Variables, home: string): Result<EngineSocket> {
  const host = variables.DOCKER_HOST;
  if (host !== undefined && host !== '') return localSocket(host, 'DOCKER_HOST');
  const folder = dockerFolder(variables, home);
  const context = variables.DOCKER_CONTEXT || currentContext(folder);
  if (context !== null && context !== 'default') {
    const address = contextAddress(folder, context);
    if (address === null) return unknownContext(context);
    return localSocket(address, `the docker context ${printable(context, 60)}`);
  }
  return usualSocket(variables, home);
}

function localSocket(address: string, origin: string): Result<EngineSocket> {
  const path = address.startsWith('unix://') ? address.slice('unix://'.length) : address;
  if (isAbsolute(path)) return success({ path, origin });
  return failure({
    code: 'engine-missing',
    what: `${origin} names ${printable(address, 100)}, which is no engine of this machine`,
    why: 'a box mounts folders of this machine, and a remote engine would not see them',
    fix: 'Point DOCKER_HOST at a local socket (unix:///…), choose a local docker context, or use `--engine bwrap`.',
  });
}

function unknownContext(context: string): Result<EngineSocket> {
  return failure({
    code: 'engine-missing',
    what: `the docker context ${printable(context, 60)} is not there`,
    fix: 'Choose one that `docker context ls` shows: `docker context use default`.',
  });
}

function usualSocket(variables: Variables, home: string): Result<EngineSocket> {
  const runtime = variables.XDG_RUNTIME_DIR;
  const candidates = [
    '/var/run/docker.sock',
    ...(runtime === undefined ? [] : [join(runtime, 'docker.sock')]),
    join(home, '.docker/run/docker.sock'),
    ...(runtime === undefined ? [] : [join(runtime, 'podman/podman.sock')]),
    '/run/podman/podman.sock',
  ];
  const found = candidates.find(isSocket);
  if (found !== undefined) return success({ path: found, origin: 'the usual place' });
  return failure({
    code: 'engine-missing',
    what: 'no Docker engine was found on this machine',
    why: `there is no socket at ${candidates[0]} or at another usual place, and DOCKER_HOST is not set`,
    fix: 'Install and start Docker (Debian: `sudo apt-get install docker.io`), or use `--engine bwrap`.',
  });
}

function isSocket(path: string): boolean {
  try {
    return statSync(path).isSocket();
  } catch {
    return false;
  }
}

function currentContext(folder: string): string | null {
  return jsonText(readDockerFile(folder, 'config.json'), 'currentContext') || null;
}

/** Docker keeps a context below the sha256 of its name. */
function contextAddress(folder: string, context: string): string | null {
  const digest = createHash('sha256').update(context).digest('hex');
  const meta = readDockerFile(folder, join('contexts/meta', digest, 'meta.json'));
  return jsonText(meta, 'Endpoints', 'docker', 'Host');
}
