import { readFileSync, statSync } from 'node:fs';
import { writeNote } from '../host/write-note.ts';
import { isSettled, stampOf } from './file-stamp.ts';

/**
 * What was found out about a large file that hardly ever changes, asked again when its identity, size or time of change
 * is another one; nobody can set the last back. Remembered in `memory`, a file of ours; without one, asked every time.
 */
export function rememberFile<Answer>(memory: string | null, path: string, ask: () => Answer): Answer {
  if (memory === null) return ask();
  const stat = statSync(path);
  const stamp = stampOf(stat);
  const known = readMemory<Answer>(memory);
  const held = Object.hasOwn(known, path) ? known[path] : undefined;
  if (held?.stamp === stamp) return held.answer;
  const answer = ask();
  if (isSettled(stat, Date.now())) writeNote(memory, JSON.stringify({ ...known, [path]: { stamp, answer } }));
  return answer;
}

type Memory<Answer> = Readonly<Record<string, { readonly stamp: string; readonly answer: Answer }>>;

function readMemory<Answer>(memory: string): Memory<Answer> {
  try {
    return JSON.parse(readFileSync(memory, 'utf8'));
  } catch {
    return {};
  }
}
