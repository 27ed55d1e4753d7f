import { statSync } from 'node:fs';
import { isSettled, stampOf } from '../host/file-stamp.ts';
import { recall, remember } from '../host/memory.ts';

/**
 * What was found out about a large file that hardly ever changes, asked again when its identity, size or time of change
 * is another one; nobody can set the last back. Remembered in `memory`, a file of ours; without one, asked every time.
 */
export function rememberFile<Answer>(memory: string | null, path: string, ask: () => Answer): Answer {
  if (memory === null) return ask();
  const stat = statSync(path);
  const stamp = stampOf(stat);
  const known = recall<Answer>(memory, path, stamp);
  if (known !== null) return known;
  const answer = ask();
  if (isSettled(stat, Date.now())) remember(memory, path, stamp, answer);
  return answer;
}
