import { createReadStream, createWriteStream, existsSync, readdirSync, renameSync, statSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { failure, type Result, success } from '../../base/result.ts';
import type { DebianSuite } from '../../config/config.ts';
import { cacheFolders } from '../../host/locations.ts';
import type { Wanted } from '../../layers/wanted.ts';
import { makeAptState } from './apt-state.ts';
import { contentsKeys } from './contents-line.ts';
import { makeCacheFolder } from './deb-cache.ts';
import type { DebianHost } from './debian-host.ts';
import { findMirrors } from './find-mirrors.ts';
import { explainFailure } from './mmdebstrap-problems.ts';

/** Which Debian packages have what a build can look for: a suite's own list of files, without all the others. */
export interface ContentsIndex {
  /** Names of packages that have it, as the list orders them. */
  find(wanted: Wanted): readonly string[];
  /** Packages that have a header in a folder below the one where compilers look, and that folder's path. */
  findBelow(header: string): readonly HeaderBelow[];
}

interface HeaderBelow {
  readonly folder: string;
  readonly packages: readonly string[];
}

interface Suite {
  readonly suite: DebianSuite;
  readonly architecture: string;
}

/** What a line of an index says: one that was made by other rules is made anew. */
const indexFormat = 2;

/** A suite is stable: what is in a package does not move. */
const renewMs = 90 * 24 * 60 * 60 * 1000;

/** The index of a suite, made once of what the mirror signs (46 MB for bookworm), then read in milliseconds. */
export async function openContentsIndex(host: DebianHost, wanted: Suite): Promise<Result<ContentsIndex>> {
  const folder = makeCacheFolder(join(host.locations.cache, cacheFolders.contents));
  if (!folder.ok) return folder;
  const file = join(folder.value, `${wanted.suite}-${wanted.architecture}-${indexFormat}`);
  const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  if (age > renewMs) {
    const made = await makeIndex(host, wanted, file);
    if (!made.ok && !existsSync(file)) return made;
  }
  const text = await readFile(file);
  return success({ find: (searched) => findIn(text, searched), findBelow: (header) => findBelow(text, header) });
}

/** The lines are sorted by nothing: a search over all of them takes some milliseconds. */
function findIn(text: Buffer, { kind, name }: Wanted): readonly string[] {
  if (kind === 'debian-package') return isListed(text, name) ? [name] : [];
  const found: string[] = [];
  const start = Buffer.from(`\n${kind} ${kind === 'cmake-package' ? name.toLowerCase() : name}\t`);
  for (let at = text.indexOf(start); at >= 0; at = text.indexOf(start, at + 1)) {
    const end = text.indexOf(0x0a, at + 1);
    found.push(...text.toString('latin1', at + start.length, end).split(','));
  }
  return [...new Set(found)];
}

const headerStart = '\nheader ';

function findBelow(text: Buffer, header: string): readonly HeaderBelow[] {
  const found: HeaderBelow[] = [];
  const end = Buffer.from(`/${header}\t`);
  for (let at = text.indexOf(end); at >= 0 && found.length < mostBelow; at = text.indexOf(end, at + 1)) {
    const start = text.lastIndexOf(0x0a, at);
    const line = text.toString('latin1', start, text.indexOf(0x0a, at));
    if (!line.startsWith(headerStart)) continue;
    const folder = line.slice(headerStart.length, at - start);
    found.push({ folder, packages: line.slice(line.indexOf('\t') + 1).split(',') });
  }
  return found;
}

/** More say nothing of which one is meant: `config.h` is nearly everywhere. */
const mostBelow = 30;

/** Whether a package has anything that a build can look for. */
function isListed(text: Buffer, name: string): boolean {
  return ['\t', ','].some((before) => ['\n', ','].some((after) => text.includes(`${before}${name}${after}`)));
}

const indexTargets = [
  ['Contents-deb', '$(COMPONENT)/Contents-$(ARCHITECTURE)'],
  ['Contents-deb-all', '$(COMPONENT)/Contents-all'],
] as const;

async function makeIndex(host: DebianHost, wanted: Suite, file: string): Promise<Result<null>> {
  const text = `Reading which files the packages of Debian ${wanted.suite} have: once`;
  host.onProgress({ kind: 'step', text });
  const mirrors = await findMirrors(host, wanted.suite);
  if (!mirrors.ok) return mirrors;
  const archive = mirrors.value.filter((mirror) => mirror.archive === 'debian');
  const apt = await makeAptState(host, { ...wanted, installed: null }, archive);
  if (!apt.ok) return apt;
  const fresh = `${file}.new-${process.pid}`;
  try {
    const options = indexTargets.flatMap(([target, key]) => [
      ...['-o', `Acquire::IndexTargets::deb::${target}::MetaKey=${key}`],
      ...['-o', `Acquire::IndexTargets::deb::${target}::ShortDescription=${target}`],
      ...['-o', `Acquire::IndexTargets::deb::${target}::Description=${target}`],
      ...['-o', `Acquire::IndexTargets::deb::${target}::KeepCompressed=true`],
      ...['-o', `Acquire::IndexTargets::deb::${target}::KeepCompressedAs=gz`],
    ]);
    const updated = await apt.value.update(options);
    if (updated.status !== 0)
      return failure(explainFailure("Debian's lists of files could not be fetched", updated.stderr));
    const lists = readdirSync(apt.value.lists).filter((name) => /_Contents-[a-z0-9]+\.gz$/.test(name));
    const output = createWriteStream(fresh);
    output.write('\n');
    for (const name of lists.sort()) await copyKeys(join(apt.value.lists, name), wanted.suite, output);
    output.end();
    await finished(output);
    renameSync(fresh, file);
    return success(null);
  } finally {
    await apt.value.remove();
    await rm(fresh, { force: true });
  }
}

async function copyKeys(file: string, suite: DebianSuite, output: NodeJS.WritableStream): Promise<void> {
  const lines = createInterface({ input: createReadStream(file).pipe(createGunzip()), crlfDelay: Infinity });
  let waiting: string[] = [];
  for await (const line of lines) {
    waiting.push(...contentsKeys(line, suite));
    if (waiting.length < 5000) continue;
    output.write(`${waiting.join('\n')}\n`);
    waiting = [];
  }
  if (waiting.length > 0) output.write(`${waiting.join('\n')}\n`);
}
