import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import {
  type CiKind,
  type CiSettings,
  type CiWish,
  ciKinds,
  imageOf,
  linesThatDiffer,
  readSettings,
  workflowFile,
} from '../ci/workflow.ts';
import { makeProjectFolder, writeProjectFile } from '../customs/write-project-file.ts';
import { readReference } from '../environment/image/image-reference.ts';
import { packageFolder } from '../host/package-folder.ts';
import { readForeignText } from '../host/read-file.ts';
import type { OwnCommand } from '../invocation/invocation.ts';
import { usage } from '../invocation/usage-problems.ts';
import { learnedAdditions } from '../lock/learned-additions.ts';
import { firstPins, withPins } from '../lock/lock-file.ts';
import { lockFileName } from '../lock/lock-file-name.ts';
import type { ImagePins } from '../lock/pins.ts';
import { readLockFile } from '../lock/read-pins.ts';
import { lockText } from '../lock/write-pins.ts';
import { variables } from '../oci/image-documents.ts';
import { type Problem, printable } from '../problem/problem.ts';
import type { Answer } from './answer.ts';
import { type Whereabouts, whereabouts } from './images/find-in-registry.ts';
import { type LockedImage, lockedImage } from './images/locked-image.ts';
import { wantedImage } from './images/wanted-image.ts';
import { projectLockFile } from './pipeline/project-pins.ts';
import type { Session } from './session.ts';
import { toolVersion } from './tool-version.ts';

/** Writes a workflow for a CI that builds in the image of the lock, or says how one has drifted from it (65). */
export async function ci(session: Session, { arguments: words, options }: OwnCommand): Promise<Result<Answer>> {
  const kind = ciKinds.find((one) => one === words[0]);
  if (kind === undefined)
    return failure(usage('`ci` lacks a kind', 'Write `cargo-boxed ci github` or `cargo-boxed ci gitlab`.'));
  const locked = await lockedImage(session);
  if (!locked.ok) return locked;
  const { mountRoot, workspace } = locked.value.gathered.facts.project;
  const file = join(mountRoot, workflowFile[kind]);
  const found = readForeignText(file);
  if (!found.ok) return found;
  const own = found.value === null ? null : readSettings(found.value);
  if (found.value !== null && own === null) return failure(notOurs(file));
  if (options.check !== undefined && own === null) return failure(notWritten(kind, file));
  const settings = settingsOf(options, own);
  if (!settings.ok) return settings;
  if (!/^[A-Za-z0-9._/-]*$/.test(workspace)) return failure(unfitFolder(workspace));
  const image = await wantedImage(session, locked.value);
  if (!image.ok) return image;
  const wish = { ...settings.value, digest: image.value.manifest, workspace };
  const text = await render(kind, wish);
  if (options.check !== undefined) return check(session, locked.value, kind, wish, found.value ?? '', text);
  const pinned = pinImage(locked.value, wish);
  if (!pinned.ok) return pinned;
  const made = makeProjectFolder(mountRoot, dirname(workflowFile[kind]));
  if (!made.ok) return made;
  const written = writeProjectFile({ root: mountRoot, relative: workflowFile[kind], content: text });
  if (!written.ok) return written;
  const name = printable(`${settings.value.repository}`, 300);
  const lines = [
    `Wrote ${printable(file)}, and its image into ${lockFileName}`,
    `  ${printable(imageOf(wish), 400)}`,
    `Send the image there with \`cargo-boxed image push ${name}\`, then commit both files`,
    ...(kind === 'gitlab' ? [`Include it in .gitlab-ci.yml: \`include: [{local: ${workflowFile.gitlab}}]\``] : []),
  ];
  const data = { file, image: imageOf(wish), digest: wish.digest };
  return success({ status: 0, text: `${lines.join('\n')}\n`, data });
}

function settingsOf(options: OwnCommand['options'], own: CiSettings | null): Result<CiSettings> {
  const repository = typeof options.from === 'string' ? options.from : own?.repository;
  const tool = typeof options.tool === 'string' ? options.tool : (own?.tool ?? `cargo-boxed@${toolVersion}`);
  if (repository === undefined)
    return failure(usage('where the image is to be is not said', 'Add `--from HOST/NAME`, as you push it to.'));
  const name = readReference(repository);
  if (!name.ok) return name;
  if (name.value.tag !== null || name.value.digest !== null)
    return failure(usage('the digest follows from the lock', 'Write `--from HOST/NAME`, without a tag.'));
  // It stands in a command of the workflow as it is.
  if (!/^[A-Za-z0-9@/._:+~-]{1,300}$/.test(tool))
    return failure(
      usage(`npm cannot install ${printable(tool, 80)}`, 'Write `--tool cargo-boxed@VERSION`, or a path.'),
    );
  return success({ repository, tool });
}

