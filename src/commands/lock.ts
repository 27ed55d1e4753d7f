import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { writeProjectFile } from '../customs/write-project-file.ts';
import { componentDigests } from '../facts/hash-components.ts';
import type { OwnCommand } from '../invocation/invocation.ts';
import { usage } from '../invocation/usage-problems.ts';
import { hasAdditions } from '../layers/additions.ts';
import { fetchRoot } from '../layers/catalogue.ts';
import { allPackages, pinChanges } from '../lock/pin-changes.ts';
import type { DebianPins, Learned, NixSource, Pins, ToolchainPins } from '../lock/pins.ts';
import { readPins } from '../lock/read-pins.ts';
import { pinsText } from '../lock/write-pins.ts';
import { printable } from '../problem/problem.ts';
import { exitCodeOf } from '../report/exit-code.ts';
import type { Answer } from './answer.ts';
import {
  boxRoot,
  debianRoot,
  defaultPinsFile,
  fetchPinsFile,
  freshAddedPins,
  ownDebianPins,
  refreshDebianPins,
} from './debian.ts';
import { type Gathered, gather } from './gather.ts';
import { addedPins, freshImagePins } from './image.ts';
import { learnForLock } from './learn-for-lock.ts';
import { defaultNixPinsFile, freshNixPins, keptSource, nixAdditions } from './nix.ts';
import type { Session } from './session.ts';
import { lockFileName, projectLockFile, projectPinsFile, settlePins, wantedAdditions } from './settle-pins.ts';

/** Components without which cargo builds nothing; others are pinned when they are installed and a build can use them. */
const pinnedComponents = /^(cargo|rustc|rust-std|clippy|rustfmt)(-preview)?-/;

/** Pins everything and writes it into the project as one file; what differs from before is shown. */
export async function lock(session: Session, { options, arguments: words }: OwnCommand): Promise<Result<Answer>> {
  if (options.check !== undefined && (options.default ?? options.update) !== undefined) {
    return failure(
      usage('`--check` stands alone', 'It looks whether the lock is current; `lock --update` makes it so.'),
    );
  }
  const odd = words.find((word) => word !== 'nixpkgs' || options.update === undefined);
  if (odd !== undefined) {
    return failure(
      usage(`\`lock\` does not take \`${printable(odd, 60)}\``, 'Write `cargo-boxed lock --update nixpkgs`.'),
    );
  }
  if (options.default !== undefined) return lockDefault(session, options.update !== undefined);
  const gathered = await gather(session, { manifestPath: null, project: 'needed' });
  if (!gathered.ok) return gathered;
  if (options.check !== undefined) return checkLock(session, gathered.value);
  const file = projectLockFile(gathered.value);
  const read = readPins(file);
  const before = read.ok ? read.value : null;
  const learning = await learnForLock(session, gathered.value, before?.learned ?? []);
  if (!learning.ok) return learning;
  if (learning.value.ended !== null) return success({ status: exitCodeOf(learning.value.ended) });
  const { learned } = learning.value;
  const environment = await environmentPins(session, gathered.value, options.update !== undefined, learned);
  if (!environment.ok) return environment;
  session.reporter.step('Hashing the toolchain');
  const toolchain = await toolchainPins(session, gathered.value);
  if (!toolchain.ok) return toolchain;
  const extra = before?.extraCrates;
  const pins: Pins = {
    version: 1,
    ...environment.value,
    ...(toolchain.value === null ? {} : { toolchain: toolchain.value }),
    ...(learned.length === 0 ? {} : { learned }),
    ...(extra === undefined ? {} : { extraCrates: extra }),
  };
  const { mountRoot, workspace } = gathered.value.facts.project;
  const written = writeProjectFile({
    root: mountRoot,
    relative: join(workspace, lockFileName),
    content: pinsText(pins),
  });
  return written.ok ? success(answer(file, before, pins)) : written;
}

/** Whether the project's lock is there and fits what is wanted; the network and the engine are not asked. */
async function checkLock(session: Session, { config, facts }: Gathered): Promise<Result<Answer>> {
  const pinned = { ...config, pinned: { ...config.pinned, value: true } };
  const settled = await settlePins(session, { config: pinned, facts }, 'project');
  if (!settled.ok) return settled;
  const { file } = settled.value;
  return success({ status: 0, text: `${printable(file)} is current\n`, data: { file, current: true } });
}

/** The pins of the user for all projects without a lock: nothing of a project is written, and none is needed. */
async function lockDefault(session: Session, update: boolean): Promise<Result<Answer>> {
  const gathered = await gather(session, { manifestPath: null, project: 'optional' });
  if (!gathered.ok) return gathered;
  const { config, facts } = gathered.value;
  const { mountRoot } = facts.project;
  const file = defaultPinsFile(session, config.suite.value);
  const read = readPins(file);
  const wish = boxRoot(config);
  const debian = update
    ? await refreshDebianPins(session, config, mountRoot, file, wish)
    : await ownDebianPins(session, config, mountRoot, file, wish);
  if (!debian.ok) return debian;
  const root = await debianRoot(session, config, mountRoot, debian.value);
  if (!root.ok) return root;
  if (update && existsSync(fetchPinsFile(session))) {
    const fetching = await refreshDebianPins(session, config, mountRoot, fetchPinsFile(session), fetchRoot);
    if (!fetching.ok) return fetching;
  }
  return success(answer(file, read.ok ? read.value : null, { version: 1, debian: debian.value }));
}

