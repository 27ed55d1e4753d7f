import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../../src/host/program.ts';
import { lockHead } from '../support/rig.ts';
import type { Bench } from './bench-setup.ts';
import { compare, median, mustSucceed, type Ratio, timeOnce } from './measure.ts';

/** One line of the table in the README. */
export interface Row {
  readonly what: string;
  readonly ours: string;
  readonly theirs: string;
  readonly result: string;
  readonly bar: string;
  readonly held: boolean;
}

export function ratioRow(what: string, found: Ratio, bar: number): Row {
  const ms = (value: number) => (value < 10_000 ? `${value.toFixed(0)} ms` : `${(value / 1000).toFixed(1)} s`);
  const result = `${found.ratio.toFixed(2)} × (${found.pairs} pairs)`;
  return {
    what,
    ours: ms(found.oursMs),
    theirs: ms(found.theirsMs),
    result,
    bar: `≤ ${bar} ×`,
    held: found.ratio <= bar,
  };
}

export async function noOpBubblewrap(bench: Bench): Promise<Row> {
  const found = await compare(bench.boxed('bwrap', ['build']), bench.host(['build']), 21);
  return ratioRow('no-op build, bwrap, against host cargo by rustup', found, 1.5);
}

/** Lines of the printed command that make more of bubblewrap's box than bubblewrap does: filter, walls, what is covered. */
const strength = /^ {2}--(?:seccomp|disable-userns|new-session|\S+ (?:\S+ )?(?:\/proc\/|\/etc\/ld\.so\.preload))/;

/** The command that `plan --as shell` prints, and the same without what we add to bubblewrap's own strength. */
export async function strengthOfBubblewrap(bench: Bench): Promise<Row> {
  const { stdout } = await mustSucceed(bench.boxed('bwrap', ['plan', '--as', 'shell', 'build']));
  const lines = stdout.split('\n');
  const plain = lines.filter((line) => !strength.test(line));
  if (lines.length - plain.length < 10) throw new Error(`the command has changed:\n${stdout}`);
  const side = (name: string, text: string) => {
    const script = join(bench.folder, name);
    writeFileSync(script, text);
    return { ...bench.boxed('bwrap', []), argv: ['bash', script] };
  };
  const ours = side('strong.sh', stdout);
  const theirs = side('plain.sh', plain.join('\n'));
  const found = await compare(ours, theirs, 41);
  return {
    what: "bwrap's box with our filter, covers and walls, against one without",
    ours: `${found.oursMs.toFixed(0)} ms`,
    theirs: `${found.theirsMs.toFixed(0)} ms`,
    result: `+ ${found.moreMs.toFixed(1)} ms (${found.pairs} pairs)`,
    bar: '≤ + 5 ms',
    held: found.moreMs <= 5,
  };
}

/** The other side is the command line that `plan --as shell` prints: a hardened `docker run` without any tool of ours. */
export async function noOpDocker(bench: Bench): Promise<Row> {
  const { stdout } = await mustSucceed(bench.boxed('docker', ['plan', '--as', 'shell', 'build']));
  const script = join(bench.folder, 'docker-run.sh');
  writeFileSync(script, stdout);
  const byHand = { ...bench.boxed('docker', []), argv: ['bash', script] };
  const found = await compare(bench.boxed('docker', ['build']), byHand, 25);
  return ratioRow('no-op build, docker, against a hand-written hardened docker run', found, 1.1);
}

export async function coldBuild(bench: Bench, engine: 'bwrap' | 'docker'): Promise<Row> {
  const clean = (folder: string) => () => rmSync(folder, { recursive: true, force: true });
  const ours = { ...bench.boxed(engine, ['build']), prepare: clean(join(bench.home, 'cache/targets')) };
  const theirs = { ...bench.host(['build', '--offline']), prepare: clean(join(bench.folder, 'host-target')) };
  return ratioRow(`cold build, ${engine}, against the host`, await compare(ours, theirs, 3), 1.05);
}

export async function fetchIntoEmpty(bench: Bench): Promise<Row> {
  const ours = { ...bench.boxed('bwrap', ['fetch']), prepare: () => emptyStore(bench) };
  const into = join(bench.folder, 'empty-cargo-home');
  const theirs = {
    ...bench.host(['fetch', '--locked'], { CARGO_HOME: into }),
    prepare: () => rmSync(into, { recursive: true, force: true }),
  };
  return ratioRow(
    'fetch into an empty store, against cargo fetch into an empty CARGO_HOME',
    await compare(ours, theirs, 5),
    1.5,
  );
}

