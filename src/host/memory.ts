import { readFileSync } from 'node:fs';
import { writeNote } from './write-note.ts';

/** What was found out under exactly this key, or `null`; a broken note is none. */
export function recall<Answer>(file: string, key: string): Answer | null {
  try {
    const { key: about, answer } = JSON.parse(readFileSync(file, 'utf8'));
    return about === key ? (answer ?? null) : null;
  } catch {
    return null;
  }
}

/** Keeps one answer, until another key takes its place. */
export function remember(file: string, key: string, answer: unknown): void {
  writeNote(file, JSON.stringify({ key, answer }));
}
