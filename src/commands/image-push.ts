import { lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { jsonAt, parseJson } from '../base/json-value.ts';
import { failure, type Result, success } from '../base/result.ts';
import { findProgram, runProgram } from '../host/program.ts';
import type { OwnCommand } from '../invocation/invocation.ts';
import { usage } from '../invocation/usage-problems.ts';
import { blobPath, documentTypes } from '../oci/image-documents.ts';
import type { BuiltImage } from '../oci/write-layout.ts';
import { type Problem, printable } from '../problem/problem.ts';
import type { SentImage } from '../registry/push-layout.ts';
import type { RegistryPlace } from '../registry/registry-place.ts';
import type { Answer } from './answer.ts';
import { type BuiltLayout, layoutOfLock } from './image-build.ts';
import { readExtent } from './images/extent.ts';
import { openRegistry } from './images/open-registry.ts';
import { forbiddenFolders } from './pipeline/forbidden-folders.ts';
import type { Session } from './session.ts';

/**
 * Builds the image of the lock as `image build` does and sends it to a registry, as it is: its digest there is the one
 * that every machine computes from this lock.
 */
export async function imagePush(session: Session, { arguments: words, options }: OwnCommand): Promise<Result<Answer>> {
  const [, reference] = words;
  if (reference === undefined)
    return failure(usage('`image push` lacks a name', 'Write `cargo-boxed image push HOST/NAME[:TAG]`.'));
  if (reference.includes('@'))
    return failure(usage('the digest of an image follows from the lock', 'Name it as HOST/NAME or HOST/NAME:TAG.'));
  const extent = readExtent(options);
  if (!extent.ok) return extent;
  const built = await layoutOfLock(session, null, extent.value);
  if (!built.ok) return built;
  const { image, place: folder, locked } = built.value;
  const opened = await openRegistry(session, locked.gathered.facts.project.mountRoot, reference, 'pull,push');
  if (!opened.ok) return opened;
  const { place, client } = opened.value;
  try {
    const { pushLayout } = await import('../registry/push-layout.ts');
    const pushed = await pushLayout(client, place, sentImage(folder, image), (text) => session.reporter.step(text));
    if (!pushed.ok) return pushed;
    const digest = `${place.host}/${place.path}@${image.manifest}`;
    const { sent } = pushed.value;
    const fresh = sent.length === 0 ? 'all of it was there' : `sent: ${sent.join(', ')}`;
    const signed =
      typeof options.sign === 'string' ? await sign(session, built.value, place, options.sign) : success(null);
    if (!signed.ok) return signed;
    const text = `Image ${printable(digest, 400)}; ${fresh}${signed.value === null ? '' : '; signed, with its provenance'}\n`;
    return success({ status: 0, text, data: { reference: digest, tag: place.tag, manifest: image.manifest, sent } });
  } finally {
    await client.close();
  }
}

/**
 * Has cosign sign the image by its digest, and its provenance with it. The key and its password are cosign's affair: it is
 * the user's own program, found outside of the project, and gets the user's variables.
 */
async function sign(
  session: Session,
  { image, locked, usual }: BuiltLayout,
  place: RegistryPlace,
  key: string,
): Promise<Result<'signed'>> {
  const { variables } = session.host;
  const cosign = findProgram(
    'cosign',
    variables.PATH,
    forbiddenFolders(session, locked.gathered.facts.project.mountRoot),
  );
  if (cosign === null)
    return failure({
      code: 'usage',
      what: 'cosign is not installed, and it signs',
      fix: 'Install it, or leave `--sign` out.',
    });
  const repository = `${place.host}/${place.path}`;
  const { writeProvenance } = await import('./images/sbom.ts');
  const provenance = await writeProvenance(locked, repository, image.manifest, usual);
  if (!provenance.ok) return provenance;
  const predicate = `${provenance.value}.predicate`;
  writeFileSync(predicate, JSON.stringify(jsonAt(parseJson(readFileSync(provenance.value, 'utf8')), 'predicate')));
  const insecure = place.scheme === 'http' ? ['--allow-http-registry'] : [];
  // No transparency log: it would publish the name of the image to everybody.
  const common = [
    '--yes',
    '--key',
    key.includes('://') ? key : resolve(session.directory, key),
    '--tlog-upload=false',
    ...insecure,
  ];
  const name = `${repository}@${image.manifest}`;
  const about = ['--predicate', predicate, '--type', 'slsaprovenance1'];
  try {
    for (const words of [
      ['sign', ...common, name],
      ['attest', ...common, ...about, name],
    ]) {
      session.reporter.step(`cosign ${words[0]}`);
      const ended = await runProgram(cosign, words, {
        variables,
        timeoutMs: 300_000,
        signal: session.interruption.signal,
      });
      if (ended.status !== 0) return failure(notSigned(ended.stderr));
    }
    return success('signed');
  } finally {
    rmSync(predicate, { force: true });
  }
}

function notSigned(said: string): Problem {
  const why = said.trim().split('\n').at(-1) ?? '';
  return {
    code: 'registry-failed',
    what: 'the image is in the registry, and cosign did not sign it',
    why: printable(why, 300),
    fix: 'Check the key (`--sign FILE`) and COSIGN_PASSWORD, then push again: what is there is not sent again.',
  };
}

function sentImage(folder: string, { id, manifest, layers }: BuiltImage): SentImage {
  const blob = (holds: string, digest: string) => {
    const file = join(folder, blobPath(digest.slice('sha256:'.length)));
    return { holds, digest, file, sizeBytes: lstatSync(file).size };
  };
  return {
    blobs: [...layers.map(({ holds, sha256 }) => blob(holds, `sha256:${sha256}`)), blob('the configuration', id)],
    manifest: { digest: manifest, mediaType: documentTypes.manifest, file: blob('the manifest', manifest).file },
  };
}
