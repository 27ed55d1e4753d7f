/**
 * `npm run layers:check -- [NAME… | --sample N [--seed S] | --all] [--suite bookworm|trixie]`: makes a root with each layer
 * alone, checks it there, and writes what came of it into RESULTS.md. Without names: what has not passed there yet.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { DebianSuite } from '../../src/config/config.ts';
import { layerCatalogue, layerNames } from '../../src/layers/catalogue.ts';
import { checkLayer } from './check-layer.ts';
import { sampleNames, seedOfToday } from './choose-layers.ts';
import { formatResults, mergeResults, type ResultRow, readResults } from './results.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string' },
    seed: { type: 'string', default: seedOfToday() },
    all: { type: 'boolean', default: false },
    suite: { type: 'string' },
  },
});
const suites: readonly DebianSuite[] = (['bookworm', 'trixie'] as const).filter(
  (suite) => values.suite === undefined || values.suite === suite,
);
const resultsFile = join(import.meta.dirname, 'RESULTS.md');
const unknown = positionals.filter((name) => !layerNames().includes(name));
if (unknown.length > 0 || suites.length === 0) {
  console.error(unknown.length > 0 ? `no such layers: ${unknown.join(', ')}` : `no such suite: ${values.suite}`);
  process.exit(64);
}

const folder = mkdtempSync('/var/tmp/cargo-boxed-layers-');
const home = join(folder, 'home');
/** Told to end, so is what it started, which may still write for a moment. */
const cleanUp = () => rmSync(folder, { recursive: true, force: true, maxRetries: 50, retryDelay: 200 });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    cleanUp();
    process.exit(130);
  });
}

/** Roots take half a gigabyte each: of those in the home, only the first of each suite stays, which others may be made from. */
function forgetRoots(keep: ReadonlySet<string>): void {
  for (const place of rootPlaces()) if (!keep.has(place)) rmSync(place, { recursive: true, force: true });
}

function rootPlaces(): readonly string[] {
  return ['roots', 'targets', 'walls'].flatMap((kind) => {
    const within = join(home, 'cache', kind);
    return existsSync(within) ? readdirSync(within).map((name) => join(within, name)) : [];
  });
}

function oldResults(): readonly ResultRow[] {
  return existsSync(resultsFile) ? readResults(readFileSync(resultsFile, 'utf8')) : [];
}

function chosen(suite: DebianSuite): readonly string[] {
  if (positionals.length > 0) return positionals;
  const there = layerCatalogue().filter(({ debian }) => debian[suite].length > 0);
  const names = there.map(({ name }) => name);
  if (values.sample !== undefined) return sampleNames(names, Number(values.sample), values.seed);
  if (values.all) return names;
  const known = oldResults().filter((row) => row.ok && row.suite === suite);
  return names.filter((name) => !known.some(({ layer }) => layer === name));
}

async function check(name: string, suite: DebianSuite): Promise<boolean> {
  const layer = layerCatalogue().find((one) => one.name === name);
  if (layer === undefined || layer.debian[suite].length === 0) return true;
  const { proved, version, lacks, failure, seconds } = await checkLayer(layer, suite, { home, folder });
  const ok = proved && failure === '';
  console.log([ok ? 'ok' : 'NO', name, suite, version, `${seconds.toFixed(0)} s`, lacks.join(', ')].join('\t'));
  if (failure !== '') console.error(failure);
  // Each as it comes: the whole takes hours.
  const row = { layer: name, suite, version, ok, lacks: failure === '' ? lacks.join(', ') : 'the whole root' };
  writeFileSync(resultsFile, formatResults(mergeResults(oldResults(), [row], layerNames())));
  return ok;
}

let failed = 0;
try {
  mkdirSync(home);
  for (const suite of suites) {
    let keep: ReadonlySet<string> | null = null;
    for (const name of chosen(suite)) {
      if (!(await check(name, suite))) failed += 1;
      keep ??= new Set(rootPlaces());
      forgetRoots(keep);
    }
  }
} finally {
  cleanUp();
}
process.exitCode = failed > 0 ? 1 : 0;
