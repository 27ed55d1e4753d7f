import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Row } from './bench-rows.ts';
import type { Bench } from './bench-setup.ts';
import { dockerVariables, five, fivePackages, writeProgram } from './layer-rows.ts';
import { median, mustSucceed, type Side, timeOnce } from './measure.ts';

interface Built {
  readonly layers: readonly { readonly holds: string; readonly sizeBytes: number }[];
  readonly written: readonly string[];
}

/** A locked program with the five layers, whose root is prepared. */
async function lockedProgram(bench: Bench, name: string): Promise<string> {
  const folder = writeProgram(join(bench.folder, name), five);
  await mustSucceed(bench.boxed('bwrap', ['lock'], folder));
  await mustSucceed(bench.boxed('bwrap', ['exec', '--', 'true'], folder));
  return folder;
}

async function build(bench: Bench, folder: string): Promise<Built> {
  const ended = await mustSucceed(bench.boxed('bwrap', ['image', 'build', '--output', 'oci:image', '--json'], folder));
  return JSON.parse(ended.stdout);
}

/**
 * `image build` into an empty folder from a prepared root, against `docker build --no-cache` of a Dockerfile with the same
 * packages, which lie in apt's cache of its base image, and the same toolchain, which lies in its context.
 */
export async function imageFromRoot(bench: Bench): Promise<Row> {
  const folder = await lockedProgram(bench, 'image');
  const place = join(folder, 'image');
  const ours: Side = {
    ...bench.boxed('bwrap', ['image', 'build', '--output', 'oci:image'], folder),
    prepare: () => rmSync(place, { recursive: true, force: true }),
  };
  await mustSucceed(ours);
  const { debian } = JSON.parse(readFileSync(join(folder, 'cargo-boxed.lock'), 'utf8'));
  const recipe = dockerRecipe(bench, debian.suite);
  const theirs: Side = {
    argv: ['docker', 'build', '--no-cache', '--quiet', recipe],
    variables: dockerVariables(),
    folder: recipe,
  };
  const pairs = 5;
  const times: { ours: number; theirs: number }[] = [];
  for (let pair = 0; pair < pairs; pair += 1)
    times.push({ ours: await timeOnce(ours), theirs: await timeOnce(theirs) });
  const ratio = median(times.map((time) => time.ours / time.theirs));
  const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;
  return {
    what: 'image build from a prepared root, against docker build --no-cache with the same packages and toolchain',
    ours: seconds(median(times.map((time) => time.ours))),
    theirs: seconds(median(times.map((time) => time.theirs))),
    result: `${ratio.toFixed(2)} × (${pairs} pairs)`,
    bar: '≤ 0.5 ×',
    held: ratio <= 0.5,
  };
}

function dockerRecipe(bench: Bench, suite: string): string {
  const names: readonly string[] = JSON.parse(readFileSync('images/debian/base.json', 'utf8')).packages;
  const all = [...names, ...fivePackages].join(' ');
  const recipe = join(bench.folder, 'image-recipe');
  mkdirSync(recipe, { recursive: true });
  const tar = join(bench.folder, 'image-base.tar');
  const download = `chroot "$1" apt-get install --yes --no-install-recommends --download-only ${all}`;
  const words = ['--quiet', '--variant=apt', '--skip=cleanup/apt', `--customize-hook=${download}`, suite, tar];
  execFileSync('mmdebstrap', words, { stdio: 'ignore' });
  execFileSync('docker', ['import', tar, 'bench-image-base:latest'], { env: dockerVariables(), stdio: 'ignore' });
  rmSync(tar);
  const sysroot = execFileSync('rustc', ['--print', 'sysroot'], { encoding: 'utf8', cwd: '/' }).trim();
  execFileSync('cp', ['--archive', sysroot, join(recipe, 'toolchain')]);
  rmSync(join(recipe, 'toolchain/share'), { recursive: true, force: true });
  const install = `apt-get install --yes --no-install-recommends --no-download ${all}`;
  const lines = [
    'FROM bench-image-base:latest',
    `RUN DEBIAN_FRONTEND=noninteractive ${install} && rm -rf /var/cache/apt /var/lib/apt/lists`,
    'COPY toolchain /box/toolchain',
  ];
  writeFileSync(join(recipe, 'Dockerfile'), `${lines.join('\n')}\n`);
  return recipe;
}

/** `image build` when the image is there: our whole command, start-up included. */
export async function imageThatIsThere(bench: Bench): Promise<Row> {
  const folder = await lockedProgram(bench, 'image-there');
  await build(bench, folder);
  const side = bench.boxed('bwrap', ['image', 'build', '--output', 'oci:image'], folder);
  const times: number[] = [];
  for (let turn = 0; turn < 15; turn += 1) times.push(await timeOnce(side));
  const milliseconds = median(times);
  return {
    what: 'image build with nothing changed',
    ours: `${milliseconds.toFixed(0)} ms`,
    theirs: '',
    result: `${(milliseconds / 1000).toFixed(2)} s (median of ${times.length})`,
    bar: '≤ 0.5 s',
    held: milliseconds <= 500,
  };
}

/** The image's own layers, against what dpkg says that its packages take, and the toolchain without manuals. */
export async function imageSize(bench: Bench): Promise<Row> {
  const folder = await lockedProgram(bench, 'image-size');
  const { layers } = await build(bench, folder);
  const { debian } = JSON.parse(readFileSync(join(folder, 'cargo-boxed.lock'), 'utf8'));
  const status = readFileSync(join(bench.home, 'cache/roots', debian.rootSha256, 'var/lib/dpkg/status'), 'utf8');
  const kilobytes = [...status.matchAll(/^Installed-Size: (\d+)$/gm)].reduce((sum, [, size]) => sum + Number(size), 0);
  const sysroot = execFileSync('rustc', ['--print', 'sysroot'], { encoding: 'utf8', cwd: '/' }).trim();
  const toolchain = sizeOf(sysroot) - sizeOf(join(sysroot, 'share'));
  const whole = layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const parts = kilobytes * 1024 + toolchain;
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  return {
    what: 'size of an image with 5 layers, against its packages and its toolchain without manuals',
    ours: megabytes(whole),
    theirs: megabytes(parts),
    result: `${(whole / parts).toFixed(2)} ×`,
    bar: '≤ 1.1 ×',
    held: whole / parts <= 1.1,
  };
}

/** Bytes of the files below a folder, each name by itself. */
function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

/** What a second build writes when the lock has got one layer more. */
export async function imageWithOneMore(bench: Bench): Promise<Row> {
  const folder = await lockedProgram(bench, 'image-more');
  await build(bench, folder);
  writeFileSync(join(folder, 'cargo-boxed.yaml'), `layers: [${[...five, 'acl'].join(', ')}]\n`);
  await mustSucceed(bench.boxed('bwrap', ['lock'], folder));
  const { layers, written } = await build(bench, folder);
  const fresh = layers.filter(({ holds }) => written.includes(holds));
  const bytes = fresh.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const whole = layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return {
    what: 'bytes written by a second image build with one layer more',
    ours: `${(bytes / 1e6).toFixed(1)} MB`,
    theirs: `the whole image: ${Math.round(whole / 1e6)} MB`,
    result: written.join(', '),
    bar: 'that layer and the state',
    held: [...written].sort().join() === 'layer acl,state',
  };
}
