import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A git host of one's own: `git http-backend` behind a small HTTP server on the loopback interface. */
export interface GitServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Makes `<name>.git` from a folder of sources, as one more commit; gives the commit. */
  commit(name: string, folder: string): string;
  stop(): Promise<void>;
}

export async function startGitServer(port = 0): Promise<GitServer> {
  const root = mkdtempSync(join(tmpdir(), 'cargo-boxed-git-'));
  const server = createServer((request, response) => serve(root, request, response));
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    commit: (name, folder) => commit(join(root, `${name}.git`), folder),
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Author, dates and settings are fixed: the same sources are the same commit, on every machine. */
const fixed = {
  GIT_AUTHOR_NAME: 'test',
  GIT_AUTHOR_EMAIL: 'test@localhost',
  GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
  GIT_COMMITTER_NAME: 'test',
  GIT_COMMITTER_EMAIL: 'test@localhost',
  GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
};

/** Runs git with nothing of the person's own settings. */
export function git(programArguments: readonly string[], folder: string, more: Record<string, string> = {}): string {
  const env = { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...fixed, ...more };
  return execFileSync('git', [...programArguments], { cwd: folder, env, encoding: 'utf8' }).trim();
}

function commit(repository: string, folder: string): string {
  mkdirSync(repository, { recursive: true });
  const bare = { GIT_DIR: repository, GIT_WORK_TREE: folder };
  git(['init', '--quiet', '--initial-branch=main', '--bare', '.'], repository);
  git(['config', 'core.bare', 'false'], repository, { GIT_DIR: repository });
  git(['add', '--all', '--force', '.'], folder, bare);
  git(['commit', '--quiet', '--allow-empty', '--message', 'sources'], folder, bare);
  git(['update-server-info'], repository, { GIT_DIR: repository });
  return git(['rev-parse', 'HEAD'], repository, { GIT_DIR: repository });
}

/** One request by CGI (RFC 3875): headers, an empty line, the body. */
function serve(root: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
  const backend = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH ?? '',
      ...fixed,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      REQUEST_METHOD: request.method ?? 'GET',
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: `${request.headers['git-protocol'] ?? ''}`,
      REMOTE_ADDR: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  request.pipe(backend.stdin);
  backend.stdin.on('error', () => {});
  let head = Buffer.alloc(0);
  backend.stdout.on('data', (chunk: Buffer) => {
    if (response.headersSent) return void response.write(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    let status = 200;
    const headers: [string, string][] = [];
    for (const line of head.subarray(0, end).toString('latin1').split('\r\n')) {
      const [name, value] = [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()];
      if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
      else headers.push([name, value]);
    }
    response.writeHead(status, Object.fromEntries(headers));
    response.write(head.subarray(end + 4));
  });
  backend.once('close', () => response.end());
}
