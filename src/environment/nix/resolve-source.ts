import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sources from '../../../images/nix/sources.json' with { type: 'json' };
import { failure, type Result, success } from '../../base/result.ts';
import { narHashOf } from '../../lock/nar-hash.ts';
import { archiveOf, type NixSourceName, revisionPattern } from '../../lock/nix-archive.ts';
import type { NixSource } from '../../lock/pins.ts';
import { printable } from '../../problem/problem.ts';
import { localFile } from './build-environment.ts';
import { checkNix } from './check-nix.ts';
import { explainNix } from './explain-failure.ts';
import { storeRoot } from './find-store.ts';
import type { NixHost } from './nix-host.ts';
import { runBoxed } from './run-nix.ts';

const fetchMs = 15 * 60 * 1000;

/** The pin of what the configuration names: a revision, an archive by its URL, or (`null`) the newest revision. */
export async function resolveSource(
  host: NixHost,
  source: NixSourceName,
  named: string | null,
): Promise<Result<NixSource>> {
  const checked = await checkNix(host);
  if (!checked.ok) return checked;
  const rev = named === null ? await newestRevision(host, source) : success(revisionPattern.test(named) ? named : null);
  if (!rev.ok) return rev;
  const url = archiveOf(source, named, rev.value);
  host.onProgress(`Fetching ${source}: ${url}`);
  const ended = await prefetch(host, ['--unpack', '--name', 'source'], url);
  const narHash = narHashOf(ended.stdout.split('\n')[0]?.trim() ?? '');
  if (ended.status !== 0 || narHash === null) return failure(explainNix('fetch', ended));
  return success({ url, rev: rev.value, narHash });
}

async function newestRevision(host: NixHost, source: NixSourceName): Promise<Result<string>> {
  const { revision } = sources[source];
  const ended = await prefetch(host, ['--name', `git-revision-${Date.now()}`], revision);
  const path = ended.stdout.split('\n')[1]?.trim() ?? '';
  if (ended.status !== 0 || !/^\/nix\/store\/[0-9a-z]{32}-git-revision-\d+$/.test(path)) {
    return failure(explainNix('fetch', ended));
  }
  const text = readFileSync(join(storeRoot(host.store), path), 'utf8').trim();
  const rev = revisionOf(text);
  if (rev !== null) return success(rev);
  return failure({ code: 'fetch-failed', what: `${revision} names no revision`, why: printable(text, 60) });
}

/** The revision that a file is, or that git's list of what a repository has says of its branch `master`. */
export function revisionOf(text: string): string | null {
  if (revisionPattern.test(text)) return text;
  return /^001e# service=git-upload-pack\n[\s\S]*^003f([0-9a-f]{40}) refs\/heads\/master$/m.exec(text)?.[1] ?? null;
}

function prefetch(host: NixHost, words: readonly string[], url: string) {
  return runBoxed(host, [host.programs.prefetch, '--print-path', ...words, url], {
    network: host.offline ? 'none' : 'host',
    read: localFile(url),
    timeMs: fetchMs,
  });
}
