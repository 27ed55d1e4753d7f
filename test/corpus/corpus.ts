import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { formattedTable } from '../support/formatted-table.ts';

// `npm run corpus [-- --only TEXT --again --jobs N]`: real crates with build scripts, each the one dependency of an empty
// project without any configuration, built by the tool as a person would. What a crate came to is kept in a file of its
// own, so that a run that was stopped goes on where it was; the table is written at the end, and committed.
// `--package DIR` takes the tool from there; `--results NAME` keeps its results apart.

interface Row {
  readonly crate: string;
  readonly version: string;
  readonly features: string;
  readonly as: string;
  readonly needs: 'base' | 'packages';
}
interface Outcome {
  readonly status: number | null;
  readonly seconds: number;
  readonly layers: readonly string[];
  readonly packages: readonly string[];
  /** The last words of the tool or of the build, of one that failed. */
  readonly said: string;
}

const here = import.meta.dirname;
const tool = option('--package') ?? join(here, '../..');
const cli = join(tool, 'dist/cargo-boxed.cjs');
const cache = process.env.CARGO_BOXED_TEST_DOWNLOADS ?? join(homedir(), '.cache/cargo-boxed-tests');
const work = join(cache, 'corpus');
const home = join(work, 'home');
const results = option('--results') ?? 'results';
const [only, jobs, again] = [option('--only'), Number(option('--jobs') ?? 2), process.argv.includes('--again')];

function option(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

function readRows(): readonly Row[] {
  const lines = readFileSync(join(here, 'crates.tsv'), 'utf8').trim().split('\n');
  const [, ...rows] = lines.filter((line) => !line.startsWith('#')).map((line) => line.split('\t'));
  return rows.map(([crate = '', version = '', features = '', as = '', needs = '']) => ({
    ...{ crate, version, features, as },
    needs: needs as Row['needs'],
  }));
}

function nameOf({ crate, features, as }: Row): string {
  return [crate, features === '-' ? '' : features.replaceAll(',', '_'), as === 'dependency' ? '' : 'build']
    .filter((part) => part !== '')
    .join('--');
}

function writeProject(folder: string, { crate, version, features, as }: Row): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'src'), { recursive: true });
  const wanted =
    features === '-'
      ? ''
      : `, features = [${features
          .split(',')
          .map((one) => `"${one}"`)
          .join(', ')}]`;
  const section = as === 'dependency' ? 'dependencies' : 'build-dependencies';
  // Its library may be called otherwise.
  const dependency = `[${section}]\nwanted = { package = "${crate}", version = "=${version}"${wanted} }\n`;
  writeFileSync(
    join(folder, 'Cargo.toml'),
    `[package]\nname = "corpus"\nversion = "0.1.0"\nedition = "2024"\n\n${dependency}`,
  );
  const uses = 'extern crate wanted;\n';
  writeFileSync(join(folder, 'src/main.rs'), `${as === 'dependency' ? uses : ''}fn main() {}\n`);
  if (as !== 'dependency') writeFileSync(join(folder, 'build.rs'), `${uses}fn main() {}\n`);
}

function run(
  folder: string,
  words: readonly string[],
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const env = { ...process.env, CARGO_BOXED_HOME: home };
  const options = { cwd: folder, env, maxBuffer: 256 * 1024 * 1024, timeout: 40 * 60_000 };
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...words], options, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      resolve({ status, stdout, stderr });
    });
  });
}

async function build(row: Row): Promise<Outcome> {
  const folder = join(work, 'projects', nameOf(row));
  writeProject(folder, row);
  const started = Date.now();
  const built = await run(folder, ['build']);
  const seconds = Math.round((Date.now() - started) / 1000);
  const layers = JSON.parse((await run(folder, ['--json', 'layers'])).stdout || '{}');
  const outcome: Outcome = {
    status: built.status,
    seconds,
    layers: (layers.layers ?? []).map(({ name }: { name: string }) => name),
    packages: (layers.packages ?? []).map(({ name }: { name: string }) => name),
    said: built.status === 0 ? '' : lastWords(built.stderr),
  };
  writeFileSync(join(work, 'logs', `${nameOf(row)}.txt`), built.stderr);
  await run(folder, ['reset']);
  rmSync(folder, { recursive: true, force: true });
  return outcome;
}

/** The tool's own last words, else the first error. */
function lastWords(stderr: string): string {
  const lines = stderr.split('\n');
  const line = lines.findLast((one) => one.startsWith('note: The ')) ?? lines.find((one) => one.startsWith('error'));
  return (line ?? '').slice(0, 200);
}

/** Whether something was added only because the catalogue knows the crate by its name. */
function wasKnown(row: Row): boolean {
  const log = join(work, 'logs', `${nameOf(row)}.txt`);
  return existsSync(log) && readFileSync(log, 'utf8').includes('is known to need');
}

function fileOf(row: Row): string {
  return join(work, results, `${nameOf(row)}.json`);
}

async function buildAll(waiting: Row[]): Promise<void> {
  for (let row = waiting.shift(); row !== undefined; row = waiting.shift()) {
    const outcome = await build(row);
    writeFileSync(fileOf(row), JSON.stringify(outcome));
    const added = [...outcome.layers, ...outcome.packages].join(' ');
    console.log(
      `${outcome.status === 0 ? 'ok    ' : 'FAILED'} ${nameOf(row)} ${outcome.seconds} s ${added} ${outcome.said}`,
    );
  }
}

function table(rows: readonly Row[]): string {
  const known = rows.flatMap((row) =>
    existsSync(fileOf(row)) ? [{ row, outcome: JSON.parse(readFileSync(fileOf(row), 'utf8')) as Outcome }] : [],
  );
  const ok = known.filter(({ outcome }) => outcome.status === 0);
  const added = ({ layers, packages }: Outcome) => [...layers, ...packages];
  const needless = ok.filter(({ row, outcome }) => row.needs === 'base' && added(outcome).length > 0);
  const percent = (count: number) => ((100 * count) / Math.max(1, known.length)).toFixed(1);
  const general = ok.filter(({ row }) => !wasKnown(row));
  const cells = known.map(({ row, outcome }) => [
    ...[row.crate, row.version, row.features, row.as, row.needs],
    ...[
      outcome.status === 0 ? 'ok' : `exit ${outcome.status}`,
      added(outcome).join(' '),
      outcome.said.replaceAll('|', '/'),
    ],
  ]);
  const head = ['crate', 'version', 'features', 'as', 'needs', 'result', 'learned', 'what it said'];
  return `# Real crates without any configuration

\`npm run corpus\` builds each of these crates as the one dependency of an empty project: bubblewrap, Debian bookworm, rustc
1.95, nothing configured.

**${ok.length} of ${known.length} build (${percent(ok.length)} %).** ${needless.length} that build in the base got something they do not need.
Without what the catalogue knows of single crates, by general rules alone: ${general.length} (${percent(general.length)} %).

${formattedTable([head, ...cells])}
`;
}

for (const name of ['projects', 'logs', results]) mkdirSync(join(work, name), { recursive: true });
const rows = readRows();
// What needs something first: that is where the news is.
const waiting = rows
  .filter((row) => (only === undefined || nameOf(row).includes(only)) && (again || !existsSync(fileOf(row))))
  .sort((left, right) => Number(left.needs === 'base') - Number(right.needs === 'base'));
await Promise.all(Array.from({ length: jobs }, () => buildAll(waiting)));
writeFileSync(join(here, 'RESULTS.md'), table(rows));
console.log(
  table(rows)
    .split('\n')
    .find((line) => line.startsWith('**')),
);
