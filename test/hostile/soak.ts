/**
 * `npm run soak`: commands that are killed at random moments, in every way there is. After each the next build works, and
 * nothing of the killed one is left. Needs root: to kill a daemon, and to run commands as an ordinary user.
 *   npm run soak -- --kills 200 --engine bwrap --seed 7 --as user --scene fetch --victim SIGINT
 */
import { parseArgs } from 'node:util';
import { table } from '../support/print-table.ts';
import { makeSoakPlace } from './support/soak-place.ts';
import { runKill, type SoakRow, type Victim, victims, warmUp } from './support/soak-run.ts';
import { type Scene, scenes } from './support/soak-scenes.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    engine: { type: 'string', default: 'bwrap' },
    as: { type: 'string', default: 'root' },
    home: { type: 'string', default: '' },
    scene: { type: 'string', default: '' },
    victim: { type: 'string', default: '' },
  },
});
const engine = values.engine === 'docker' ? 'docker' : 'bwrap';
const identity = values.as === 'user' ? 'user' : 'root';
/** What belongs to the other engine only. */
const elsewhere: Victim = engine === 'docker' ? 'kill -9 of the engine client' : 'kill -9 of the engine';

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

/** Every pair of a scene and a victim, in random order: each comes once before one comes twice. */
function pairs(random: () => number): readonly (readonly [Scene, Victim])[] {
  const chosenVictims = victims.filter((victim) => victim !== elsewhere && victim.includes(values.victim));
  return scenes
    .filter(({ name }) => name.includes(values.scene))
    .flatMap((scene) => chosenVictims.map((victim) => [scene, victim] as const))
    .map((pair) => ({ pair, order: random() }))
    .sort((left, right) => left.order - right.order)
    .map(({ pair }) => pair);
}

const random = randomFrom(Number(values.seed));
const all = pairs(random);
const started = Date.now();
const rows: SoakRow[] = [];
const place = await makeSoakPlace(engine, identity, values.home);
let stopped = false;
process.on('SIGINT', () => {
  stopped = true;
});
try {
  await warmUp(place);
  console.log(`the first build: ${Math.round((Date.now() - started) / 1000)} s`);
  for (let number = 1; number <= Number(values.kills) && !stopped; number += 1) {
    const [scene, victim] = all[(number - 1) % all.length] as (typeof all)[number];
    const row = await runKill({ number, random, place, scene, victim });
    rows.push(row);
    for (const what of row.left) console.log(`kill ${number} (${scene.name}, ${victim}): ${what}`);
    if (number % 20 === 0) console.log(`${number} kills, ${Math.round((Date.now() - started) / 1000)} s`);
  }
} finally {
  await place.remove();
}

function count(by: 'scene' | 'victim'): readonly (readonly string[])[] {
  return [...new Set(rows.map((row) => row[by]))].sort().map((name) => {
    const own = rows.filter((row) => row[by] === name);
    const bad = own.filter(({ left }) => left.length > 0).length;
    const inTime = own.filter((row) => row.inTime).length;
    const slowest = Math.max(...own.map(({ goneMs }) => goneMs));
    return [name, `${own.length}`, `${inTime}`, `${bad}`, (slowest / 1000).toFixed(1)];
  });
}

for (const [by, head] of [
  ['victim', 'killed'],
  ['scene', 'during'],
] as const) {
  console.log(`\n${table([head, 'times', 'while it ran', 'left something', 'slowest end, s'], count(by))}`);
}
const bad = rows.filter(({ left }) => left.length > 0).length;
console.log(
  `\nengine ${engine}, as ${identity}, seed ${values.seed}: ${rows.length} kills, ${bad} left something, ${Math.round((Date.now() - started) / 1000)} s`,
);
process.exitCode = bad > 0 ? 1 : 0;
