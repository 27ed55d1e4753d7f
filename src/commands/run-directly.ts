import { accessSync, constants } from 'node:fs';
import { failure, type Result, success } from '../base/result.ts';
import type { Config } from '../config/config.ts';
import { runProgram } from '../host/program.ts';
import type { CargoCommand } from '../invocation/invocation.ts';
import { passingVariables } from '../invocation/passing-variables.ts';
import { targetVariables } from '../oci/image-documents.ts';
import { refusal } from '../policy/judge-asks.ts';
import { type Problem, printable } from '../problem/problem.ts';
import type { Answer } from './answer.ts';
import { measureHere } from './environments/measure-here.ts';
import { recogniseImage } from './environments/recognise-image.ts';
import { classify } from './pipeline/make-request.ts';
import type { Surveyed } from './pipeline/survey.ts';
import type { Session } from './session.ts';

/** Where things stand in an image of ours. */
const cargo = '/box/toolchain/bin/cargo';
const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * `--engine none`: cargo without a box, inside of an image of the project's lock and nowhere else. Which walls hold there
 * is measured now and said; none of them is ours but that of the environment's variables.
 */
export async function runDirectly(
  session: Session,
  surveyed: Surveyed,
  command: CargoCommand,
): Promise<Result<Answer>> {
  const { project, config, judged } = surveyed;
  const asked = refusal(judged);
  if (asked !== null) return failure(asked);
  const classified = classify(command, null);
  if (classified.refusal !== null) {
    const what = `\`cargo ${printable(command.name, 60)}\` does not run without a person`;
    return failure({ code: 'refused', what, ...classified.refusal });
  }
  const recognised = await recogniseImage(session, surveyed);
  if (!recognised.ok) return recognised;
  if (recognised.value.kind === 'no-image') return failure(notInside(recognised.value.why));
  if (recognised.value.kind === 'other') return failure(notOfTheLock(recognised.value.differences));
  const beyond = notHeldHere(config);
  if (beyond.length > 0) return failure(...beyond);
  sayMeasured(session, project.mountRoot);
  session.reporter.pause();
  const ended = await runProgram(cargo, [...command.globalArguments, command.name, ...command.arguments], {
    workingDirectory: session.directory,
    variables: variablesOf(session, config),
    stdin: 'inherit',
    stdout: 'inherit',
    stderr: 'inherit',
    signal: session.interruption.signal,
  });
  if (ended.startError !== null) {
    return failure({ code: 'environment', what: `${cargo} cannot be started`, why: printable(ended.startError) });
  }
  const status = ended.status ?? 70;
  if (ended.status === null) session.reporter.outcome({ kind: 'killed', signal: ended.signal ?? 'unknown' });
  return success({ status });
}

function notInside(why: string): Problem {
  return {
    code: 'refused',
    what: '`--engine none` runs cargo without a box, and this is no image of cargo-boxed',
    why: `${why}; so nothing here would hold a wall`,
    fix: 'Leave `--engine none` out; or run it in a container of the image that `cargo-boxed image build` makes.',
  };
}

function notOfTheLock(differences: readonly string[]): Problem {
  return {
    code: 'refused',
    what: '`--engine none` runs cargo without a box, and this is not the image of cargo-boxed.lock',
    why: differences.map((line) => printable(line, 120)).join('; '),
    fix: 'Run `cargo-boxed image build` anew, and start a container of that.',
  };
}

/** What the configuration asks for and only a box can give. */
function notHeldHere({ limits, mounts, network, devices, environment, toolchain }: Config): readonly Problem[] {
  const set = Object.entries(limits).filter(([, { value, origin }]) => value !== null && origin.kind !== 'default');
  const wanted = [
    ...set.map(([name]) => `the limit ${name}`),
    ...(mounts.value.length > 0 ? ['mounts'] : []),
    ...(network.value.length > 0 ? ['doors'] : []),
    ...(devices.value.length > 0 ? ['devices'] : []),
    ...(environment.value === 'debian' ? [] : [`the environment ${environment.value}`]),
    ...(toolchain.value === 'host' ? [] : ['another toolchain']),
  ];
  if (wanted.length === 0) return [];
  const what = `without a box there is nothing that could hold ${wanted.join(', ')}`;
  return [{ code: 'not-enforceable', what, fix: 'Use an engine, or take it out of the configuration.' }];
}

/** Looked at now, and said each time: what holds is what the container was started with. */
function sayMeasured(session: Session, project: string): void {
  const walls = measureHere(session, project);
  const held = walls.filter((wall) => wall.held).map(({ wall }) => wall);
  const not = walls.filter((wall) => !wall.held);
  session.reporter.note('Cargo runs in this container as it is: there is no box, and build scripts have no walls');
  if (held.length > 0) session.reporter.note(`Measured now, held: ${held.join(', ')}`);
  if (not.length > 0) {
    const each = not.map(({ wall, found }) => `${wall} (${printable(found, 120)})`);
    session.reporter.note(`Measured now, not held: ${each.join(', ')}`);
  }
}

/** Made from nothing, as for a box; what of the container's own would pass is what passes into a box. */
function variablesOf({ host }: Session, { env }: Config): Record<string, string> {
  const passed = env.pass.value.flatMap((name) => {
    const value = host.variables[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    LANG: 'C.UTF-8',
    ...Object.fromEntries(passingVariables(host.variables).map(({ name, value }) => [name, value])),
    ...Object.fromEntries(passed),
    ...env.set.value,
    HOME: '/box/home',
    CARGO_HOME: '/box/cargo',
    PATH: `/box/toolchain/bin:${systemPath}`,
    ...(mayWrite('/box/target') ? targetVariables : {}),
  };
}

function mayWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
