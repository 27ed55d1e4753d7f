import { readFileSync } from 'node:fs';
import { writeNote } from './write-note.ts';

/** What was found out about `name` under exactly this key, or `null`; a broken note is none. */
export function recall<Answer>(file: string, name: string, key: string): Answer | null {
  const notes = readNotes<Answer>(file);
  const held = Object.hasOwn(notes, name) ? notes[name] : undefined;
  return held?.key === key ? (held.answer ?? null) : null;
}

/** Keeps one answer for each name, until another key takes its place. */
export function remember(file: string, name: string, key: string, answer: unknown): void {
  writeNote(file, JSON.stringify({ ...readNotes(file), [name]: { key, answer } }));
}

type Notes<Answer> = Readonly<Record<string, { readonly key: string; readonly answer?: Answer }>>;

function readNotes<Answer>(file: string): Notes<Answer> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) ?? {};
  } catch {
    return {};
  }
}
