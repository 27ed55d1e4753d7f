/** The runner behind `npm test` (see run.sh): all suites over both engines and both identities, then one line of counts. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { ordinaryUser, ourselves } from './support/choose-identity.ts';
import { bringDownloads, keepDownloads } from './support/keep-downloads.ts';
import { prepareHome } from './support/prepare-home.ts';
import { table } from './support/print-table.ts';
import { cellsOf, readChoice, wants } from './support/read-choice.ts';
import { type Counts, runProgram, runSuite, stopSuites, testFiles } from './support/run-suite.ts';
import { stageForUser, stageInPlace } from './support/stage-tree.ts';
import { checks, type EngineName, type Identity, type Suite, suites } from './support/suites.ts';
import { testVariables } from './support/test-variables.ts';

const choice = readChoice(process.argv.slice(2));
const tree = resolve(import.meta.dirname ?? '.', '..');
const inCi = (process.env.CI ?? '') !== '' && process.env.CI !== 'false';
const mayUseDocker = choice.engines.length === 0 || choice.engines.includes('docker');
const started = Date.now();
const results: { readonly suite: string; readonly where: string; readonly counts: Counts }[] = [];

// Not in /tmp: newer Debians keep that in memory, and roots, targets and images are gigabytes.
const folder = mkdtempSync('/var/tmp/cargo-boxed-test-');
chmodSync(folder, 0o755);
process.env.TMPDIR = folder;
let stopDocker: () => Promise<void> = async () => {};
let ending: Promise<void> | null = null;

/** Leaves nothing behind, however the run ends. */
function cleanUp(): Promise<void> {
  ending ??= (async () => {
    stopSuites();
    await stopDocker();
    for (const { home } of Object.values(places)) if (home !== null) keepDownloads(home);
    // Suites that were interrupted have stopped no daemon of theirs, and unmounted nothing.
    const { removeWithDaemons } = await import('./support/docker-daemon.ts');
    await removeWithDaemons(folder);
  })();
  return ending;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    console.log(`npm test: ${signal}, cleans up`);
    void cleanUp().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  });
}

type Place = ReturnType<typeof makePlace>;
const places: { [identity in Identity]?: Place } = {};

/** Everything one identity runs with, made when the first suite needs it. */
function makePlace(name: Identity) {
  const identity = name === 'root' ? ourselves() : ordinaryUser();
  const own = stageInPlace(
    tree,
    process.env.RUSTUP_HOME ?? join(homedir(), '.rustup'),
    process.env.CARGO_HOME ?? join(homedir(), '.cargo'),
  );
  const staging = join(folder, name);
  mkdirSync(staging);
  const stage = name === 'root' ? own : stageForUser(own, identity, staging);
  const home = join(staging, 'home');
  const temporary = join(staging, 'tmp');
  mkdirSync(home);
  mkdirSync(temporary);
  bringDownloads(home, identity.uid, identity.gid);
  execFileSync('chown', [`${identity.uid}:${identity.gid}`, staging, temporary]);
  return { identity, stage, home, temporary };
}

function place(name: Identity): Place {
  places[name] ??= makePlace(name);
  return places[name];
}

const prepared = new Set<string>();
let dockerHost: string | null = null;
async function startDocker(): Promise<void> {
  const { startDockerDaemon } = await import('./support/docker-daemon.ts');
  const daemon = await startDockerDaemon();
  stopDocker = () => daemon.stop();
  const socket = daemon.socket;
  chmodSync(daemon.folder, 0o711);
  // The ordinary user of the tests stands for a member of the group docker.
  chmodSync(socket, 0o666);
  dockerHost = `unix://${socket}`;
}

