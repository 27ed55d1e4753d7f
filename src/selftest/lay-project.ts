import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../host/package-folder.ts';
import { canaryFile } from './lay-canaries.ts';

/** Secrets as they lie in projects: the probes look for the words. */
const secrets: Readonly<Record<string, string>> = {
  '.git/HEAD': 'ref: refs/heads/main\n',
  '.git/config': '[http "https://example.test/"]\n\textraheader = AUTHORIZATION: canary-git-token\n',
  '.env': 'SECRET=canary-dot-env\n',
  'secret.pem': '-----BEGIN PRIVATE KEY-----\ncanary-pem\n-----END PRIVATE KEY-----\n',
};
/** Folders in which something would be planted. */
const folders = ['target', '.cargo', '.git/hooks', '.git/objects', '.git/refs'];

/** The crate of the probes as a project with secrets in it, in an empty folder. */
export function layProject(folder: string, canaries: Readonly<Record<string, string>>): void {
  cpSync(packageFolder('images/selftest', 'Cargo.toml'), folder, { recursive: true });
  for (const name of folders) mkdirSync(join(folder, name), { recursive: true });
  for (const [file, text] of Object.entries(secrets)) writeFileSync(join(folder, file), text);
  writeFileSync(join(folder, 'canaries'), canaryFile(canaries));
}
