import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { writeProjectFile } from '../customs/write-project-file.ts';
import type { Outcome } from '../engine/engine.ts';
import { basePins } from '../environment/debian/prepare-root.ts';
import type { OwnCommand } from '../invocation/invocation.ts';
import { usage } from '../invocation/usage-problems.ts';
import { areSameAdditions, hasAdditions } from '../layers/additions.ts';
import { fetchRoot } from '../layers/catalogue.ts';
import { type LockFile, othersOf, selectPins, withPins } from '../lock/lock-file.ts';
import { lockFileName } from '../lock/lock-file-name.ts';
import { allPackages, pinChanges, versionChanges } from '../lock/pin-changes.ts';
import type { DebianPins, Learned, NixPins, Pins } from '../lock/pins.ts';
import { readLockFile, readPins } from '../lock/read-pins.ts';
import { lockText } from '../lock/write-pins.ts';
import { type Problem, printable } from '../problem/problem.ts';
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
} from './environments/debian.ts';
import { addedPins, freshImagePins } from './environments/image.ts';
import { freshNixPins, keptSources, nixAdditions, noNixSources } from './environments/nix.ts';
import { updateOne } from './environments/update-one.ts';
import { learnForLock } from './learning/learn-for-lock.ts';
import { type Gathered, gather } from './pipeline/gather.ts';
import { toolchainPins } from './pipeline/pin-toolchain.ts';
import { projectLockFile, projectPinsFile } from './pipeline/project-pins.ts';
import { pinWish, settlePins, wantedAdditions } from './pipeline/settle-pins.ts';
import type { Session } from './session.ts';

/** Pins everything and writes it into the project as one file; what differs from before is shown. */
export async function lock(session: Session, command: OwnCommand): Promise<Result<Answer>> {
  const { options } = command;
  const [name] = command.arguments;
  const wrong = wrongUse(command);
  if (wrong !== null) return failure(wrong);
  if (options.default !== undefined) return lockDefault(session, options.update !== undefined);
  const gathered = await gather(session, { manifestPath: null, project: 'needed' });
  if (!gathered.ok) return gathered;
  if (options.check !== undefined) return checkLock(session, gathered.value);
  const read = readLockFile(projectLockFile(gathered.value.facts.project));
  // What a later release has written is not thrown away; what is broken is made anew.
  if (!read.ok && read.problems.some(({ code }) => code === 'lock-newer')) return read;
  const held = read.ok ? read.value : null;
  const before = held === null ? null : heldPins(held, gathered.value);
  const fresh =
    name === undefined
      ? await makePins(session, gathered.value, held, options.update !== undefined)
      : await updateOne(session, gathered.value, before, name);
  if (!fresh.ok) return fresh;
  if ('ended' in fresh.value) return success({ status: exitCodeOf(fresh.value.ended) });
  const pins = fresh.value;
  const whole = withPins(options.only === undefined ? held : null, pins);
  const { mountRoot, workspace } = gathered.value.facts.project;
  const relative = join(workspace, lockFileName);
  const written = writeProjectFile({ root: mountRoot, relative, content: lockText(whole) });
  if (!written.ok) return written;
  return success(answer(projectLockFile(gathered.value.facts.project), before, pins, othersOf(whole, pins)));
}

function wrongUse({ options, arguments: [name] }: OwnCommand): Problem | null {
  if (options.check !== undefined && Object.keys(options).some((one) => one !== 'check'))
    return usage('`--check` stands alone', 'It looks whether the lock is current; `lock --update` makes it so.');
  if (name !== undefined && (options.update === undefined || options.default !== undefined))
    return usage(
      `\`${printable(name, 60)}\` stands behind \`lock --update\` alone`,
      'Write `cargo-boxed lock --update NAME`.',
    );
  return null;
}

/** What a lock has for this machine and the environment that is configured. */
function heldPins(held: LockFile, gathered: Gathered): Pins {
  const wish = pinWish(gathered);
  const { debian, image, nix, ...rest } = selectPins(held, wish);
  const environment = gathered.config.environment.value;
  const isFitting = debian?.suite === wish.suite && debian.architecture === wish.architecture;
  return {
    ...rest,
    ...(environment === 'debian' && isFitting ? { debian } : {}),
    ...(environment === 'image' && image?.reference === wish.image ? { image } : {}),
    ...(environment === 'nix' && nix?.system === wish.system ? { nix } : {}),
  };
}