function answer(file: string, before: Pins | null, pins: Pins): Answer {
  const changes = pinChanges(before, pins);
  return { status: 0, text: summary(file, pins, before === null ? null : changes), data: { file, pins, changes } };
}

async function environmentPins(
  session: Session,
  gathered: Gathered,
  update: boolean,
  learned: readonly Learned[],
): Promise<Result<Pick<Pins, 'debian' | 'image' | 'nix'>>> {
  const { config, facts } = gathered;
  if (config.environment.value === 'nix') {
    const { layers } = wantedAdditions(config, learned);
    const source = update ? null : lockedSource(session, gathered);
    const wanted = nixAdditions(config, layers);
    const nix = await freshNixPins(session, config, facts.project.mountRoot, wanted, source);
    return nix.ok ? success({ nix: nix.value }) : nix;
  }
  if (config.environment.value === 'image') {
    const fresh = await freshImagePins(session, config);
    if (!fresh.ok) return fresh;
    const image = await addedPins(
      session,
      config,
      facts.project.mountRoot,
      fresh.value,
      wantedAdditions(config, learned),
    );
    return image.ok ? success({ image: image.value }) : image;
  }
  const debian = await debianPins(session, gathered, update, learned);
  if (!debian.ok) return debian;
  // The lock is only worth having when its root can be made: it is made before anything is written.
  const root = await debianRoot(session, config, facts.project.mountRoot, debian.value);
  return root.ok ? success({ debian: debian.value }) : root;
}

/** The nixpkgs of the lock that is there, else that of the user's own pins: it changes when that is asked for. */
function lockedSource(session: Session, gathered: Gathered): NixSource | null {
  const { config } = gathered;
  return keptSource(config, projectLockFile(gathered)) ?? keptSource(config, defaultNixPinsFile(session));
}

/** The base is that of the user's default pins, which all projects share; what is added to it is a project's own. */
async function debianPins(
  session: Session,
  { config, facts }: Gathered,
  update: boolean,
  learned: readonly Learned[],
): Promise<Result<DebianPins>> {
  const { mountRoot } = facts.project;
  const file = defaultPinsFile(session, config.suite.value);
  const make = update ? refreshDebianPins : ownDebianPins;
  const base = await make(session, config, mountRoot, file, boxRoot(config));
  const additions = wantedAdditions(config, learned);
  if (!base.ok || !hasAdditions(additions)) return base;
  return freshAddedPins(session, config, mountRoot, projectPinsFile(session, facts.project), base.value, additions);
}

async function toolchainPins(
  { interruption }: Session,
  { config, facts }: Gathered,
): Promise<Result<ToolchainPins | null>> {
  const { toolchain } = facts;
  if (config.toolchain.value === 'image' || toolchain === null) return success(null);
  const names = toolchain.components.filter((name) => pinnedComponents.test(name));
  const components = await componentDigests(toolchain, names, interruption.signal);
  if (!components.ok) return components;
  const { name, version, manifestSha256 } = toolchain;
  return success({ name, version, manifestSha256, components: components.value });
}

/** `null` as changes: there was nothing before. */
function summary(file: string, pins: Pins, changes: readonly string[] | null): string {
  const lines = [`Wrote ${printable(file)}`];
  if (pins.debian !== undefined) {
    const { suite, layers } = pins.debian;
    const added = layers.length > 0 ? `, with the layers ${layers.join(', ')}` : '';
    lines.push(`  Debian ${suite}: ${allPackages(pins.debian).size} packages${added}`);
  }
  if (pins.nix !== undefined) {
    const { nixpkgs, layers, packages, environment } = pins.nix;
    const added = [...layers, ...packages];
    const named = added.length > 0 ? `, with ${added.join(', ')}` : '';
    lines.push(`  nixpkgs ${printable(nixpkgs.rev ?? nixpkgs.url)}${named}: ${environment}`);
  }
  if (pins.image !== undefined) {
    const { reference, digest, added } = pins.image;
    lines.push(`  image ${printable(reference)} at ${digest}`);
    if (added !== undefined) {
      const names = [...added.layers, ...added.names].join(', ');
      lines.push(`    with ${printable(names, 200)}: ${added.packages.length} packages on top of it`);
    }
  }
  if (pins.toolchain !== undefined) {
    const { name, version, components } = pins.toolchain;
    lines.push(`  toolchain ${name} at ${version}: ${components.length} components`);
  }
  if (changes !== null) lines.push(changes.length === 0 ? '  as before' : '  changed:');
  for (const change of changes ?? []) lines.push(`    ${printable(change, 200)}`);
  return `${lines.join('\n')}\n`;
}
