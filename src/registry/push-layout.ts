import { createReadStream, readFileSync } from 'node:fs';
import { failure, type Result, success } from '../base/result.ts';
import { registryAnswered } from './explain-registry.ts';
import type { RegistryClient } from './registry-client.ts';
import type { RegistryPlace } from './registry-place.ts';

/** A file to be sent, under the name that its content has. */
export interface Blob {
  /** For people. */
  readonly holds: string;
  /** `sha256:…` */
  readonly digest: string;
  readonly file: string;
  readonly sizeBytes: number;
}

/** An image to be sent. */
export interface SentImage {
  readonly blobs: readonly Blob[];
  readonly manifest: { readonly digest: string; readonly mediaType: string; readonly file: string };
}

/** What of it the registry did not have yet. */
export interface Pushed {
  readonly sent: readonly string[];
}

/**
 * Sends what the registry lacks, the manifest last: until that there is no image of that name (OCI distribution
 * specification 1.1, pushing). The registry sums every blob itself and takes none that is not what its name says.
 */
export async function pushLayout(
  client: RegistryClient,
  place: RegistryPlace,
  image: SentImage,
  onStep: (text: string) => void,
): Promise<Result<Pushed>> {
  const sent: string[] = [];
  for (const blob of image.blobs) {
    const had = await client.ask('HEAD', `blobs/${blob.digest}`);
    if (!had.ok) return had;
    if (had.value.status === 200) continue;
    onStep(`Sending ${blob.holds} (${Math.max(1, Math.round(blob.sizeBytes / 1e6))} MB)`);
    const put = await sendBlob(client, place, blob);
    if (!put.ok) return put;
    sent.push(blob.holds);
  }
  const { digest, mediaType, file } = image.manifest;
  const text = readFileSync(file, 'utf8');
  const headers = { 'content-type': mediaType };
  const named = await client.ask('PUT', `manifests/${place.tag ?? digest}`, { headers, body: () => text });
  if (!named.ok) return named;
  if (named.value.status !== 201) return failure(registryAnswered(place, 'to take the manifest', named.value));
  const kept = named.value.headers['docker-content-digest'];
  if (kept !== undefined && kept !== digest)
    return failure({
      code: 'registry-failed',
      what: 'the registry keeps another manifest than the one that was sent',
      why: 'it changed it, so its digest is not the one of the lock',
      fix: 'Use a registry that keeps OCI manifests as they are.',
    });
  return success({ sent });
}

async function sendBlob(
  client: RegistryClient,
  place: RegistryPlace,
  { holds, digest, file, sizeBytes }: Blob,
): Promise<Result<void>> {
  const started = await client.ask('POST', 'blobs/uploads/');
  if (!started.ok) return started;
  const location = String(started.value.headers.location ?? '');
  const own = `${place.scheme}://${place.host}`;
  if (started.value.status !== 202 || location === '' || !URL.canParse(location, own))
    return failure(registryAnswered(place, `to take ${holds}`, started.value));
  const upload = new URL(location, own);
  upload.searchParams.set('digest', digest);
  const headers = { 'content-type': 'application/octet-stream', 'content-length': String(sizeBytes) };
  const put = await client.ask('PUT', upload.href, { headers, body: () => createReadStream(file) });
  if (!put.ok) return put;
  return put.value.status === 201
    ? success(undefined)
    : failure(registryAnswered(place, `to take ${holds}`, put.value));
}