export async function fetchFromStore(bench: Bench): Promise<Row> {
  const into = join(bench.folder, 'empty-cargo-home');
  const times: { ours: number; theirs: number }[] = [];
  for (let pair = 0; pair < 5; pair += 1) {
    const ours = await timeOnce(bench.boxed('bwrap', ['fetch'], bench.anotherProject()));
    rmSync(into, { recursive: true, force: true });
    const theirs = await timeOnce(bench.host(['fetch', '--locked'], { CARGO_HOME: into }));
    times.push({ ours, theirs });
  }
  const found = {
    oursMs: median(times.map((time) => time.ours)),
    theirsMs: median(times.map((time) => time.theirs)),
    ratio: median(times.map((time) => time.ours / time.theirs)),
    moreMs: median(times.map((time) => time.ours - time.theirs)),
    pairs: times.length,
  };
  return ratioRow('fetch when another project has brought all those crates', found, 0.1);
}

/** All that the fetch phase keeps: views (first: they name the crates), crates, indexes. Roots stay. */
function emptyStore(bench: Bench): void {
  for (const kept of ['views', 'store', 'archives', 'fetch-home']) {
    rmSync(join(bench.home, 'cache', kept), { recursive: true, force: true });
  }
}

/**
 * From our start until the engine's program runs: a bwrap in front notes the time and becomes the real one. The other
 * side notes the time in the same way when node has ended.
 */
export async function startUntilEngine(bench: Bench): Promise<Row> {
  const real = findProgram('bwrap', process.env.PATH) ?? 'bwrap';
  const [programs, note] = [join(bench.folder, 'bin'), join(bench.folder, 'called')];
  mkdirSync(programs, { recursive: true });
  writeFileSync(join(programs, 'bwrap'), `#!/bin/sh\ndate +%s%N >>'${note}'\nexec '${real}' "$@"\n`);
  chmodSync(join(programs, 'bwrap'), 0o755);
  const side = bench.boxed('bwrap', ['build']);
  const noting = { ...side, variables: { ...side.variables, PATH: `${programs}:${side.variables.PATH}` } };
  const node = {
    argv: ['sh', '-c', `"$1" -e 0; exec date +%s%N >>'${note}'`, 'sh', process.execPath],
    variables: side.variables,
    folder: bench.folder,
  };
  const noted = async (started: typeof side) => {
    rmSync(note, { force: true });
    const startedMs = Date.now();
    await mustSucceed(started);
    const called = readFileSync(note, 'utf8').trim().split('\n').at(-1) ?? '0';
    return Number(BigInt(called) / 1000n) / 1000 - startedMs;
  };
  const differences: number[] = [];
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let pair = 0; pair < 15; pair += 1) {
    ours.push(await noted(noting));
    theirs.push(await noted(node));
    differences.push((ours.at(-1) ?? 0) - (theirs.at(-1) ?? 0));
  }
  const more = median(differences);
  return {
    what: 'CLI start until the engine is called, against node -e 0',
    ours: `${median(ours).toFixed(0)} ms`,
    theirs: `${median(theirs).toFixed(0)} ms`,
    result: `+ ${more.toFixed(0)} ms (15 pairs)`,
    bar: '≤ + 40 ms',
    held: more <= 40,
  };
}

export async function planOfMembers(bench: Bench): Promise<Row> {
  const sizes = [10, 100, 1000];
  const times: number[] = [];
  for (const members of sizes) {
    const folder = join(bench.folder, `members-${members}`);
    writeWorkspace(folder, members);
    const side = bench.boxed('bwrap', ['plan', '--json', 'build'], folder);
    await mustSucceed(side);
    const samples: number[] = [];
    for (let sample = 0; sample < 5; sample += 1) samples.push(await timeOnce(side));
    times.push(median(samples));
  }
  const perMember = ((times[2] ?? 0) - (times[0] ?? 0)) / 990;
  return {
    what: 'plan for a workspace of 10, 100, 1000 members',
    ours: times.map((time) => `${time.toFixed(0)} ms`).join(', '),
    theirs: '',
    result: `${perMember.toFixed(2)} ms a member`,
    bar: '≤ 1 ms a member',
    held: perMember <= 1,
  };
}

function writeWorkspace(folder: string, members: number): void {
  const names = Array.from({ length: members }, (_, index) => `member-${index}`).sort();
  const lock = [lockHead, ...names.map((name) => `\n[[package]]\nname = "${name}"\nversion = "0.1.0"`)];
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'Cargo.toml'), '[workspace]\nresolver = "2"\nmembers = ["crates/*"]\n');
  writeFileSync(join(folder, 'Cargo.lock'), `${lock.join('\n')}\n`);
  for (const name of names) {
    const at = join(folder, 'crates', name);
    mkdirSync(join(at, 'src'), { recursive: true });
    writeFileSync(join(at, 'Cargo.toml'), `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n`);
    writeFileSync(join(at, 'src/lib.rs'), '');
  }
}
