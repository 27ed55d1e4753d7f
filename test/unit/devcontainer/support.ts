import assert from 'node:assert/strict';
import { type JsoncDocument, readJsonc } from '../../../src/devcontainer/read-jsonc.ts';
import type { DevcontainerWish } from '../../../src/devcontainer/wanted.ts';

export const id = `sha256:${'a'.repeat(64)}`;
export const manifest = `sha256:${'b'.repeat(64)}`;

/** A wish of which tests change parts. */
export const wish: DevcontainerWish = {
  mode: 'strict',
  images: [id, manifest],
  repository: null,
  name: 'app',
  workspace: '',
  identity: 'c'.repeat(64),
  crates: `\${localEnv:HOME}/.cache/cargo-boxed/devcontainers/${'d'.repeat(64)}`,
  store: `\${localEnv:HOME}/.cache/cargo-boxed/store`,
  hasGit: true,
  limits: { processes: 4096, memoryBytes: null, cpus: null, openFiles: null },
  variables: {},
  hasAnalyzer: false,
};

export function documentOf(value: unknown): JsoncDocument {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  const read = readJsonc(text, 'devcontainer.json');
  assert.ok(read.ok, JSON.stringify(read));
  return read.value;
}
