import { lstatSync } from 'node:fs';
import { basename, join } from 'node:path';
import { failure, type Result, success } from '../../base/result.ts';
import type { Config, Setting } from '../../config/config.ts';
import { keys } from '../../config/definition.ts';
import type { JsoncDocument } from '../../devcontainer/read-jsonc.ts';
import type { DevcontainerLimits, DevcontainerMode, DevcontainerWish } from '../../devcontainer/wanted.ts';
import type { SharedView } from '../../fetch/shared-view.ts';
import { cacheFolders } from '../../host/locations.ts';
import type { OwnCommand } from '../../invocation/invocation.ts';
import { usage } from '../../invocation/usage-problems.ts';
import { printable } from '../../problem/problem.ts';
import { cacheInVariables, devcontainerCrates } from '../images/crates.ts';
import { type LockedImage, lockedImage } from '../images/locked-image.ts';
import { type WantedImage, wantedImage } from '../images/wanted-image.ts';
import type { Session } from '../session.ts';
import { readDevcontainer } from './file.ts';

/** All that a devcontainer of a project follows from. */
export interface Devcontainer {
  readonly locked: LockedImage;
  readonly image: WantedImage;
  readonly crates: SharedView;
  /** What stands there now. */
  readonly document: JsoncDocument | null;
  readonly wish: DevcontainerWish;
}

/** What the lock and the configuration want of a devcontainer.json; nothing is written, and no crate is fetched. */
export async function devcontainerWish(session: Session, { options }: OwnCommand): Promise<Result<Devcontainer>> {
  const repository = readRepository(options.from);
  if (!repository.ok) return repository;
  const locked = await lockedImage(session);
  if (!locked.ok) return locked;
  const { gathered } = locked.value;
  const { mountRoot, workspace } = gathered.facts.project;
  if (/["',\n]/.test(mountRoot)) {
    return failure({
      code: 'path',
      what: `a container cannot mount ${printable(mountRoot)}`,
      why: 'a comma or a quote in a path has another meaning in devcontainer.json',
      fix: 'Move the project.',
    });
  }
  const document = await readDevcontainer(mountRoot);
  if (!document.ok) return document;
  const crates = devcontainerCrates(gathered);
  if (!crates.ok) return crates;
  const image = await wantedImage(session, locked.value);
  if (!image.ok) return image;
  const { modeOf } = await import('../../devcontainer/devcontainer.ts');
  const held = document.value === null ? null : modeOf(document.value);
  const cache = cacheInVariables(session.host.variables);
  const wish: DevcontainerWish = {
    mode: (options.mode as DevcontainerMode | undefined) ?? held ?? 'strict',
    images: imageNames(image.value, repository.value, document.value),
    repository: repository.value,
    name: basename(join(mountRoot, workspace)),
    workspace,
    identity: locked.value.meaning.identity,
    crates: `${cache}/${cacheFolders.devcontainers}/${crates.value.name}`,
    store: `${cache}/${cacheFolders.store}`,
    hasGit: isPlain(join(mountRoot, '.git')),
    limits: limitsOf(gathered.config),
    variables: await variablesOf(gathered.config),
    hasAnalyzer: locked.value.toolchain.components.some(({ name }) => name.startsWith('rust-analyzer')),
  };
  return success({ locked: locked.value, image: image.value, crates: crates.value, document: document.value, wish });
}

/** A link in its place would mount what it leads to. */
function isPlain(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isDirectory() === true || stat?.isFile() === true;
}

function readRepository(text: string | true | undefined): Result<string | null> {
  if (typeof text !== 'string') return success(null);
  if (/^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9][a-z0-9._-]*)+$/.test(text)) return success(text);
  const shown = printable(text, 120);
  return failure(usage(`\`${shown}\` is no repository of images`, 'Write `--from REGISTRY/NAME`, without a tag.'));
}

/** By what it is made of: as a repository has it, as engines of the classic kind, and as those with containerd's store. */
function imageNames(
  { id, manifest }: WantedImage,
  repository: string | null,
  document: JsoncDocument | null,
): DevcontainerWish['images'] {
  const held = document?.root.entries.find(({ name }) => name === 'image')?.value;
  const written = held?.kind === 'scalar' && typeof held.value === 'string' ? held.value : '';
  const inRepository = repository === null ? [] : [`${repository}@${manifest}`];
  if (inRepository.length > 0) return [inRepository[0] as string];
  return [id, manifest, ...(written.endsWith(`@${manifest}`) ? [written] : [])];
}

/** A committed file is the same for all: what one user has set for himself stays out of it. */
function limitsOf({ limits }: Config): DevcontainerLimits {
  const ofProject = <T>({ value, origin }: Setting<T>, otherwise: T): T =>
    origin.kind === 'project' ? value : otherwise;
  return {
    processes: ofProject(limits.processes, keys['limits.processes'].default),
    memoryBytes: ofProject(limits.memoryBytes, null),
    cpus: ofProject(limits.cpus, null),
    openFiles: ofProject(limits.openFiles, null),
  };
}

async function variablesOf({ env }: Config): Promise<Readonly<Record<string, string>>> {
  const { fixedVariableNames } = await import('../../devcontainer/devcontainer.ts');
  if (env.set.origin.kind !== 'project') return {};
  return Object.fromEntries(Object.entries(env.set.value).filter(([name]) => !fixedVariableNames.includes(name)));
}

/** What the configuration says and a devcontainer has no place for: said, since a box would have it. */
export function leftOut({ config, facts }: LockedImage['gathered']): readonly string[] {
  const { limits } = config;
  const isSet = ({ value }: Setting<unknown>) => value !== null && !(Array.isArray(value) && value.length === 0);
  const parts: readonly (readonly [string, boolean])[] = [
    ['network', isSet(config.network)],
    ['mounts', isSet(config.mounts)],
    ['ports', isSet(config.ports)],
    ['devices', isSet(config.devices)],
    ['env.pass', isSet(config.env.pass)],
    ['limits.time', isSet(limits.wallClockMs)],
    ['limits.silence', isSet(limits.silenceMs)],
    ['limits.disk', isSet(limits.diskBytes)],
    ['path dependencies outside of the project', facts.project.outside.length > 0],
    ['covers of secrets', facts.secrets.hidden.some(({ reason }) => reason === 'secret')],
  ];
  return parts.filter(([, is]) => is).map(([name]) => name);
}
