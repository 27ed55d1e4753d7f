import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cpuMs } from '../support/cpu-clock.ts';
import { canary } from './mutate.ts';
import type { Parser } from './parser.ts';

export const longestCaseMs = 1000;
export const corpusFolder = join(import.meta.dirname ?? '.', 'corpus');

/** What a parser starts from: its own seeds, and what was kept of earlier findings. */
export async function seedsOf(parser: Parser): Promise<readonly Uint8Array[]> {
  return [...(await parser.seeds()), ...keptSeeds(parser.name)];
}

export function keptSeeds(name: string): readonly Uint8Array[] {
  const folder = join(corpusFolder, name);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((file) => readFileSync(join(folder, file)));
}

const prototypeNames = Object.getOwnPropertyNames(Object.prototype).sort().join();

/** Feeds one input and judges all that every parser owes. Throws for a finding. */
export async function checkCase(parser: Parser, bytes: Buffer, cuts: readonly number[]): Promise<void> {
  const started = cpuMs();
  const fed = await parser.feed(bytes, cuts);
  const tookMs = cpuMs() - started;
  assert.ok(tookMs < longestCaseMs, `it took ${Math.round(tookMs)} ms for ${bytes.length} bytes`);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined, 'a prototype was changed');
  assert.equal(Object.getOwnPropertyNames(Object.prototype).sort().join(), prototypeNames, 'a prototype was changed');
  if (fed === undefined || fed.ok) return;
  assert.ok(fed.problems.length > 0, 'it failed without a problem');
  for (const { what, why = '', fix = '', where } of fed.problems) {
    const said = `${what}\n${why}\n${fix}`;
    assert.doesNotMatch(said, /(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]/u, 'a message is not safe');
    assert.ok(said.length < 20_000, 'a message is too long');
    if (parser.messages === 'words-only') assert.ok(!said.includes(canary), `a message shows the input: ${said}`);
    if (where !== undefined) assert.ok((where.line ?? 1) >= 1 && (where.column ?? 1) >= 1, 'a place before the start');
  }
}
