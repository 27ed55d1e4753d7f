import { Transform, type Writable } from 'node:stream';
import type { BoxLimits } from '../plan/box-plan.ts';
import type { Outcome } from './engine.ts';

/** Why a box was stopped from outside. */
export type StopReason = Extract<Outcome, { kind: 'limit' | 'interrupted' | 'lost' }>;

/** The clock on the wall and the clock of silence of one box. Both engines use it, so that both mean the same. */
export interface BoxWatch {
  /** Aborted when the box has to end now; its reason is a `StopReason`. */
  readonly signal: AbortSignal;
  /** To be called for every sign of life: so many bytes of output, none for keys that were pressed. */
  heard(bytes?: number): void;
  /** Ends the box for a reason that is found elsewhere. */
  stop(reason: StopReason): void;
  /** Has what `heard` gets passed on. */
  countOutput(to: (bytes: number) => void): void;
  /** Passes bytes on and counts them as signs of life. */
  listen(to: Writable): Writable;
  end(): void;
}

export function watchBox(limits: BoxLimits, interrupted: AbortSignal): BoxWatch {
  const controller = new AbortController();
  const stop = (reason: StopReason) => controller.abort(reason);
  const onInterrupt = () => stop(interruption(interrupted.reason));
  if (interrupted.aborted) onInterrupt();
  else interrupted.addEventListener('abort', onInterrupt, { once: true });

  const wallClock = limits.wallClockMs;
  const wallTimer = wallClock
    ? setTimeout(() => stop({ kind: 'limit', limit: 'wallClockMs', value: wallClock.value }), wallClock.value)
    : undefined;
  const silence = limits.silenceMs;
  const onSilence = () => stop({ kind: 'limit', limit: 'silenceMs', value: silence?.value ?? 0 });
  const silenceTimer = silence ? setTimeout(onSilence, silence.value) : undefined;

  let counted: (bytes: number) => void = () => undefined;
  const heard = (bytes = 0) => {
    silenceTimer?.refresh();
    counted(bytes);
  };
  return {
    signal: controller.signal,
    heard,
    stop,
    countOutput: (to) => {
      counted = to;
    },
    listen: (to) => {
      const tap = new Transform({
        transform(chunk, _encoding, done) {
          heard(chunk.length);
          done(null, chunk);
        },
      });
      tap.pipe(to, { end: false });
      return tap;
    },
    end: () => {
      clearTimeout(wallTimer);
      clearTimeout(silenceTimer);
      interrupted.removeEventListener('abort', onInterrupt);
    },
  };
}

function interruption(reason: unknown): StopReason {
  const signal = reason === 'SIGTERM' || reason === 'SIGHUP' ? reason : 'SIGINT';
  return { kind: 'interrupted', signal };
}
