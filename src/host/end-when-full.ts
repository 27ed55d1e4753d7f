import { freeBytes } from './free-bytes.ts';
import type { ProgramEnd } from './program.ts';

/** Measured: apt waits with nothing left, and with 350 kB where the next piece had no room. */
const fullBytes = 2 * 1024 * 1024;
/** So often in turn: what is full for a moment may be freed again by who filled it. */
const looks = 5;

/**
 * Runs a program that writes into these folders, and ends it by the signal that it gets when the disk of one of them has
 * been full for some seconds: some wait then without end, as apt does. What it said then ends with the words for that.
 */
export async function endWhenFull(
  folders: readonly string[],
  signal: AbortSignal | undefined,
  run: (signal: AbortSignal) => Promise<ProgramEnd>,
  { free = freeBytes, everyMs = 1000 } = {},
): Promise<ProgramEnd> {
  const full = new AbortController();
  let times = 0;
  const timer = setInterval(() => {
    const isFull = folders.some((folder) => (free(folder) ?? fullBytes) < fullBytes);
    times = isFull ? times + 1 : 0;
    if (times >= looks) full.abort();
  }, everyMs);
  try {
    const ended = await run(AbortSignal.any([full.signal, ...(signal === undefined ? [] : [signal])]));
    return full.signal.aborted ? { ...ended, stderr: `${ended.stderr}\nE: No space left on device\n` } : ended;
  } finally {
    clearInterval(timer);
  }
}