async function render(kind: CiKind, wish: CiWish): Promise<string> {
  if (kind === 'gitlab') return (await import('../ci/gitlab.ts')).gitlabWorkflow(wish);
  const actions = JSON.parse(readFileSync(join(packageFolder('images/ci', 'actions.json'), 'actions.json'), 'utf8'));
  return (await import('../ci/github.ts')).githubWorkflow(wish, actions);
}

async function check(
  session: Session,
  { gathered, meaning }: LockedImage,
  kind: CiKind,
  wish: CiWish,
  found: string,
  text: string,
): Promise<Result<Answer>> {
  const held = readLockFile(projectLockFile(gathered.facts.project));
  if (!held.ok) return held;
  const name = imageOf(wish);
  const asked = await whereabouts(session, gathered.facts.project.mountRoot, name, meaning.architecture);
  if (!asked.ok) return asked;
  const isPinned = held.value?.image.some(({ reference }) => reference === name) === true;
  const file = workflowFile[kind];
  const differences = [
    ...(isPinned ? [] : [`${lockFileName} does not name the image that it makes: ${name}`]),
    ...linesThatDiffer(found, text).map(
      ({ line, is, should }) => `${file}:${line}: \`${is.trim()}\` should be \`${should.trim()}\``,
    ),
  ];
  if (asked.value.kind === 'not-asked')
    session.reporter.note(
      `Whether ${printable(wish.repository, 300)} has the image is not known: ${printable(asked.value.why, 300)}`,
    );
  const lines = differences.map((line) => `  ${printable(line, 400)}\n`).join('');
  const isGone = asked.value.kind === 'gone';
  const push = `cargo-boxed image push ${printable(wish.repository, 300)}`;
  const shown = [
    differences.length === 0
      ? `${file} is what the lock makes${isThere[asked.value.kind]}\n`
      : `${file} has drifted from the lock; run \`cargo-boxed ci ${kind}\`:\n${lines}`,
    ...(isGone ? [`The registry does not have ${printable(name, 400)}; run \`${push}\`\n`] : []),
  ];
  const status = differences.length === 0 && !isGone ? 0 : 65;
  const data = { file, differences, image: name, registry: asked.value.kind };
  return success({ status, text: shown.join(''), data });
}

const isThere: Readonly<Record<Whereabouts['kind'], string>> = {
  there: ', and the registry has its image',
  gone: '',
  'not-asked': '',
};

/** The image of the lock beside what it is made of: a machine that builds in it needs nothing else of the lock. */
function pinImage({ gathered, debian }: LockedImage, wish: CiWish): Result<'written'> {
  const file = projectLockFile(gathered.facts.project);
  const held = readLockFile(file);
  if (!held.ok) return held;
  if (held.value === null) throw new Error('an image of a lock that is not there');
  const { config, facts } = gathered;
  const learned = learnedAdditions(held.value.learned ?? []);
  const layers = [...new Set([...config.layers.value, ...learned.layers])].sort();
  const names = [...new Set([...config.packages.value, ...learned.packages])].sort();
  const { suite, architecture } = debian;
  const image: ImagePins = {
    reference: imageOf(wish),
    digest: wish.digest,
    cargo: '/box/toolchain/bin/cargo',
    variables: { PATH: variables.PATH },
    system: { id: 'debian', release: suite },
    ...(layers.length + names.length === 0
      ? {}
      : { added: { suite, architecture, layers, names, packages: [], snapshot: debian.snapshot } }),
  };
  // Of those that this repository had before, nobody builds in one any more.
  const others = held.value.image.filter(({ reference }) => !reference.startsWith(`${wish.repository}@`));
  const lock = withPins({ ...held.value, image: others }, { ...firstPins(held.value), image });
  const { mountRoot, workspace } = facts.project;
  return writeProjectFile({ root: mountRoot, relative: join(workspace, lockFileName), content: lockText(lock) });
}

function notOurs(file: string): Problem {
  return {
    code: 'path',
    what: 'there is another workflow in the place of ours',
    where: { file, line: 1 },
    why: 'it was not written by `cargo-boxed ci`, and nothing of it is overwritten',
    fix: 'Move it to another name, or take from ours what you need: write it in an empty copy of the project.',
  };
}

function notWritten(kind: CiKind, file: string): Problem {
  return {
    code: 'lock-outdated',
    what: 'there is no workflow to check',
    where: { file: dirname(file) },
    fix: `Write it with \`cargo-boxed ci ${kind} --from HOST/NAME\`.`,
  };
}

function unfitFolder(workspace: string): Problem {
  return {
    code: 'path',
    what: `the folder ${printable(workspace)} cannot stand in a workflow`,
    why: 'it has letters that mean something there',
    fix: 'Rename it, with letters, digits, `.`, `_` and `-` alone.',
  };
}
