import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '../base/json-value.ts';
import { readForeignText } from '../host/read-file.ts';

/** Where the user's docker keeps its configuration: logins and contexts. */
export function dockerFolder(variables: Readonly<Record<string, string | undefined>>, home: string): string {
  return variables.DOCKER_CONFIG || join(home, '.docker');
}

/**
 * A JSON file of it, read as data; `null`: not there, or none. A user's own link to the file is followed: people keep
 * their dot files elsewhere.
 */
export function readDockerFile(folder: string, name: string): unknown {
  try {
    const text = readForeignText(realpathSync(join(folder, name)));
    return text.ok && text.value !== null ? parseJson(text.value) : null;
  } catch {
    return null;
  }
}
