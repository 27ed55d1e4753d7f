import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Ended, run } from '../../support/rig.ts';
import { type SoakCommand, send, startCommand } from './soak-command.ts';
import { leftovers, lookBefore, processesOf } from './soak-leftovers.ts';
import type { SoakPlace } from './soak-place.ts';
import { program, projectFiles, type Scene } from './soak-scenes.ts';

/** What is killed, and how. */
export const victims = [
  'SIGINT',
  'SIGINT twice',
  'SIGTERM',
  'SIGHUP',
  'closed terminal',
  'kill -9',
  'kill -9 of the engine client',
  'kill -9 of some child',
  'kill -9 of the engine',
] as const;
export type Victim = (typeof victims)[number];

export interface SoakKill {
  readonly number: number;
  readonly random: () => number;
  readonly place: SoakPlace;
  readonly scene: Scene;
  readonly victim: Victim;
}
export interface SoakRow {
  readonly scene: string;
  readonly victim: string;
  /** Whether it still ran when the kill came. */
  readonly inTime: boolean;
  /** What was left after the next command: nothing, if all is well. */
  readonly left: readonly string[];
  /** Until the command and all its processes were gone, without another command. */
  readonly goneMs: number;
}

/** The one project that is built before it is killed, made once a soak. */
const warmName = 'soaked-warm';
const longestEndMs = 10_000;

export async function warmUp(place: SoakPlace): Promise<void> {
  await makeProject(place, warmName, 0);
  const built = await boxed(place, warmName, ['build'], 900);
  if (built.status !== 0) throw new Error(`the first build of the soak: ${built.text}`);
}

/** One command, killed at a random moment; then the next build, and a look at what is left. */
export async function runKill({ number, random, place, scene, victim }: SoakKill): Promise<SoakRow> {
  const isCold = scene.project === 'cold';
  const name = isCold ? `soaked-${number}` : warmName;
  const folder = join(place.temporary, name);
  if (isCold) await makeProject(place, name, number);
  else if (scene.project === 'warm') write(place, join(folder, 'src/main.rs'), program(number));
  for (const [file, text] of Object.entries(scene.files ?? {})) write(place, join(folder, file), text);
  const before = lookBefore(place);
  const command = await startCommand(place, scene.argv, folder, victim === 'closed terminal' ? 'terminal' : 'pipes');
  await rightMoment(command, scene, random);
  const inTime = command.isRunning();
  await strike(victim, command, place, random);
  const goneMs = await untilGone(place, command, folder, victim);
  // What a lock or a wish of this command left in the project is not what the next build is about.
  for (const file of [...Object.keys(scene.files ?? {}), 'cargo-boxed.lock'])
    rmSync(join(folder, file), { force: true });
  const left = await nextBuild(place, name, scene.project === 'unchanged' ? null : number);
  left.push(...(await leftovers(place, before, command.word, folder)));
  if (goneMs > longestEndMs)
    left.push(`it took ${Math.round(goneMs)} ms to end; it said: ${command.said().slice(-300)}`);
  if (isCold) rmSync(folder, { recursive: true, force: true });
  return { scene: scene.name, victim, inTime, left, goneMs };
}

async function makeProject(place: SoakPlace, name: string, number: number): Promise<void> {
  const folder = join(place.temporary, name);
  for (const [file, text] of Object.entries(await projectFiles(place, number))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  place.handOver(folder);
}

function write(place: SoakPlace, file: string, text: string): void {
  writeFileSync(file, text);
  place.handOver(file);
}

function boxed(place: SoakPlace, name: string, argv: readonly string[], limitSeconds = 180): Promise<Ended> {
  return run([...place.program, ...argv], {
    variables: place.variables,
    currentFolder: join(place.temporary, name),
    limitSeconds,
  });
}

/** A random moment of the scene; not later than its end. */
async function rightMoment(command: SoakCommand, scene: Scene, random: () => number): Promise<void> {
  if (scene.after !== undefined) {
    for (let waited = 0; waited < 6000 && command.isRunning() && !scene.after.test(command.said()); waited += 1) {
      await delay(5);
    }
  }
  const moment = performance.now() + random() * scene.withinMs;
  while (performance.now() < moment && command.isRunning()) await delay(Math.min(2, moment - performance.now()));
}

async function strike(victim: Victim, command: SoakCommand, place: SoakPlace, random: () => number): Promise<void> {
  switch (victim) {
    case 'SIGINT twice':
      command.signal('SIGINT');
      await delay(random() * 300);
      return command.signal('SIGINT');
    case 'closed terminal':
      return command.hangUp();
    case 'kill -9':
      return command.signal('SIGKILL');
    case 'kill -9 of the engine client':
      return killOne(command, ({ program }) => program === 'bwrap', random);
    case 'kill -9 of some child':
      return killOne(command, () => true, random);
    case 'kill -9 of the engine':
      return place.docker?.restart();
    default:
      return command.signal(victim);
  }
}

/** A command that has no such child at this moment is killed itself. */
function killOne(command: SoakCommand, wanted: (child: Child) => boolean, random: () => number): void {
  const children = descendants(command.processId).filter(wanted);
  const chosen = children[Math.floor(random() * children.length)];
  if (chosen === undefined) command.signal('SIGKILL');
  else send(chosen.processId, 'SIGKILL');
}

interface Child {
  readonly processId: number;
  readonly parent: number;
  readonly program: string;
}

function descendants(root: number): readonly Child[] {
  const listed = execFileSync('ps', ['-eo', 'pid=,ppid=,comm='], { encoding: 'utf8' });
  const all = listed.split('\n').flatMap((line) => {
    const [, processId, parent, program = ''] = /^ *(\d+) +(\d+) +(.*)$/.exec(line) ?? [];
    return processId === undefined ? [] : [{ processId: Number(processId), parent: Number(parent), program }];
  });
  const found = all.filter(({ parent }) => parent === root);
  for (const { processId } of found) found.push(...all.filter(({ parent }) => parent === processId));
  return found;
}

/** A command that lost a child or an engine may not need it, and go on: then it is interrupted. */
const goesOnMs = 5000;

/**
 * From the kill to the end of the command and of all its processes. Where the engine is a daemon, a box outlives a killed command
 * until the next one.
 */
async function untilGone(place: SoakPlace, command: SoakCommand, folder: string, victim: Victim): Promise<number> {
  let struck = performance.now();
  const longestMs = 120_000;
  if (/child|engine/.test(victim)) {
    while (command.isRunning() && performance.now() - struck < goesOnMs) await delay(20);
    if (command.isRunning()) command.signal('SIGINT');
    struck = performance.now();
  }
  while (command.isRunning() && performance.now() - struck < longestMs) await delay(20);
  if (place.docker === null) {
    while (processesOf(place, command.word, folder).length > 0 && performance.now() - struck < longestMs)
      await delay(50);
  }
  return performance.now() - struck;
}

/** The next build works, from the sources as they are; what it exports is whole. */
async function nextBuild(place: SoakPlace, name: string, number: number | null): Promise<string[]> {
  const next = await boxed(place, name, ['build']);
  if (next.status !== 0) return [`the next build: ${next.text.slice(-1500)}`];
  const exported = join(place.temporary, name, 'target/boxed/debug/soaked');
  if (!existsSync(exported)) return ['the next build exported nothing'];
  const ran = await run([exported], { variables: {} });
  const isRight = number === null ? /^right \d+\n$/.test(ran.stdout) : ran.stdout === `right ${number}\n`;
  return isRight ? [] : [`the next build made a program that says: ${ran.text}`];
}
