import { type Result, success } from '../../base/result.ts';
import { differencesOf } from '../../oci/compare-image.ts';
import { type Place, printable } from '../../problem/problem.ts';
import type { Answer } from '../answer.ts';
import { hasCrates } from '../images/crates.ts';
import { openDocker } from '../pipeline/choose-engine.ts';
import type { Session } from '../session.ts';
import { compareDevcontainer } from './compare.ts';
import { devcontainerFile } from './file.ts';
import type { Devcontainer } from './wish.ts';

/** One thing in which file, lock and image are apart. */
interface Drift {
  readonly what: string;
  readonly where: Place | null;
}

/** Whether file, lock, image and containers still are of one piece; 65 with each difference where not. Writes nothing. */
export async function devcontainerDrift(session: Session, made: Devcontainer): Promise<Result<Answer>> {
  const { locked, crates } = made;
  const { mountRoot } = locked.gathered.facts.project;
  const file = devcontainerFile(mountRoot);
  const inFile = await fileDrift(session, made, file);
  if (!inFile.ok) return inFile;
  const inEngine = await engineDrift(session, made, mountRoot);
  if (!inEngine.ok) return inEngine;
  const drift = [...inFile.value, ...inEngine.value.drift];
  const laid = hasCrates(session.locations, crates);
  const notes = [
    ...inEngine.value.notes,
    ...(laid ? [] : ['The crates are not on this machine yet: `cargo-boxed devcontainer` fetches them']),
  ];
  for (const note of notes) session.reporter.note(note);
  const text = drift.length === 0 ? `${printable(file)} is what the lock says\n` : drift.map(lineOf).join('');
  const data = { file, drift, engine: inEngine.value.looked ? 'looked-at' : 'not-looked-at', crates: laid };
  return success({ status: drift.length === 0 ? 0 : 65, text, data });
}

function lineOf({ what, where }: Drift): string {
  const place =
    where === null ? '' : [where.file, where.line, where.column].filter((one) => one !== undefined).join(':');
  return `${place === '' ? '' : `${printable(place)}: `}${printable(what, 400)}\n`;
}

async function fileDrift(session: Session, made: Devcontainer, file: string): Promise<Result<readonly Drift[]>> {
  if (made.document === null) return success([{ what: 'there is no devcontainer.json', where: { file } }]);
  const compared = await compareDevcontainer(session, made);
  if (!compared.ok) return compared;
  const { placeAt } = await import('../../devcontainer/devcontainer.ts');
  const { merged, problems, document } = compared.value;
  const changed = merged.changes.map(({ key, before, after, offset }): Drift => {
    const what =
      after === null
        ? `\`${key}\` has ${before}, which does not belong there any more`
        : before === null
          ? `\`${key}\` lacks ${after}`
          : `\`${key}\` is ${before}, and the lock and configuration make it ${after}`;
    // The places of later changes are those of a text that is not written: the key stands for them.
    return { what, where: before === null ? { file } : placeAt(document, offset) };
  });
  return success([...changed, ...problems.map(({ what, where }) => ({ what, where: where ?? { file } }))]);
}

interface EngineDrift {
  readonly drift: readonly Drift[];
  readonly notes: readonly string[];
  readonly looked: boolean;
}

/** What an engine has under the name in the file, and what the project's containers really stand on. */
async function engineDrift(session: Session, made: Devcontainer, mountRoot: string): Promise<Result<EngineDrift>> {
  const opened = await openDocker(session);
  const docker = opened.ok ? opened.value.docker : null;
  const none = 'Image and containers were not looked at: no Docker engine answers here';
  if (docker === null) return success({ drift: [], notes: [none], looked: false });
  const { image, wish, document } = made;
  const entry = document?.root.entries.find(({ name }) => name === 'image');
  const value = entry?.value.kind === 'scalar' ? entry.value.value : null;
  const reference = typeof value === 'string' ? value : wish.images[0];
  const found = await docker.describeImage(reference);
  if (!found.ok) return found;
  const drift: Drift[] = [];
  const notes: string[] = [];
  if (found.value === null) {
    notes.push(`The engine has no image ${printable(reference, 120)}: \`cargo-boxed image build --output docker\``);
  } else {
    const { layers, user, variables, labels } = found.value;
    const other = { layers, configuration: { user, variables, labels } };
    const differences = differencesOf(image.layers, image.configuration.text, other);
    drift.push(...differences.map((one) => ({ what: `the image ${reference} in the engine: ${one}`, where: null })));
  }
  const containers = await docker.containersWith(`devcontainer.local_folder=${mountRoot}`);
  if (!containers.ok) return containers;
  for (const { id, imageId } of containers.value)
    if (imageId !== image.id && imageId !== image.manifest)
      drift.push({
        what: `the container ${id.slice(0, 12)} of this folder stands on the image ${imageId}, not on that of the lock`,
        where: null,
      });
  return success({ drift, notes, looked: true });
}
