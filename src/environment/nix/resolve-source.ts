import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sources from '../../../images/nix/sources.json' with { type: 'json' };
import { failure, type Result, success } from '../../base/result.ts';
import { narHashOf } from '../../lock/nar-hash.ts';
import { archiveOf } from '../../lock/nixpkgs-archive.ts';
import type { NixSource } from '../../lock/pins.ts';
import { printable } from '../../problem/problem.ts';
import { localFile } from './build-environment.ts';
import { checkNix } from './check-nix.ts';
import { explainNix } from './explain-failure.ts';
import { storeRoot } from './find-store.ts';
import type { NixHost } from './nix-host.ts';
import { runBoxed } from './run-nix.ts';

const fetchMs = 15 * 60 * 1000;

/** The pin of what the configuration names: a revision, an archive by its URL, or (`null`) the newest tested revision. */
export async function resolveSource(host: NixHost, named: string | null): Promise<Result<NixSource>> {
  const checked = await checkNix(host);
  if (!checked.ok) return checked;
  const rev = named === null ? await newestRevision(host) : success(/^[0-9a-f]{40}$/.test(named) ? named : null);
  if (!rev.ok) return rev;
  const url = archiveOf(named, rev.value);
  host.onProgress(`Fetching nixpkgs: ${url}`);
  const ended = await prefetch(host, ['--unpack', '--name', 'source'], url);
  const narHash = narHashOf(ended.stdout.split('\n')[0]?.trim() ?? '');
  if (ended.status !== 0 || narHash === null) return failure(explainNix('fetch', ended));
  return success({ url, rev: rev.value, narHash });
}

async function newestRevision(host: NixHost): Promise<Result<string>> {
  const { revision } = sources.nixpkgs;
  const ended = await prefetch(host, ['--name', `git-revision-${Date.now()}`], revision);
  const path = ended.stdout.split('\n')[1]?.trim() ?? '';
  if (ended.status !== 0 || !/^\/nix\/store\/[0-9a-z]{32}-git-revision-\d+$/.test(path)) {
    return failure(explainNix('fetch', ended));
  }
  const text = readFileSync(join(storeRoot(host.store), path), 'utf8').trim();
  if (/^[0-9a-f]{40}$/.test(text)) return success(text);
  return failure({ code: 'fetch-failed', what: `${revision} names no revision`, why: printable(text, 60) });
}

function prefetch(host: NixHost, words: readonly string[], url: string) {
  return runBoxed(host, [host.programs.prefetch, '--print-path', ...words, url], {
    network: host.offline ? 'none' : 'host',
    read: localFile(url),
    timeMs: fetchMs,
  });
}
