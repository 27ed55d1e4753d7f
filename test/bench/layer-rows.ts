import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockHead } from '../support/rig.ts';
import type { Row } from './bench-rows.ts';
import type { Bench } from './bench-setup.ts';
import { compare, median, mustSucceed, type Side, timeOnce } from './measure.ts';

/** Five layers whose packages have little in common. */
export const five = ['alsa', 'pulse', 'udev', 'postgres', 'lz4'];
export const fivePackages = ['libasound2-dev', 'liblz4-dev', 'libpq-dev', 'libpulse-dev', 'libudev-dev'];

/** A program without dependencies, with these layers. */
export function writeProgram(folder: string, layers: readonly string[]): string {
  mkdirSync(join(folder, 'src'), { recursive: true });
  writeFileSync(join(folder, 'Cargo.toml'), '[package]\nname = "small"\nversion = "0.1.0"\nedition = "2021"\n');
  writeFileSync(join(folder, 'Cargo.lock'), `${lockHead}\n[[package]]\nname = "small"\nversion = "0.1.0"\n`);
  writeFileSync(join(folder, 'src/main.rs'), 'fn main() {}\n');
  writeFileSync(join(folder, 'cargo-boxed.yaml'), `layers: [${layers.join(', ')}]\n`);
  return folder;
}

/**
 * A build with nothing to do on a set that is there, against one on the base alone: processes that ours starts, and its own
 * processor time, which other work on the machine hardly changes. What happens in the box is the same.
 */
export async function setThatIsThere(bench: Bench): Promise<Row> {
  const [counter, note] = [join(bench.folder, 'count.cjs'), join(bench.folder, 'counted')];
  writeFileSync(counter, countingHook(note));
  const side = (name: string, layers: readonly string[]): Side => {
    const plain = bench.boxed('bwrap', ['build'], writeProgram(join(bench.folder, name), layers));
    return { ...plain, variables: { ...plain.variables, NODE_OPTIONS: `--require=${counter}` } };
  };
  const [ours, theirs] = [side('with-set', five), side('without-set', [])];
  for (const one of [ours, theirs]) await mustSucceed(one);
  const measured = async (one: Side): Promise<{ processes: number; milliseconds: number }> => {
    await mustSucceed(one);
    return JSON.parse(readFileSync(note, 'utf8'));
  };
  const pairs = 31;
  const [with5, without]: [number[], number[]] = [[], []];
  let more = 0;
  for (let pair = 0; pair < pairs; pair += 1) {
    const [left, right] = [await measured(ours), await measured(theirs)];
    with5.push(left.milliseconds);
    without.push(right.milliseconds);
    more = Math.max(more, left.processes - right.processes);
  }
  const moreMs = median(with5.map((time, index) => time - (without[index] ?? 0)));
  return {
    what: 'no-op build on a prepared set of 5 layers, against the base alone: processor time of ours',
    ours: `${median(with5).toFixed(0)} ms`,
    theirs: `${median(without).toFixed(0)} ms`,
    result: `${more} more processes, + ${moreMs.toFixed(1)} ms (${pairs} pairs)`,
    bar: '0, < + 5 ms',
    held: more === 0 && moreMs < 5,
  };
}

/** For Node's `--require`: notes at the end what the process has started and used. */
function countingHook(note: string): string {
  const names = ['spawn', 'spawnSync', 'execFile', 'execFileSync', 'fork'];
  return `const started = require('node:child_process');
let processes = 0;
for (const name of ${JSON.stringify(names)}) {
  const real = started[name];
  started[name] = (...words) => { processes += 1; return real(...words); };
}
process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  const counted = JSON.stringify({ processes, milliseconds: (user + system) / 1000 });
  require('node:fs').writeFileSync(${JSON.stringify(note)}, counted);
});
`;
}

const pool = [
  'alsa',
  'pulse',
  'udev',
  'postgres',
  'lz4',
  'sqlite',
  'openssl',
  'ncurses',
  'dbus',
  'freetype',
  'seccomp',
  'libusb',
];

/** Twenty projects, each with three to five layers of a pool of twelve, and a home of their own. */
export async function diskOfOverlappingSets(bench: Bench): Promise<Row> {
  const home = join(bench.folder, 'home-of-twenty');
  const packages = join(bench.home, 'cache/debs');
  mkdirSync(join(home, 'cache'), { recursive: true });
  execFileSync('cp', ['--archive', packages, join(home, 'cache/debs')]);
  for (let number = 0; number < 20; number += 1) {
    const size = 3 + (number % 3);
    const layers = Array.from(
      { length: size },
      (_, index) => pool[(number * 5 + index * (1 + (number % 4))) % pool.length],
    );
    const folder = writeProgram(join(bench.folder, `twenty-${number}`), [...new Set(layers)] as string[]);
    const side = bench.boxed('bwrap', ['plan', '--json', 'build'], folder);
    await mustSucceed({ ...side, variables: { ...side.variables, CARGO_BOXED_HOME: home } });
  }
  const roots = join(home, 'cache/roots');
  const names = readdirSync(roots).filter((name) => /^[0-9a-f]{64}$/.test(name));
  const kilobytes = (path: string) => Number(execFileSync('du', ['-sk', path], { encoding: 'utf8' }).split('\t')[0]);
  // Each alone, so that a file that several share counts in each of them.
  const sum = names.reduce((total, name) => total + kilobytes(join(roots, name)), 0);
  const together = kilobytes(roots);
  rmSync(home, { recursive: true, force: true });
  const ratio = together / sum;
  return {
    what: `disk of 20 projects with overlapping sets (${names.length} roots), against the sum of their roots`,
    ours: `${(together / 1024 ** 2).toFixed(1)} GiB`,
    theirs: `${(sum / 1024 ** 2).toFixed(1)} GiB`,
    result: `${ratio.toFixed(2)} ×`,
    bar: '≤ 0.3 ×',
    held: ratio <= 0.3 && names.length >= 10,
  };
}

