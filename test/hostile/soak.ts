/**
 * `npm run soak`: commands that are killed at random moments, by random signals, in random places. After each the next
 * build works, and nothing of the killed one is left.
 *   npm run soak -- --kills 200 --engine bwrap --seed 7
 */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { table } from '../support/print-table.ts';
import { runKill, type SoakRow } from './support/soak-run.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    engine: { type: 'string', default: 'bwrap' },
  },
});

/** A small generator with a seed (mulberry32): the same kills again. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

process.env.CARGO_BOXED_TEST_ENGINE = values.engine;
let stopDocker = async () => {};
let restartDocker: (() => Promise<void>) | null = null;
if (values.engine === 'docker' && process.env.DOCKER_HOST === undefined) {
  const { startDockerDaemon } = await import('../support/docker-daemon.ts');
  const daemon = await startDockerDaemon();
  process.env.DOCKER_HOST = `unix://${daemon.socket}`;
  stopDocker = () => daemon.stop();
  restartDocker = async () => {
    await daemon.kill();
    await daemon.restart();
  };
}

const random = randomFrom(Number(values.seed));
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cargo-boxed-soak-')));
const rows: SoakRow[] = [];
try {
  for (let number = 1; number <= Number(values.kills); number += 1) {
    const row = await runKill({ number, random, folder, restartDocker });
    rows.push(row);
    if (row.left.length > 0) console.log(`kill ${number}: ${row.left.join('; ')}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
  await stopDocker();
}

const kinds = [...new Set(rows.map(({ kind }) => kind))].sort();
const lines = kinds.map((kind) => {
  const own = rows.filter((row) => row.kind === kind);
  const bad = own.filter(({ left }) => left.length > 0).length;
  const slowest = Math.max(...own.map(({ goneMs }) => goneMs));
  return [kind, `${own.length}`, `${own.length - bad}`, `${bad}`, (slowest / 1000).toFixed(1)];
});
console.log(`\n${table(['killed', 'times', 'clean', 'left something', 'slowest end, s'], lines)}`);
console.log(`\nengine ${values.engine}, seed ${values.seed}: ${rows.length} kills`);
process.exitCode = rows.some(({ left }) => left.length > 0) ? 1 : 0;