/** Pins of everything; an outcome: a box that was to show what is needed was cut short. */
async function makePins(
  session: Session,
  surveyed: Gathered,
  held: LockFile | null,
  update: boolean,
): Promise<Result<Pins | { readonly ended: Outcome }>> {
  const learning = await learnForLock(session, surveyed, held?.learned ?? []);
  if (!learning.ok) return learning;
  const { learned, ended } = learning.value;
  if (ended !== null) return success({ ended });
  // The suite, where nobody names one, is among what was learned.
  const gathered = await gather(session, { manifestPath: null, project: 'needed', pins: 'own' });
  if (!gathered.ok) return gathered;
  const before = held === null ? null : heldPins(held, gathered.value);
  const environment = await environmentPins(session, gathered.value, update ? null : before, { update, learned });
  if (!environment.ok) return environment;
  const toolchain = await toolchainPins(session, gathered.value);
  if (!toolchain.ok) return toolchain;
  const extra = held?.extraCrates;
  return success({
    version: 1,
    ...environment.value,
    ...(toolchain.value === null ? {} : { toolchain: toolchain.value }),
    ...(learned.length === 0 ? {} : { learned }),
    ...(extra === undefined ? {} : { extraCrates: extra }),
  });
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

function answer(file: string, before: Pins | null, pins: Pins, others: readonly string[] = []): Answer {
  const changes = pinChanges(before, pins);
  const packages = versionChanges(before, pins);
  const text = summary(file, pins, before === null ? null : changes, others);
  return { status: 0, text, data: { file, pins, changes, packages, others } };
}

interface Making {
  readonly update: boolean;
  readonly learned: readonly Learned[];
}

async function environmentPins(
  session: Session,
  gathered: Gathered,
  before: Pins | null,
  making: Making,
): Promise<Result<Pick<Pins, 'debian' | 'image' | 'nix'>>> {
  const { config, facts } = gathered;
  const { mountRoot } = facts.project;
  if (config.environment.value === 'nix') {
    const { layers } = wantedAdditions(config, making.learned);
    const additions = nixAdditions(gathered, layers);
    const file = projectLockFile(gathered.facts.project);
    const sources = making.update ? noNixSources : keptSources(session, config, file, additions);
    const nix = await freshNixPins(session, config, mountRoot, additions, sources);
    return nix.ok ? success({ nix: nix.value }) : nix;
  }
  if (config.environment.value === 'image') {
    const fresh = await freshImagePins(session, config);
    if (!fresh.ok) return fresh;
    const image = await addedPins(session, config, mountRoot, fresh.value, wantedAdditions(config, making.learned));
    return image.ok ? success({ image: image.value }) : image;
  }
  const kept = before?.debian === undefined ? null : await keptDebian(session, gathered, before.debian, making.learned);
  if (kept !== null) return success({ debian: kept });
  const debian = await debianPins(session, gathered, making);
  if (!debian.ok) return debian;
  // The lock is only worth having when its root can be made: it is made before anything is written.
  const root = await debianRoot(session, config, mountRoot, debian.value);
  return root.ok ? success({ debian: debian.value }) : root;
}

/**
 * What the lock has already stays, with what is to be added to it now. `null`: its root cannot be made here any more, by a
 * mirror that has lost packages or another sum; that is said, and it is pinned anew.
 */
async function keptDebian(
  session: Session,
  { config, facts }: Gathered,
  held: DebianPins,
  learned: readonly Learned[],
): Promise<DebianPins | null> {
  const { mountRoot } = facts.project;
  const additions = wantedAdditions(config, learned);
  const isSame = areSameAdditions({ layers: held.layers, packages: held.added?.names ?? [] }, additions);
  const base = basePins(held);
  const file = projectPinsFile(session, facts.project);
  const pins =
    isSame || !hasAdditions(additions)
      ? success(isSame ? held : base)
      : await freshAddedPins(session, config, mountRoot, file, base, additions);
  const root = pins.ok ? await debianRoot(session, config, mountRoot, pins.value) : pins;
  if (pins.ok && root.ok) return pins.value;
  const why = root.ok ? '' : (root.problems[0]?.what ?? '');
  session.reporter.note(`What the lock has cannot be made here any more, and is pinned anew: ${why}`);
  return null;
}

/** The base is that of the user's default pins, which all projects share; what is added to it is a project's own. */
async function debianPins(
  session: Session,
  { config, facts }: Gathered,
  { update, learned }: Making,
): Promise<Result<DebianPins>> {
  const { mountRoot } = facts.project;
  const file = defaultPinsFile(session, config.suite.value);
  const make = update ? refreshDebianPins : ownDebianPins;
  const base = await make(session, config, mountRoot, file, boxRoot(config));
  const additions = wantedAdditions(config, learned);
  if (!base.ok || !hasAdditions(additions)) return base;
  return freshAddedPins(session, config, mountRoot, projectPinsFile(session, facts.project), base.value, additions);
}

/** `null` as changes: there was nothing before. */
function summary(file: string, pins: Pins, changes: readonly string[] | null, others: readonly string[]): string {
  const lines = [`Wrote ${printable(file)}`];
  if (pins.debian !== undefined) {
    const { suite, layers } = pins.debian;
    const added = layers.length > 0 ? `, with the layers ${layers.join(', ')}` : '';
    lines.push(`  Debian ${suite}: ${allPackages(pins.debian).size} packages${added}`);
  }
  if (pins.nix !== undefined) lines.push(...nixSummary(pins.nix));
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
  if (others.length > 0)
    lines.push(`  beside it, as before: ${printable(others.join(', '), 300)} (\`lock --only\` leaves that out)`);
  if (changes !== null) lines.push(changes.length === 0 ? '  as before' : '  changed:');
  for (const change of changes ?? []) lines.push(`    ${printable(change, 200)}`);
  return `${lines.join('\n')}\n`;
}

function nixSummary({ nixpkgs, rustOverlay, toolchain, layers, packages, environment }: NixPins): readonly string[] {
  const added = [...layers, ...packages];
  const named = added.length > 0 ? `, with ${added.join(', ')}` : '';
  const lines = [`  nixpkgs ${printable(nixpkgs.rev ?? nixpkgs.url)}${named}: ${environment}`];
  if (rustOverlay === undefined || toolchain === undefined) return lines;
  const { channel, version } = toolchain;
  return [
    ...lines,
    `  Rust ${channel} at ${version}, of rust-overlay ${printable(rustOverlay.rev ?? rustOverlay.url)}`,
  ];
}
