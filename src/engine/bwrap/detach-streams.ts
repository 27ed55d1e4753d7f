import { fstatSync, statSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import type { BoxStreams } from '../engine.ts';

export interface DetachedStreams {
  readonly streams: BoxStreams;
  /** Stops reading what the box has not taken. */
  release(): void;
}

/**
 * The caller's own descriptors, but never a file, folder or terminal of the host itself: whoever holds one can open it
 * again through /proc and so write to what was open for reading, read a log that was open for appending, or press keys.
 * Pipes and sockets lead nowhere else and are handed on as they are; the rest is copied through pipes.
 */
export function detachStreams(streams: BoxStreams): DetachedStreams {
  const { stdin, input } = detachedInput(streams.stdin);
  return {
    streams: {
      stdin,
      stdout: streams.stdout === 'inherit' && !leadsNowhere(1) ? process.stdout : streams.stdout,
      stderr: streams.stderr === 'inherit' && !leadsNowhere(2) ? process.stderr : streams.stderr,
    },
    release: () => {
      if (input === null) return;
      process.stdin.unpipe(input);
      process.stdin.pause();
    },
  };
}

function detachedInput(stdin: BoxStreams['stdin']): { stdin: BoxStreams['stdin']; input: PassThrough | null } {
  if (stdin === 'inherit' && isNullDevice(0)) return { stdin: 'none', input: null };
  if (stdin !== 'inherit' || leadsNowhere(0)) return { stdin, input: null };
  const input = new PassThrough();
  process.stdin.pipe(input);
  return { stdin: input, input };
}

/** Nothing can be read from it, so nothing has to be copied. */
function isNullDevice(descriptor: number): boolean {
  try {
    const [given, device] = [fstatSync(descriptor), statSync('/dev/null')];
    return given.isCharacterDevice() && given.rdev === device.rdev;
  } catch {
    return false;
  }
}

/** A closed descriptor is opened as the null device by whoever starts the program. */
function leadsNowhere(descriptor: number): boolean {
  try {
    const stat = fstatSync(descriptor);
    return stat.isFIFO() || stat.isSocket();
  } catch {
    return true;
  }
}
