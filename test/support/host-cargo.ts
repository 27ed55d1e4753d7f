import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cleanVariables, type Ended, type Project, run } from './rig.ts';

/** The host's own cargo, to compare with; only ever on projects that a test wrote. */
export function hostCargo(
  made: Project,
  words: readonly string[],
  currentFolder = made.folder,
  more: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const own = { CARGO_TARGET_DIR: `${made.folder}.target`, CARGO_TERM_COLOR: 'never' };
  const variables = { ...cleanVariables(), ...own, ...more };
  return run(['cargo', ...words], { currentFolder, variables });
}

/** Every manifest and Cargo.lock of a project with its text, by its path: what lock-writing commands may change. */
export function cargoFiles(made: Project): Readonly<Record<string, string>> {
  const names = readdirSync(made.folder, { recursive: true }).map(String).sort();
  const wanted = names.filter((name) => /(^|\/)Cargo\.(toml|lock)$/.test(name));
  return Object.fromEntries(wanted.map((name) => [name, made.read(join(name))]));
}
