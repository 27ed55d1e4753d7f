import { describe } from 'node:test';
import { halfOf } from './together.ts';

/** Has every second test file in this process, each in a group of its own, which keeps what is done around each test. */
export function importHalf(which: 0 | 1): void {
  for (const { name, path } of halfOf(which)) {
    describe(name, async () => {
      await import(path);
    });
  }
}