/** A game engine and more: some 500 crates, two of which are known to need a layer. */
const manyCrates = [
  'bevy = "=0.15.3"',
  'reqwest = "=0.12.15"',
  'axum = "=0.8.3"',
  'clap = { version = "=4.5.37", features = ["derive"] }',
];

/**
 * What is certain of a lock of 500 crates, found out anew, against the same when it is known. Cargo ends both at once, for
 * want of such a program: so the difference is the box that lists the crates, and what is made of its list.
 */
export async function inferenceOf500(bench: Bench): Promise<Row> {
  const folder = join(bench.folder, 'many-crates');
  mkdirSync(join(folder, 'src'), { recursive: true });
  const head = '[package]\nname = "many"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\n';
  writeFileSync(join(folder, 'Cargo.toml'), `${head}${manyCrates.join('\n')}\n`);
  writeFileSync(join(folder, 'src/main.rs'), 'fn main() {}\n');
  const list = bench.boxed('bwrap', ['tree', '--quiet'], folder);
  await mustSucceed({ ...list, argv: [...list.argv.slice(0, 2), 'fetch'] });
  const crates = readFileSync(join(folder, 'Cargo.lock'), 'utf8').match(/^\[\[package\]\]$/gm)?.length ?? 0;
  const notes = join(bench.home, 'state/learning');
  const ends = bench.boxed('bwrap', ['build', '--bin', 'nowhere'], folder);
  // `!` as cargo fails on purpose.
  const failing: Side = { ...ends, argv: ['bash', '-c', '! "$@" 2>/dev/null', 'bash', ...ends.argv] };
  await timeOnce(failing);
  const forget = () => rmSync(notes, { recursive: true, force: true });
  const found = await compare({ ...failing, prepare: forget }, failing, 9);
  const cargo = await compare(list, bench.boxed('bwrap', ['exec', '--', 'true'], folder), 9);
  const own = found.moreMs - cargo.moreMs;
  return {
    what: `inference on a lock of ${crates} crates, cold`,
    ours: `${found.moreMs.toFixed(0)} ms`,
    theirs: `cargo's own listing: ${cargo.moreMs.toFixed(0)} ms`,
    result: `+ ${own.toFixed(0)} ms (9 pairs)`,
    bar: '≤ + 500 ms',
    held: own <= 500 && crates >= 500,
  };
}

/**
 * A set of five layers added to the base, with its packages in the cache and its pins there, against `docker build` that
 * installs the same packages from a cache in its image, which has apt's lists too.
 */
export async function addSet(bench: Bench): Promise<Row> {
  const folder = writeProgram(join(bench.folder, 'set'), five);
  const prepare = bench.boxed('bwrap', ['plan', '--json', 'build'], folder);
  await mustSucceed(prepare);
  await mustSucceed({ ...prepare, argv: [...prepare.argv.slice(0, 2), 'lock'] });
  const { debian } = JSON.parse(readFileSync(join(folder, 'cargo-boxed.lock'), 'utf8'));
  const root = join(bench.home, 'cache/roots', debian.rootSha256);
  const ours: Side = {
    ...bench.boxed('bwrap', ['exec', '--', 'true'], folder),
    prepare: () => rmSync(root, { recursive: true, force: true }),
  };
  const image = dockerBase(bench, debian.suite);
  const recipe = join(bench.folder, 'recipe');
  mkdirSync(recipe, { recursive: true });
  const install = `apt-get install --yes --no-install-recommends --no-download ${fivePackages.join(' ')}`;
  writeFileSync(join(recipe, 'Dockerfile'), `FROM ${image}\nRUN DEBIAN_FRONTEND=noninteractive ${install}\n`);
  const theirs: Side = {
    argv: ['docker', 'build', '--no-cache', '--quiet', recipe],
    variables: dockerVariables(),
    folder: recipe,
  };
  const times: { ours: number; theirs: number }[] = [];
  for (let pair = 0; pair < 7; pair += 1) times.push({ ours: await timeOnce(ours), theirs: await timeOnce(theirs) });
  const ratio = median(times.map((time) => time.ours / time.theirs));
  const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;
  return {
    what: 'add a set of 5 packages that are cached, against docker build with apt-get install of the same',
    ours: seconds(median(times.map((time) => time.ours))),
    theirs: seconds(median(times.map((time) => time.theirs))),
    result: `${ratio.toFixed(2)} × (7 pairs)`,
    bar: '≤ 1 ×',
    held: ratio <= 1,
  };
}

export function dockerVariables(): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: '/nonexistent',
    DOCKER_HOST: process.env.DOCKER_HOST ?? '',
    DOCKER_BUILDKIT: '0',
  };
}

/** An image of the same suite with what the base has, apt with its lists, and the packages in apt's cache. */
function dockerBase(bench: Bench, suite: string): string {
  const tar = join(bench.folder, 'base.tar');
  const download = `chroot "$1" apt-get install --yes --no-install-recommends --download-only ${fivePackages.join(' ')}`;
  const names = JSON.parse(readFileSync('images/debian/base.json', 'utf8')).packages.join(',');
  const keep = '--skip=cleanup/apt';
  execFileSync(
    'mmdebstrap',
    ['--quiet', '--variant=apt', keep, `--include=${names}`, `--customize-hook=${download}`, suite, tar],
    {
      stdio: 'ignore',
    },
  );
  const image = 'bench-base:latest';
  execFileSync('docker', ['import', tar, image], { env: dockerVariables(), stdio: 'ignore' });
  rmSync(tar);
  return image;
}