async function runOne(suite: Suite, identityName: Identity, engine: EngineName | null): Promise<void> {
  const { identity, stage, home, temporary } = place(identityName);
  const files = testFiles(join(stage.tree, 'test', suite.folder), suite.files === 'tree').filter((file) =>
    file.includes(choice.files),
  );
  if (files.length === 0 && (choice.files !== '' || !existsSync(join(stage.tree, 'test', suite.folder)))) return;
  const { environment } = suite;
  const where = [identityName, engine, environment].filter(Boolean).join(', ');
  console.log(`\n=== ${suite.name} (${where}), ${files.length} files`);
  const variables = testVariables(identity, stage, { home, temporary, dockerHost, engine, environment });
  const shared = { prefix: identity.prefix, node: stage.node, tree: stage.tree, variables };
  const preparation = `${suite.prepare}, ${identityName}`;
  if (suite.prepare !== undefined && !prepared.has(preparation)) {
    prepared.add(preparation);
    const argv = [...identity.prefix, stage.node, '--import', 'tsx', join(stage.tree, 'test', suite.prepare)];
    await runProgram(argv, { ...shared, limitMinutes: 5 });
  }
  if (engine !== null && !prepared.has(where)) {
    prepared.add(where);
    const counts = await prepareHome(engine, { ...shared, folder: temporary });
    results.push({ suite: 'first build', where, counts });
  }
  const counts = await runSuite({
    ...shared,
    files,
    limitMinutes: suite.limitMinutes,
    concurrency: suite.concurrency,
    countsFile: join(folder, identityName, 'counts.jsonl'),
  });
  results.push({ suite: suite.name, where, counts });
}

async function runChecks(): Promise<void> {
  const begin = Date.now();
  const failures: string[] = [];
  for (const check of checks) {
    console.log(`\n=== check: ${check}`);
    const argv = ['npm', 'run', '--silent', check];
    const variables = process.env as Record<string, string>;
    const { status } = await runProgram(argv, { tree, variables, limitMinutes: 5 });
    if (status !== 0) failures.push(check);
  }
  const counts = { passed: checks.length - failures.length, failed: failures.length, skipped: 0, failures, times: [] };
  results.push({ suite: 'check', where: 'root', counts: { ...counts, seconds: (Date.now() - begin) / 1000 } });
}

function slowest(count: number): readonly (readonly string[])[] {
  return results
    .flatMap(({ suite, where, counts }) => counts.times.map((time) => ({ suite, where, ...time })))
    .sort((one, other) => other.seconds - one.seconds)
    .slice(0, count)
    .map(({ name, suite, where, seconds }) => [name.slice(0, 80), suite, where, seconds.toFixed(1)]);
}

function summarize(): number {
  const rows = results.map(({ suite, where, counts }) => [
    suite,
    where,
    `${counts.passed}`,
    `${counts.failed}`,
    `${counts.skipped}`,
    counts.seconds.toFixed(1),
  ]);
  console.log(`\n${table(['suite', 'as', 'passed', 'failed', 'skipped', 'seconds'], rows)}\n`);
  console.log(`${table(['slowest', 'suite', 'as', 'seconds'], slowest(30))}\n`);
  const total = (what: 'passed' | 'failed' | 'skipped') => results.reduce((sum, { counts }) => sum + counts[what], 0);
  const [passed, failed, skipped] = [total('passed'), total('failed'), total('skipped')];
  for (const { suite, where, counts } of results) {
    for (const name of counts.failures) console.log(`failed: ${suite} (${where}): ${name}`);
  }
  if (inCi && skipped > 0) console.log(`failed: in CI nothing may be skipped, ${skipped} were`);
  console.log(`took ${Math.round((Date.now() - started) / 1000)} s`);
  console.log(`${passed} passed, ${inCi ? failed + skipped : failed} failed, ${inCi ? 0 : skipped} skipped`);
  return failed > 0 || passed === 0 || (inCi && skipped > 0) ? 1 : 0;
}

try {
  if (wants(choice, 'check')) await runChecks();
  for (const suite of suites.filter(({ name }) => wants(choice, name))) {
    if (suite.name !== 'unit' && dockerHost === null && mayUseDocker) await startDocker();
    for (const { identity, engine } of cellsOf(suite, choice)) {
      if (ending === null) await runOne(suite, identity, engine);
    }
  }
  process.exitCode = summarize();
} catch (error) {
  console.error(error);
  console.log('0 passed, 1 failed, 0 skipped');
  process.exitCode = 1;
} finally {
  await cleanUp();
}
