import { dirname, join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { printable } from '../problem/problem.ts';
import { parseToml } from '../toml/parse.ts';
import { emptyTable, stringAt } from '../toml/read-table.ts';
import type { TomlTable } from './facts.ts';
import { readOwnText } from './read-project-text.ts';
import { readToolchainFile, type ToolchainFile } from './read-toolchain-file.ts';

export interface ToolchainRequest {
  /** `+TOOLCHAIN` without the plus. */
  readonly override: string | null;
  /** The host's variables; only RUSTUP_TOOLCHAIN is looked at. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly rustupHome: string;
  /** Where the command was started: absolute. Toolchain files are looked for here and in all parents. */
  readonly directory: string;
  /** How far a linked toolchain file of the project may lead. */
  readonly mountRoot: string;
  readonly architecture: 'x86_64' | 'aarch64';
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

/** Chooses in rustup's order: `+TOOLCHAIN`, RUSTUP_TOOLCHAIN, the nearest override or toolchain file, the default. */
export function chooseToolchain(request: ToolchainRequest): Result<ToolchainChoice> {
  const settings = readSettings(request.rustupHome);
  if (!settings.ok) return settings;
  const defaultHost = stringAt(settings.value, 'default_host_triple') ?? `${request.architecture}-unknown-linux-gnu`;
  const chosen = (name: string, reason: string, file: ToolchainFile | null = null) =>
    success({ name, reason, file, defaultHost });
  if (request.override !== null) return chosen(request.override, `+${request.override}`);
  const variable = request.variables.RUSTUP_TOOLCHAIN ?? '';
  if (variable !== '') return chosen(variable, 'RUSTUP_TOOLCHAIN');
  const standard = stringAt(settings.value, 'default_toolchain');
  for (let folder = request.directory; ; folder = dirname(folder)) {
    const override = stringAt(settings.value, 'overrides', folder);
    if (override !== null) return chosen(override, `rustup's override for ${printable(folder)}`);
    const file = readToolchainFile(folder, request.mountRoot);
    if (!file.ok) return file;
    if (file.value !== null) {
      const name = file.value.channel ?? standard;
      return name === null ? failure(noDefault(request.rustupHome)) : chosen(name, file.value.file, file.value);
    }
    if (folder === dirname(folder)) break;
  }
  return standard === null ? failure(noDefault(request.rustupHome)) : chosen(standard, "rustup's default");
}

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
