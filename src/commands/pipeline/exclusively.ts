import { join } from 'node:path';
import { failure, type Result } from '../../base/result.ts';
import { holdLock } from '../../host/hold-lock.ts';
import { notKept } from '../../problem/full-disk.ts';
import type { Session } from '../session.ts';

/** One process at a time does it, while others wait and say so. */
export async function exclusively<T>(
  session: Session,
  name: string,
  what: string,
  work: () => Promise<Result<T>>,
): Promise<Result<T>> {
  const file = join(session.locations.state, 'locks', name);
  const onWait = (holder: string) => session.reporter.step(`Waiting for another cargo-boxed: ${holder}`);
  try {
    const held = await holdLock(file, what, onWait, session.interruption.signal, work);
    return held.ok ? held.value : held;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    return failure(
      notKept(
        `${session.locations.state} cannot be written`,
        error,
        'Make it writable, or set CARGO_BOXED_HOME to another folder.',
      ),
    );
  }
}
