import { join } from 'node:path';
import { type Result, success } from '../base/result.ts';
import { writeProjectFile } from '../customs/write-project-file.ts';
import { componentDigests } from '../facts/hash-components.ts';
import type { DebianPins, Pins, ToolchainPins } from '../lock/pins.ts';
import { readPins } from '../lock/read-pins.ts';
import { pinsText } from '../lock/write-pins.ts';
import { printable } from '../problem/problem.ts';
import type { Answer } from './answer.ts';
import { debianRoot, defaultPinsFile, freshDebianPins, ownDebianPins } from './debian.ts';
import { type Gathered, gather } from './gather.ts';
import { freshImagePins } from './image.ts';
import type { Session } from './session.ts';
import { lockFileName, projectLockFile } from './settle-pins.ts';

/** Components without which cargo builds nothing; others are pinned when they are installed and a build can use them. */
const pinnedComponents = /^(cargo|rustc|rust-std|clippy|rustfmt)(-preview)?-/;

/** Pins everything anew and writes it into the project as one file. */
export async function lock(session: Session): Promise<Result<Answer>> {
  const gathered = await gather(session, { manifestPath: null, project: 'needed' });
  if (!gathered.ok) return gathered;
  const file = projectLockFile(gathered.value);
  const before = readPins(file);
  const environment = await environmentPins(session, gathered.value);
  if (!environment.ok) return environment;
  session.reporter.step('Hashing the toolchain');
  const toolchain = await toolchainPins(gathered.value);
  if (!toolchain.ok) return toolchain;
  const extra = before.ok ? before.value?.extraCrates : undefined;
  const pins: Pins = {
    version: 1,
    ...environment.value,
    ...(toolchain.value === null ? {} : { toolchain: toolchain.value }),
    ...(extra === undefined ? {} : { extraCrates: extra }),
  };
  const { mountRoot, workspace } = gathered.value.facts.project;
  const written = writeProjectFile({
    root: mountRoot,
    relative: join(workspace, lockFileName),
    content: pinsText(pins),
  });
  if (!written.ok) return written;
  return success({ status: 0, text: summary(file, pins), data: { file, pins } });
}

async function environmentPins(session: Session, gathered: Gathered): Promise<Result<Pick<Pins, 'debian' | 'image'>>> {
  const { config, facts } = gathered;
  if (config.environment.value === 'image') {
    const image = await freshImagePins(session, config);
    return image.ok ? success({ image: image.value }) : image;
  }
  const debian = await debianPins(session, gathered, facts.project.mountRoot);
  if (!debian.ok) return debian;
  // The lock is only worth having when its root can be made: it is made before anything is written.
  const root = await debianRoot(session, config, facts.project.mountRoot, debian.value);
  return root.ok ? success({ debian: debian.value }) : root;
}

/** Without layers a project shares the root of the user's default pins; with layers it gets one of its own. */
function debianPins(session: Session, { config }: Gathered, mountRoot: string): Promise<Result<DebianPins>> {
  const layers = config.layers.value;
  if (layers.length > 0) return freshDebianPins(session, config, mountRoot, layers);
  return ownDebianPins(session, config, mountRoot, defaultPinsFile(session, config.suite.value), layers);
}

async function toolchainPins({ config, facts }: Gathered): Promise<Result<ToolchainPins | null>> {
  if (config.toolchain.value === 'image') return success(null);
  const { toolchain } = facts;
  const names = toolchain.components.filter((name) => pinnedComponents.test(name));
  const components = await componentDigests(toolchain, names);
  if (!components.ok) return components;
  const { name, version, manifestSha256 } = toolchain;
  return success({ name, version, manifestSha256, components: components.value });
}

function summary(file: string, pins: Pins): string {
  const lines = [`Wrote ${printable(file)}`];
  if (pins.debian !== undefined) {
    const { suite, packages, layers } = pins.debian;
    const added = layers.length > 0 ? `, with the layers ${layers.join(', ')}` : '';
    lines.push(`  Debian ${suite}: ${packages.length} packages${added}`);
  }
  if (pins.image !== undefined) lines.push(`  image ${printable(pins.image.reference)} at ${pins.image.digest}`);
  if (pins.toolchain !== undefined) {
    const { name, version, components } = pins.toolchain;
    lines.push(`  toolchain ${name} at ${version}: ${components.length} components`);
  }
  return `${lines.join('\n')}\n`;
}
