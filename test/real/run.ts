/**
 * `npm run test:real`: public projects, built, tested and run by host cargo and in boxes of both engines. Prints a
 * table; ends with 1 when a box gave anything else than the host. Names of projects narrow it: `-- bat just`.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type DockerDaemon, startDockerDaemon } from '../support/docker-daemon.ts';
import { startGitServer } from '../support/git-server.ts';
import { table } from '../support/print-table.ts';
import { assembleProject } from './assemble-project.ts';
import { differences, runSide, type Side, type SideResult } from './compare-runs.ts';
import { type RealProject, realProjects } from './projects.ts';

const wanted = process.argv.slice(2);
const engines = (process.env.CARGO_BOXED_TEST_ENGINES ?? 'bwrap,docker').split(',') as Side[];
const rows: string[][] = [];
let differing = 0;

async function compare(project: RealProject): Promise<void> {
  const folder = mkdtempSync('/var/tmp/cargo-boxed-real-');
  const host = await startGitServer();
  const undo = async () => {
    await host.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  cleanUps.push(undo);
  try {
    const sources = join(folder, 'project');
    await assembleProject(project, sources, host);
    const expected = await runSide('host', project, sources);
    addRow(project, sources, expected, []);
    for (const engine of engines) {
      const got = await runSide(engine, project, sources);
      addRow(project, sources, got, differences(expected, got));
    }
  } finally {
    cleanUps.splice(cleanUps.indexOf(undo), 1);
    await undo();
  }
}

function addRow(project: RealProject, sources: string, result: SideResult, different: readonly string[]): void {
  for (const difference of different) console.error(`\n${project.name}: ${difference}\n`);
  differing += different.length;
  const crates = readFileSync(join(sources, 'Cargo.lock'), 'utf8').match(/^\[\[package\]\]$/gm)?.length ?? 0;
  const sum = (what: 'passed' | 'failed' | 'ignored') =>
    `${result.commands.reduce((total, { tests }) => total + tests[what], 0)}`;
  const exits = result.commands.map(({ status }) => status ?? 'killed').join(', ');
  rows.push([
    result.side === 'host' ? `${project.main.name} ${project.main.version}` : '',
    result.side === 'host' ? `${crates}` : '',
    result.side === 'host' ? project.kind : '',
    result.side,
    exits,
    `${sum('passed')} / ${sum('failed')} / ${sum('ignored')}`,
    result.seconds.toFixed(0),
    result.side === 'host' ? '' : different.length === 0 ? 'yes' : 'NO',
  ]);
  // Each as it comes: the whole takes long, and what was measured shall not be lost with it.
  console.error(rows.at(-1)?.join(' | '));
}

/** The daemon that DOCKER_HOST names, or one of our own for this run. */
async function startDocker(): Promise<DockerDaemon | null> {
  if (!engines.includes('docker') || process.env.DOCKER_HOST !== undefined) return null;
  const daemon = await startDockerDaemon();
  process.env.DOCKER_HOST = `unix://${daemon.socket}`;
  return daemon;
}

async function main(): Promise<void> {
  const daemon = await startDocker();
  if (daemon !== null) cleanUps.push(() => daemon.stop());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void cleanUp().finally(() => process.exit(1)));
  }
  try {
    await compareAll();
  } finally {
    await cleanUp();
  }
  const head = ['project', 'crates', 'kind', 'where', 'exits (build, test, run)', 'tests passed / failed / ignored'];
  console.log(table([...head, 'seconds', 'same as host'], rows));
  process.exitCode = differing === 0 && rows.length > 0 ? 0 : 1;
}

/** What is to be taken away at the end, however it comes. */
const cleanUps: (() => unknown)[] = [];

async function cleanUp(): Promise<void> {
  for (const undo of cleanUps.splice(0).reverse()) await undo();
}

async function compareAll(): Promise<void> {
  for (const project of realProjects) {
    if (wanted.length > 0 && !wanted.some((name) => project.name.startsWith(name))) continue;
    console.error(`${project.name} …`);
    await compare(project);
  }
}

void main();
