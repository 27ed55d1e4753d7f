import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

/** Processes of the machine whose argv has the marker, a line of `ps` each. */
export function running(marker: string): readonly string[] {
  const listed = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' });
  return listed.split('\n').filter((line) => line.includes(marker) && !line.includes('ps -eo'));
}

/** Waits until it holds, looking every 50 ms. */
export async function until(what: string, holds: () => boolean, seconds = 60): Promise<void> {
  for (let waited = 0; waited < seconds * 20; waited += 1) {
    if (holds()) return;
    await delay(50);
  }
  assert.fail(`${what}: not within ${seconds} s`);
}
