import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { compareInstalled } from '../../../src/already-boxed/compare-installed.ts';
import { readMark } from '../../../src/already-boxed/read-mark.ts';
import { differingParts } from '../../../src/verify/differing-parts.ts';
import { findEvidence, type Side } from '../../../src/verify/find-evidence.ts';
import { originsOf, originsWithin } from '../../../src/verify/name-crates.ts';
import { archiveMembers } from '../../../src/verify/read-archive.ts';
import { elfSections, type Part } from '../../../src/verify/read-elf.ts';
import { type Parser, text } from '../parser.ts';
import { scratch } from './project.ts';

/** A program small enough to be changed everywhere: the head of one, with its table of sections after it. */
function smallProgram(): Buffer {
  const whole = readFileSync('/bin/true');
  const table = whole.subarray(Number(whole.readBigUInt64LE(40)));
  const head = Buffer.from(whole.subarray(0, 2048));
  head.writeBigUInt64LE(2048n, 40);
  return Buffer.concat([head, table]);
}

function member(name: string, content: Buffer): Buffer {
  const header = `${name.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'644'.padEnd(8)}${String(content.length).padEnd(10)}\`\n`;
  return Buffer.concat([Buffer.from(header, 'latin1'), content, Buffer.alloc(content.length % 2)]);
}

function smallArchive(): Buffer {
  return Buffer.concat([
    Buffer.from('!<arch>\n'),
    member('//', Buffer.from('a-long-name-of-a-member.o/\n')),
    member('/0', smallProgram().subarray(0, 600)),
    member('#1/8', Buffer.from('bsd.o\0\0\0text')),
    member('lib.rmeta/', Buffer.from('metadata')),
  ]);
}

const side: Side = {
  clock: { fromMs: 0, toMs: 4_000_000_000_000 },
  project: '/box/project',
  target: '/box/target',
  home: '/box/home',
  hostName: 'boxed',
  userName: 'box',
  userId: '1000',
  locale: 'C',
  timeZone: 'UTC',
};

function checkParts(parts: readonly Part[] | null, bytes: Buffer): void {
  for (const { name, offset, size } of parts ?? []) {
    assert.ok(offset >= 0 && size >= 0 && offset + size <= bytes.length, 'a part lies in its file');
    assert.ok(name.length <= 240, 'names are short');
  }
}

const hash = '0123456789abcdef';

export const binaryParsers: readonly Parser[] = [
  {
    name: 'binaries',
    modules: ['verify/read-elf.ts', 'verify/read-archive.ts', 'verify/differing-parts.ts', 'verify/find-evidence.ts'],
    seeds: () => [smallProgram(), smallArchive(), Buffer.from('#!/bin/sh\n')],
    words: ['!<arch>\n', '//', '/0', '#1/20', '`\n', '\x7fELF', '\xff\xff\xff\xff', '1795757545', '2026-11-27'],
    mostBytes: 1024 ** 3,
    feed: (bytes, cuts) => {
      checkParts(elfSections(bytes), bytes);
      checkParts(archiveMembers(bytes), bytes);
      const other = Buffer.from(bytes);
      for (const cut of cuts) if (cut < other.length) other[cut] = (other[cut] ?? 0) ^ 0xff;
      const found = [...differingParts(bytes, other), ...differingParts(bytes, smallArchive())];
      for (const part of found) findEvidence(part, side, { ...side, project: '/box/elsewhere', hostName: 'other' });
      assert.equal(differingParts(bytes, bytes).length, 0);
      return undefined;
    },
  },
  {
    name: 'image-marks',
    modules: ['already-boxed/read-mark.ts', 'already-boxed/compare-installed.ts'],
    seeds: () => [
      text(JSON.stringify({ version: 1, identity: 'a'.repeat(64) })),
      text('Package: gcc', 'Status: install ok installed', 'Version: 1', 'Architecture: amd64', '', 'Package: zlib1g'),
    ],
    words: ['version', 'identity', 'Package: ', 'Version: ', 'Architecture: ', '\n\n'],
    mostBytes: 1024 * 1024,
    feed: (bytes) => {
      mkdirSync(`${scratch}/box`, { recursive: true });
      writeFileSync(`${scratch}/box/image.json`, bytes);
      const mark = readMark(scratch);
      if (mark.kind === 'mark') assert.match(mark.identity, /^[0-9a-f]{64}$/);
      const toolchain = { name: 'stable', version: '1', manifestSha256: 'm', components: [] };
      const said = compareInstalled([], toolchain, { packages: bytes.toString('latin1'), components: [] });
      assert.ok(said.length <= 6);
      return undefined;
    },
  },
  {
    name: 'made-files',
    modules: ['verify/name-crates.ts'],
    seeds: () => [
      text(`build/release/deps/libone-${hash}.rlib`, `build/release/build/one-${hash}/out/a.rs`),
      text(`build/debug/build/one/${hash}/fingerprint/bin-one`, `build/debug/.fingerprint/one-${hash}/lib-one`),
    ],
    words: ['/deps/', '/build/', '/out/', 'output', hash, '.rlib', 'fingerprint', 'bin-'],
    mostBytes: 1024 * 1024,
    feed: (bytes) => {
      const lines = bytes.toString('latin1').split('\n');
      const graph = [{ name: 'one', dependencies: ['two', 'one'] }];
      const origins = originsOf({ differing: lines, notes: lines, graph });
      for (const line of lines.slice(0, 20)) originsWithin(line, origins, { notes: lines, graph });
      return undefined;
    },
  },
];
