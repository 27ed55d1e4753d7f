import type { CargoConfigFacts, ManifestFacts, ProjectFacts, TomlTable } from '../../../src/facts/facts.ts';
import { parseToml } from '../../../src/toml/parse.ts';

export function toml(text: string): TomlTable {
  const parsed = parseToml(text, 'test.toml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

export function cargoConfig(project: string, user = ''): CargoConfigFacts {
  return { project: toml(project), user: toml(user), files: ['.cargo/config.toml'] };
}

export function manifestFacts(text: string, folder = '', role: ManifestFacts['role'] = 'root'): ManifestFacts {
  const content = toml(text);
  const name = /name = "([^"]+)"/.exec(text)?.[1] ?? null;
  return { folder, packageName: name, role, content, text };
}

export function projectFacts(manifests: readonly ManifestFacts[], more: Partial<ProjectFacts> = {}): ProjectFacts {
  return {
    mountRoot: '/project',
    workspace: '',
    current: '',
    manifests,
    lockfile: { state: 'missing' },
    fetchInputs: '',
    cargoConfig: cargoConfig(''),
    outside: [],
    hasMetadata: false,
    ...more,
  };
}
