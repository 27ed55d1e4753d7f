import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { printable } from '../problem/problem.ts';
import { locateValue } from '../toml/locate-value.ts';
import { parseToml } from '../toml/parse.ts';
import { emptyTable, stringAt } from '../toml/read-table.ts';
import type { TomlTable } from './facts.ts';
import { readOwnText } from './read-project-text.ts';
import { readToolchainFile, type ToolchainFile } from './read-toolchain-file.ts';

/** What decides which toolchain is meant. */
export interface ChoiceRequest {
  /** `+TOOLCHAIN` without the plus. */
  readonly override: string | null;
  /** The host's variables; only RUSTUP_TOOLCHAIN is looked at. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** `null`: nothing of rustup counts, neither its default nor its overrides. */
  readonly rustupHome: string | null;
  /** Where the command was started: absolute. Toolchain files are looked for here and in all parents. */
  readonly directory: string;
  /** How far a linked toolchain file of the project may lead. */
  readonly mountRoot: string;
  readonly architecture: 'x86_64' | 'aarch64';
}

/** What a toolchain of rustup is looked for with. */
export interface ToolchainRequest extends ChoiceRequest {
  readonly rustupHome: string;
  /** Where toolchains that were looked at are remembered. */
  readonly memory: string | null;
}

export interface ToolchainChoice {
  /** As written. */
  readonly name: string;
  readonly reason: string;
  /** The file that chose it or asks for more, if one did. */
  readonly file: ToolchainFile | null;
  readonly defaultHost: string;
}

/** Where the file that chose says `value`; nothing, where no file did. */
export function placeOfChoice({ file }: ToolchainChoice, value: string) {
  return file === null ? {} : { where: locateValue(file.text, file.file, value) };
}

/** Whether rustup has ever been used here: where it has not, nothing of the host can be meant. */
export function hasRustup(rustupHome: string): boolean {
  return ['settings.toml', 'toolchains'].some((name) => existsSync(join(rustupHome, name)));
}

/**
 * Chooses in rustup's order: `+TOOLCHAIN`, RUSTUP_TOOLCHAIN, the nearest override or toolchain file, the default. Without
 * rustup the default is `stable`.
 */
export function chooseToolchain(request: ChoiceRequest): Result<ToolchainChoice> {
  const { rustupHome } = request;
  const settings = rustupHome === null ? success(withoutRustup) : readSettings(rustupHome);
  if (!settings.ok) return settings;
  const defaultHost = stringAt(settings.value, 'default_host_triple') ?? `${request.architecture}-unknown-linux-gnu`;
  const standard = stringAt(settings.value, 'default_toolchain');
  const chosen = (name: string | null, reason: string, file: ToolchainFile | null = null) =>
    name === null ? failure(noDefault(rustupHome ?? '')) : success({ name, reason, file, defaultHost });
  if (request.override !== null) return chosen(request.override, `+${request.override}`);
  const variable = request.variables.RUSTUP_TOOLCHAIN ?? '';
  if (variable !== '') return chosen(variable, 'RUSTUP_TOOLCHAIN');
  for (let folder = request.directory; ; folder = dirname(folder)) {
    const override = stringAt(settings.value, 'overrides', folder);
    if (override !== null) return chosen(override, `rustup's override for ${printable(folder)}`);
    const file = readToolchainFile(folder, request.mountRoot);
    if (!file.ok) return file;
    if (file.value !== null) return chosen(file.value.channel ?? standard, file.value.file, file.value);
    if (folder === dirname(folder)) break;
  }
  return chosen(standard, rustupHome === null ? 'the default' : "rustup's default");
}

const withoutRustup: TomlTable = { default_toolchain: 'stable' };

function readSettings(rustupHome: string): Result<TomlTable> {
  const file = join(rustupHome, 'settings.toml');
  const text = readOwnText(file);
  if (!text.ok) return text;
  return text.value === null ? success(emptyTable) : parseToml(text.value, file, { code: 'toolchain' });
}

function noDefault(rustupHome: string) {
  return {
    code: 'toolchain',
    what: 'no Rust toolchain is chosen',
    where: { file: join(rustupHome, 'settings.toml') },
    why: 'nothing names one, and rustup has no default',
    fix: 'Run `rustup default stable`; without rustup, install it first.',
  } as const;
}
