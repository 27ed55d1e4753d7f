import type Docker from 'dockerode';
import type { Container } from 'dockerode';
import type { BoxStreams, Outcome, ResolvedBox } from '../engine.ts';
import type { HeldDisk } from '../hold-disk.ts';
import type { BoxWatch, StopReason } from '../watch-box.ts';
import { type Attachment, attachPipes, openAttachment } from './attach.ts';
import type { BoxGate } from './box-gate.ts';
import { reasonOf } from './connect.ts';
import { isProcessOf } from './container-processes.ts';
import { deadline, endsWithin } from './deadline.ts';
import { type ProcessLimitWatch, watchProcessLimit } from './process-limit.ts';
import { type Ended, waitForEnd } from './wait-for-end.ts';

const answerWithinMs = 60_000;
/** Time that a box gets to end by itself after a signal. */
const graceMs = 2000;
/** All is over ten seconds after an interruption: two of grace, three for each answer. */
const killAnswerMs = 3000;
/** A box that has ended has sent what it had; a reader of ours may still be slow. Only after a stop we don't wait. */
const restOfOutputMs = 1000;

/** What keeps a container within its limits from outside. */
export interface BoxGuard {
  readonly watch: BoxWatch;
  readonly disk: HeldDisk;
  /** `null`: nothing has to be known of the box before it begins. */
  readonly gate: BoxGate | null;
}

/** From attaching to the last byte: gives how the box ended. */
export async function liveThrough(
  docker: Docker,
  container: Container,
  box: Pick<ResolvedBox, 'streams' | 'limits'>,
  streams: BoxStreams,
  guard: BoxGuard,
): Promise<Outcome> {
  const { watch, disk } = guard;
  if (watch.signal.aborted) return watch.signal.reason as StopReason;
  let following: Promise<ProcessLimitWatch | null> = Promise.resolve(null);
  let processes: ProcessLimitWatch | null = null;
  const heard = (bytes?: number) => {
    watch.heard(bytes);
    processes?.look();
  };
  const attachment = await attach(docker, container, box, streams, heard);
  try {
    await deadline(container.start(), answerWithinMs, 'the start of the container');
    const ended = waitForEnd(docker, container);
    const pumped = attachment.pump();
    following = follow(container, box, guard);
    void following.then((found) => {
      processes = found;
    });
    const readerGone = pumped.then((end) => (end === 'reader-gone' ? end : new Promise<never>(() => undefined)));
    const first = await Promise.race([ended, stopOf(watch.signal), readerGone]);
    if (first === 'reader-gone') {
      await terminate(container, 'SIGKILL', ended);
      return { kind: 'killed', signal: 'SIGPIPE' };
    }
    if (first.kind === 'lost') return first;
    if (first.kind !== 'status') {
      await terminate(container, signalFor(first), ended);
      await endsWithin(pumped, restOfOutputMs);
      return first;
    }
    const rest = await Promise.race([pumped, stopOf(watch.signal)]);
    if (typeof rest === 'object') return rest;
    if (rest === 'reader-gone') return { kind: 'killed', signal: 'SIGPIPE' };
    await disk.end();
    if (watch.signal.aborted) return watch.signal.reason as StopReason;
    return await finished(container, box, first.status, await following);
  } finally {
    void following.then((found) => found?.end());
    attachment.detach();
  }
}

/**
 * Looks at the container from the host: while it runs already, or waits at its gate. An engine in a machine of its own has other numbers for
 * its processes: nothing here may be stopped by them.
 */
async function follow(
  container: Container,
  { limits }: Pick<ResolvedBox, 'limits'>,
  { watch, disk, gate }: BoxGuard,
): Promise<ProcessLimitWatch | null> {
  if (limits.diskBytes === null && limits.processes === null) return null;
  try {
    const { State } = await deadline(container.inspect(), answerWithinMs, 'the first process of the container');
    const isOurs = isProcessOf(State.Pid, container.id);
    // One that waits at a gate has not ended by itself: it is hidden from us.
    if (isOurs === false || (isOurs === null && gate !== null))
      throw new Error('its processes cannot be seen from here');
    if (isOurs === null) return null;
    disk.follow(State.Pid);
    gate?.open();
    return limits.processes === null ? null : watchProcessLimit(State.Pid);
  } catch (error) {
    // The limit of processes holds without being seen, the one of the disk does not.
    if (limits.diskBytes !== null) watch.stop({ kind: 'lost', why: reasonOf(error) });
    return null;
  }
}

/** What has used up its disk stands still and cannot hear a request. */
function signalFor(reason: StopReason): NodeJS.Signals {
  if (reason.kind === 'interrupted') return reason.signal;
  return reason.kind === 'limit' && reason.limit === 'diskBytes' ? 'SIGKILL' : 'SIGTERM';
}

async function attach(
  docker: Docker,
  container: Container,
  box: Pick<ResolvedBox, 'streams' | 'limits'>,
  streams: BoxStreams,
  heard: (bytes?: number) => void,
): Promise<Attachment> {
  const terminal = box.streams === 'terminal';
  const socket = await deadline(
    openAttachment(docker, container, terminal || streams.stdin !== 'none'),
    answerWithinMs,
    'the attachment',
  );
  if (!terminal) return attachPipes(socket, streams, heard);
  const { attachTerminal } = await import('./attach-terminal.ts');
  return attachTerminal(socket, container, heard);
}

function stopOf(signal: AbortSignal): Promise<StopReason> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(signal.reason as StopReason);
    else signal.addEventListener('abort', () => resolve(signal.reason as StopReason), { once: true });
  });
}

/** Asks, waits, kills: with the first process every other one of the container ends. */
async function terminate(container: Container, signal: string, ended: Promise<Ended>): Promise<void> {
  await endsWithin(container.kill({ signal }), killAnswerMs);
  if (await endsWithin(ended, graceMs)) return;
  await endsWithin(container.kill({ signal: 'SIGKILL' }), killAnswerMs);
  await endsWithin(ended, graceMs);
}

/** A status says nothing about limits: the word for them comes from the counters of the container's control group. */
async function finished(
  container: Container,
  box: Pick<ResolvedBox, 'limits'>,
  status: number,
  processLimit: ProcessLimitWatch | null,
): Promise<Outcome> {
  const { memoryBytes: memory, processes } = box.limits;
  if (status !== 0 && memory !== null) {
    const seen = await deadline(container.inspect(), answerWithinMs, 'the end of the container');
    if (seen.State.OOMKilled) return { kind: 'limit', limit: 'memoryBytes', value: memory.value };
  }
  if (status !== 0 && processes !== null && processLimit?.wasMet() === true) {
    return { kind: 'limit', limit: 'processes', value: processes.value };
  }
  return { kind: 'finished', status };
}
