import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { asRoot } from '../../support/as-identity.ts';
import { crateOf } from '../../support/crate-archive.ts';
import { startRegistry } from '../../support/registry-stand-in.ts';
import { type Ended, plainProgram, project, sharedHome, temporaryFolder } from '../../support/rig.ts';
import { expectProblem } from './expect-problem.ts';

const MiB = 1024 * 1024;
const plain = plainProgram('plain', 'fn main() { println!("made"); }\n');

interface TwoRuns {
  /** On the small file system. */
  readonly first: Ended;
  /** The same command, once there is room. */
  readonly second: Ended;
}

/**
 * Runs a command on a project while `full` — the folder of the project, or what the tool keeps — lies on a file system
 * of so many bytes, and once more when that has grown. Only root can mount it where others' folders show through.
 */
async function runTwice(
  context: TestContext,
  files: Readonly<Record<string, string>>,
  full: 'home' | 'project',
  bytes: number,
  words: readonly string[],
): Promise<TwoRuns> {
  const folder = temporaryFolder(context, 'small');
  const [small, source, home] = [join(folder, 'small'), project(context, files), join(folder, 'small/home')];
  mkdirSync(small);
  // Roots and packages stay where they are; everything else of the home is made on the small file system.
  const kept = ['cache/roots', 'cache/debs', 'cache/walls'].filter((name) => existsSync(join(sharedHome, name)));
  cpSync(join(sharedHome, 'data/default'), join(folder, 'default'), { recursive: true });
  const homeScript = [
    ...kept.map((name) => `mkdir -p ${home}/${name} && mount --bind ${join(sharedHome, name)} ${home}/${name}`),
    `mkdir -p ${home}/data && cp -a ${folder}/default ${home}/data/`,
  ];
  const place = full === 'home' ? source.folder : join(small, 'project');
  const script = [
    'set -e',
    `mount -t tmpfs -o size=${bytes} tmpfs ${small}`,
    ...(full === 'home' ? homeScript : [`cp -a ${source.folder} ${place}`]),
    `cd ${place}`,
    `status=0; "$@" >${folder}/out 2>${folder}/err || status=$?`,
    `echo $status >${folder}/status`,
    `cp -a ${place}/src ${folder}/src-after`,
    `mount -o remount,size=${1024 * MiB} ${small}`,
    'exec "$@"',
  ].join('\n');
  const second = await source.boxed(words, {
    prefix: ['unshare', '-m', 'sh', '-c', script, 'sh'],
    variables: { CARGO_BOXED_ENGINE: 'bwrap', ...(full === 'home' ? { CARGO_BOXED_HOME: home } : {}) },
    limitSeconds: 240,
  });
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const [status, stdout, stderr] = [Number(read('status')), read('out'), read('err')];
  const text = `exit ${status}\n--- stdout\n${stdout}\n--- stderr\n${stderr}`;
  for (const name of Object.keys(files).filter((file) => file.startsWith('src/')))
    assert.equal(read(name.replace('src', 'src-after')), files[name], 'a source that is in the project was changed');
  return { first: { ...second, status, stdout, stderr, text }, second };
}

/** A program with a crate whose archive has as many bytes as the crate itself. */
async function withLargeCrate(context: TestContext, bytes: number): Promise<Readonly<Record<string, string>>> {
  const registry = await startRegistry();
  context.after(() => registry.stop());
  const archive = await crateOf([
    { name: 'large-1.0.0/Cargo.toml', content: '[package]\nname = "large"\nversion = "1.0.0"\nedition = "2021"\n' },
    { name: 'large-1.0.0/src/lib.rs', content: '' },
    { name: 'large-1.0.0/data', content: randomBytes(bytes) },
  ]);
  await registry.publish({ name: 'large', version: '1.0.0', archive });
  return {
    'Cargo.toml':
      '[package]\nname = "plain"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\nlarge = { version = "1", registry = "near" }\n',
    '.cargo/config.toml': `[registries.near]\nindex = "${registry.index}"\n`,
    'src/main.rs': 'fn main() {}\n',
  };
}

asRoot(
  'full while a crate is fetched: the disk is named, not the registry, and the next run goes on',
  async (context) => {
    const files = await withLargeCrate(context, 4 * MiB);
    const { first, second } = await runTwice(context, files, 'home', 3 * MiB, ['check']);
    expectProblem(first, 74, /the disk is full/, /prune/);
    assert.equal(second.status, 0, second.text);
  },
);

asRoot('full while crates are unpacked: one problem with its remedy, and the next run goes on', async (context) => {
  const files = await withLargeCrate(context, 4 * MiB);
  const { first, second } = await runTwice(context, files, 'home', 6 * MiB, ['check']);
  expectProblem(first, 74, /1 of 1 crates could not be unpacked/, /store/, /the disk is full/, /prune/);
  assert.equal(second.status, 0, second.text);
});

asRoot('full while cargo builds: cargo fails, and a note says how much is left and where', async (context) => {
  const files = {
    ...plain,
    'build.rs': `use std::io::Write;
fn main() {
    let mut file = std::fs::File::create(std::env::var("OUT_DIR").unwrap() + "/large").unwrap();
    for _ in 0..80 { file.write_all(&[7; ${MiB}]).unwrap(); }
}
`,
  };
  const { first, second } = await runTwice(context, files, 'home', 60 * MiB, ['build']);
  expectProblem(first, 101, /The disk is full: \d+ MiB are free where results are kept \(.*small\/home.*\)/, /prune/);
  assert.equal(second.status, 0, second.text);
});

asRoot('full while results are exported: said, and the next run brings them', async (context) => {
  const { first, second } = await runTwice(context, plain, 'project', MiB, ['build']);
  expectProblem(first, 74, /target\/boxed/, /the disk is full/);
  assert.equal(second.status, 0, second.text);
  assert.match(second.stderr, /Exported/);
});

asRoot('full while formatted sources come back: the old ones stay whole', async (context) => {
  const body = Array.from({ length: 4000 }, (_, line) => `let a${line}={${line}+1};`).join('');
  const files = { ...plain, 'src/main.rs': `fn main(){${body}}\n` };
  const { first, second } = await runTwice(context, files, 'project', 180 * 1024, ['fmt']);
  expectProblem(first, 74, /main\.rs|project/, /the disk is full/);
  assert.equal(second.status, 0, second.text);
});

asRoot('room for a few files of ours only: a problem with a remedy and no stack trace', async (context) => {
  const pinsBytes = readdirSync(join(sharedHome, 'data/default'))
    .map((name) => Math.ceil(statSync(join(sharedHome, 'data/default', name)).size / 4096) * 4096)
    .reduce((sum, size) => sum + size, 0);
  const ends: number[] = [];
  for (const pages of [2, 5, 9, 14]) {
    const { first, second } = await runTwice(context, plain, 'home', pinsBytes + pages * 4096, ['check']);
    ends.push(first.status ?? -1);
    // Cargo's own end, once our files had room and its own had not.
    if (first.status !== 0) expectProblem(first, first.status === 101 ? 101 : 74, /the disk is full/i, /prune/);
    assert.equal(second.status, 0, second.text);
  }
  assert.ok(ends.includes(74), String(ends));
});
