import { readdirSync } from 'node:fs';

/** What is in a folder of ours, sorted; nothing where there is none or it cannot be read. */
export function folderNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
