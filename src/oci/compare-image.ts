import { jsonAt, parseJson } from '../base/json-value.ts';
import type { ImageLayer } from './layer-of-image.ts';

/** What of an image can be compared: its layers by the sums of their contents, and its configuration. */
export interface FoundImage {
  readonly layers: readonly string[];
  readonly configuration: FoundConfiguration;
}

interface FoundConfiguration {
  readonly user: string;
  readonly variables: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** A line for each thing in which they differ. */
export function differencesOf(
  layers: readonly ImageLayer[],
  configuration: string,
  { layers: has, configuration: other }: FoundImage,
): readonly string[] {
  const missing = layers.filter(({ sha256 }) => !has.includes(`sha256:${sha256}`));
  const strange = has.filter((digest) => !layers.some(({ sha256 }) => digest === `sha256:${sha256}`));
  const inOrder = has.join() === layers.map(({ sha256 }) => `sha256:${sha256}`).join();
  const wanted = readConfiguration(configuration)?.configuration;
  if (wanted === undefined) throw new Error('a configuration of our own that cannot be read');
  const names = [...new Set([...Object.keys(wanted.labels), ...Object.keys(other.labels)])].sort();
  return [
    ...missing.map(({ holds, sha256 }) => `it lacks the layer with ${holds} (sha256:${sha256})`),
    ...strange.map((digest) => `it has a layer that the lock does not make (${digest})`),
    ...(missing.length + strange.length === 0 && !inOrder ? ['its layers are in another order'] : []),
    ...(wanted.user === other.user ? [] : [`its user is \`${other.user}\`, not \`${wanted.user}\``]),
    ...(wanted.variables.join('\n') === other.variables.join('\n') ? [] : ['its variables are others']),
    ...names.flatMap((name) =>
      wanted.labels[name] === other.labels[name]
        ? []
        : [`its label ${name} is \`${other.labels[name] ?? ''}\`, not \`${wanted.labels[name] ?? ''}\``],
    ),
  ];
}

/** What matters of an image's configuration; `null` when it is none. */
export function readConfiguration(text: string): FoundImage | null {
  const value = parseJson(text);
  const config = jsonAt(value, 'config');
  const layers = words(jsonAt(value, 'rootfs', 'diff_ids'));
  const labels = jsonAt(config, 'Labels') ?? {};
  if (layers === null || typeof labels !== 'object' || labels === null) return null;
  const user = jsonAt(config, 'User');
  return {
    layers,
    configuration: {
      user: typeof user === 'string' ? user : '',
      variables: words(jsonAt(config, 'Env')) ?? [],
      labels: Object.fromEntries(Object.entries(labels).map(([name, label]) => [name, String(label)])),
    },
  };
}

function words(value: unknown): readonly string[] | null {
  return Array.isArray(value) && value.every((word) => typeof word === 'string') ? value : null;
}
