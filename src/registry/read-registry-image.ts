import { createHash } from 'node:crypto';
import { jsonAt, jsonList, jsonText, parseJson } from '../base/json-value.ts';
import { failure, type Result, success } from '../base/result.ts';
import { printable } from '../problem/problem.ts';
import { registryAnswered } from './explain-registry.ts';
import type { RegistryClient } from './registry-client.ts';
import type { RegistryPlace } from './registry-place.ts';

/** The documents of an image in a registry, each as its digest says. */
export interface RegistryImage {
  /** Of the manifest of this architecture: `sha256:…`. */
  readonly digest: string;
  readonly configuration: string;
}

const accepted = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** `null`: the registry has no image of that name. `architecture`: as registries call it, `amd64`. */
export async function readRegistryImage(
  client: RegistryClient,
  place: RegistryPlace,
  architecture: string,
): Promise<Result<RegistryImage | null>> {
  const first = await document(client, place, `manifests/${place.digest ?? place.tag ?? 'latest'}`, place.digest);
  if (!first.ok) return first;
  if (first.value === null) return success(null);
  const listed = jsonList(parseJson(first.value), 'manifests').find(
    (entry) =>
      jsonAt(entry, 'platform', 'os') === 'linux' && jsonAt(entry, 'platform', 'architecture') === architecture,
  );
  const own = listed === undefined ? null : jsonText(listed, 'digest');
  const manifest = own === null ? first : await document(client, place, `manifests/${own}`, own);
  if (!manifest.ok) return manifest;
  if (manifest.value === null) return success(null);
  const named = jsonText(parseJson(manifest.value), 'config', 'digest');
  if (named === null || !/^sha256:[0-9a-f]{64}$/.test(named)) return failure(unreadable(place));
  const configuration = await document(client, place, `blobs/${named}`, named);
  if (!configuration.ok) return configuration;
  if (configuration.value === null) return failure(unreadable(place));
  return success({ digest: digestOf(manifest.value), configuration: configuration.value });
}

/** `digest`: what it has to have. */
async function document(
  client: RegistryClient,
  place: RegistryPlace,
  target: string,
  digest: string | null,
): Promise<Result<string | null>> {
  if (digest !== null && !/^sha256:[0-9a-f]{64}$/.test(digest)) return failure(unreadable(place));
  const reply = await client.ask('GET', target, { headers: { accept: accepted } });
  if (!reply.ok) return reply;
  if (reply.value.status === 404) return success(null);
  if (reply.value.status !== 200) return failure(registryAnswered(place, 'to give the image', reply.value));
  if (digest !== null && digestOf(reply.value.body) !== digest) {
    return failure({
      code: 'checksum-mismatch',
      what: `the registry ${printable(place.host)} gives something else for ${digest}`,
      fix: 'Do not use this registry: what it gives is not what was asked for.',
    });
  }
  return success(reply.value.body);
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

function unreadable({ host, path }: RegistryPlace) {
  return {
    code: 'registry-failed',
    what: `the registry ${printable(host)} has no image that can be read at ${printable(path)}`,
    fix: 'Name an image, not another kind of artifact.',
  } as const;
}
