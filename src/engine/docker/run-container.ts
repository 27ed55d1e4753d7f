import type { Container, ContainerCreateOptions } from 'dockerode';
import { failure, type Result, success } from '../../base/result.ts';
import type { Problem } from '../../problem/problem.ts';
import type { BoxStreams, Outcome, ResolvedBox } from '../engine.ts';
import { holdDisk } from '../hold-disk.ts';
import { type StopReason, watchBox } from '../watch-box.ts';
import { type BoxGate, behindGate, makeBoxGate } from './box-gate.ts';
import { type Connection, reasonOf, statusOf } from './connect.ts';
import { withStdin } from './container-options.ts';
import { deadline, endsWithin } from './deadline.ts';
import { describeContainer, type RunSurroundings } from './describe-container.ts';
import { imageVariables } from './inspect-image.ts';
import { type BoxGuard, liveThrough } from './live-through.ts';

const answerWithinMs = 60_000;
const removedWithinMs = 20_000;

/** What of a box matters once its container is described. */
type RunningBox = Pick<ResolvedBox, 'streams' | 'limits' | 'mounts'> & {
  /** What is done with the container when its program has ended with 0, before it is removed. */
  readonly whenDone?: (container: Container) => Promise<void>;
};

export function runContainer(
  connection: Connection,
  around: RunSurroundings,
  box: ResolvedBox,
  streams: BoxStreams,
  interrupted: AbortSignal,
): Promise<Result<Outcome>> {
  return runDescribed(connection, () => describe(connection, around, box), box, streams, interrupted, around.state);
}

/** One container, one box: made, run to its end and removed before this process ends, whatever happens in between. */
export async function runDescribed(
  connection: Connection,
  describeIt: () => ContainerCreateOptions | Promise<ContainerCreateOptions>,
  box: RunningBox,
  streams: BoxStreams,
  interrupted: AbortSignal,
  state: string,
): Promise<Result<Outcome>> {
  const watch = watchBox(box.limits, interrupted);
  const disk = await holdDisk(box, watch, 'with');
  let gate: BoxGate | null = null;
  try {
    if (!disk.ok) return disk;
    if (watch.signal.aborted) return success(watch.signal.reason as StopReason);
    const described = await describeIt();
    gate = box.limits.diskBytes === null ? null : await makeBoxGate(state);
    const options = gate === null ? described : behindGate(described, gate);
    const wantsStdin = box.streams === 'terminal' || streams.stdin !== 'none';
    const created = await create(connection, wantsStdin ? withStdin(options) : options);
    if (!created.ok) return created;
    return await runCreated(connection, created.value, box, streams, { watch, disk: disk.value, gate });
  } catch (error) {
    return failure(engineFailed(error));
  } finally {
    gate?.close();
    if (disk.ok) await disk.value.end();
    watch.end();
  }
}

async function runCreated(
  connection: Connection,
  container: Container,
  box: RunningBox,
  streams: BoxStreams,
  guard: BoxGuard,
): Promise<Result<Outcome>> {
  let hasEnded = false;
  try {
    const outcome = await liveThrough(connection.docker, container, box, streams, guard);
    hasEnded = outcome.kind === 'finished';
    if (outcome.kind === 'finished' && outcome.status === 0) await box.whenDone?.(container);
    return success(outcome);
  } catch (error) {
    return failure(engineFailed(error));
  } finally {
    const removed = remove(container);
    // The engine takes its time to tidy up after a box that has ended; the process does not end before its answer.
    if (!hasEnded) await removed;
  }
}

async function describe(
  connection: Connection,
  around: RunSurroundings,
  box: ResolvedBox,
): Promise<ContainerCreateOptions> {
  if (box.root.kind !== 'image') throw new Error('the docker engine takes an image');
  return describeContainer(box, around, connection.facts, await imageVariables(connection, box.root.id));
}

async function create(connection: Connection, options: ContainerCreateOptions): Promise<Result<Container>> {
  try {
    return success(
      await deadline(connection.docker.createContainer(asBody(options)), answerWithinMs, 'the new container'),
    );
  } catch (error) {
    return failure(engineFailed(error));
  }
}

/** The library would send all of it twice, also as a query of 30 KB, and takes these two names to tell them apart. */
function asBody({ name, ...body }: ContainerCreateOptions): ContainerCreateOptions {
  return { _query: { name }, _body: body } as ContainerCreateOptions;
}

/** By force: what still runs is killed with it. A container that stays is found by the next command's `reap`. */
async function remove(container: Container): Promise<void> {
  await endsWithin(container.remove({ force: true, v: true }), removedWithinMs);
}

function engineFailed(error: unknown): Problem {
  return {
    code: 'engine-failed',
    what: 'the Docker engine could not make the box',
    why: reasonOf(error),
    fix:
      statusOf(error) === null
        ? 'See whether the engine still runs: `cargo-boxed doctor`.'
        : 'Run `cargo-boxed doctor`: it says what this machine lacks.',
  };
}
