import { join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { printable } from '../problem/problem.ts';
import { locateValue } from '../toml/locate-value.ts';
import { parseToml } from '../toml/parse.ts';
import { stringAt, stringsAt, tableAt, valueAt } from '../toml/read-table.ts';
import { isWithin } from './path-within.ts';
import { readProjectText } from './read-project-text.ts';
import { isPlainName } from './toolchain-name.ts';

/** What a `rust-toolchain.toml` or `rust-toolchain` asks for. */
export interface ToolchainFile {
  readonly file: string;
  readonly text: string;
  /** `null`: only components or targets are asked for, of the default toolchain. */
  readonly channel: string | null;
  /** As rustup names a set of components; `null`: its default. */
  readonly profile: string | null;
  readonly components: readonly string[];
  readonly targets: readonly string[];
}

/** The toolchain file of one folder. The older name wins where both exist, as in rustup. */
export function readToolchainFile(folder: string, mountRoot: string): Result<ToolchainFile | null> {
  const bound = isWithin(folder, mountRoot) ? mountRoot : folder;
  for (const name of ['rust-toolchain', 'rust-toolchain.toml']) {
    const file = join(folder, name);
    const text = readProjectText(file, bound, 'toolchain');
    if (!text.ok) return text;
    if (text.value === null) continue;
    return name === 'rust-toolchain' && isOneLine(text.value)
      ? plainChannel(file, text.value)
      : tomlToolchain(file, text.value);
  }
  return success(null);
}

function isOneLine(text: string): boolean {
  return !text.replace(/\r?\n$/, '').includes('\n');
}

function plainChannel(file: string, text: string): Result<ToolchainFile> {
  const channel = text.trim();
  // The content is not shown: the file may be anything.
  if (!isPlainName(channel)) return invalid(file, 'its one line is not the name of a toolchain');
  return success({ file, text, channel, profile: null, components: [], targets: [] });
}

function tomlToolchain(file: string, text: string): Result<ToolchainFile> {
  const parsed = parseToml(text, file, { code: 'toolchain' });
  if (!parsed.ok) return parsed;
  const table = tableAt(parsed.value, 'toolchain');
  const path = stringAt(table, 'path');
  if (path !== null) {
    return failure({
      code: 'refused',
      what: `${printable(file)} names a toolchain by path`,
      where: locateValue(text, file, path, ['path']),
      why: 'the compiler would come from the project, or from anywhere on this machine',
      fix: 'Choose a toolchain on the command line (`cargo-boxed +stable …`), or replace `path` with `channel`.',
    });
  }
  const channel = stringAt(table, 'channel');
  const profile = stringAt(table, 'profile');
  const components = stringsAt(table, 'components');
  const targets = stringsAt(table, 'targets');
  if (channel === null && components.length + targets.length === 0 && valueAt(table, 'profile') === undefined) {
    return invalid(file, 'it has no [toolchain] with a channel, components, targets or a profile');
  }
  const wrong = [...(channel === null ? [] : [channel]), ...components, ...targets].find((name) => !isPlainName(name));
  if (wrong !== undefined) {
    return failure({
      code: 'toolchain',
      what: `${printable(file)} asks for something that cannot be a toolchain, component or target`,
      where: locateValue(text, file, wrong),
    });
  }
  return success({ file, text, channel, profile, components, targets });
}

function invalid(file: string, why: string): Result<never> {
  return failure({ code: 'toolchain', what: `${printable(file)} names no toolchain`, where: { file }, why });
}
