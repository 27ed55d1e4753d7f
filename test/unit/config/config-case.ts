import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from '../../../src/base/result.ts';
import type { Config } from '../../../src/config/config.ts';
import { type ConfigInputs, type LoadedConfig, loadConfig } from '../../../src/config/load-config.ts';
import type { Ask } from '../../../src/grants/ask.ts';
import type { BoxFlags } from '../../../src/invocation/invocation.ts';
import type { Problem } from '../../../src/problem/problem.ts';

/** What the sources of a configuration hold in one case; a source that is not named is not there. */
export interface Sources {
  readonly project?: string | Uint8Array;
  readonly user?: string;
  readonly manifest?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly flags?: Partial<BoxFlags>;
  /** More files of the folder, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Loads from real files in a folder that is gone afterwards; places in problems and origins are relative to it. */
export async function load(sources: Sources): Promise<Result<LoadedConfig>> {
  const folder = mkdtempSync(join(tmpdir(), 'cargo-boxed-config-'));
  try {
    return relative(await loadConfig(inputsIn(folder, sources)), folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function inputsIn(folder: string, sources: Sources): ConfigInputs {
  const { project, user, manifest, variables = {}, flags = {}, files = {} } = sources;
  if (project !== undefined) writeFileSync(join(folder, 'cargo-boxed.yaml'), project);
  if (user !== undefined) writeFileSync(join(folder, 'config.yaml'), user);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return {
    flags: { limits: [], ...flags },
    variables,
    directory: folder,
    userFile: join(folder, 'config.yaml'),
    projectFile: join(folder, 'cargo-boxed.yaml'),
    metadata: manifest === undefined ? null : { file: join(folder, 'Cargo.toml'), text: manifest },
  };
}

function relative<T>(value: T, folder: string): T {
  return JSON.parse(JSON.stringify(value).replaceAll(`${folder}/`, '')) as T;
}

export async function settled(sources: Sources): Promise<Config> {
  const result = await load(sources);
  assert.ok(result.ok, JSON.stringify(result));
  return result.value.config;
}

export async function asksOf(sources: Sources): Promise<readonly Ask[]> {
  const result = await load(sources);
  assert.ok(result.ok, JSON.stringify(result));
  return result.value.asks;
}

/** `file:line:column key value`, for a short look at what is asked and where. */
export function briefAsks(asks: readonly Ask[]): readonly string[] {
  return asks.map(({ key, value, where }) => `${where.file}:${where.line}:${where.column} ${key} ${value}`);
}

export async function problemsOf(sources: Sources): Promise<readonly Problem[]> {
  const result = await load(sources);
  assert.ok(!result.ok, 'this configuration should have problems');
  return result.problems;
}

/** `file:line:column what`, for a short look at where problems are and what they say. */
export function brief(problems: readonly Problem[]): readonly string[] {
  return problems.map(({ where, what }) => {
    const place =
      where === undefined ? '' : `${[where.file, where.line, where.column].filter((part) => part).join(':')} `;
    return place + what;
  });
}
