import { existsSync, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '../../base/result.ts';
import type { ArtifactArea } from '../../customs/artifact-table.ts';
import { type Aliases, type ClassifiedCommand, classifyCommand } from '../../invocation/classify-command.ts';
import { type CommandEntry, needsCrates } from '../../invocation/command-table.ts';
import { type ConfigArgument, unstableOptions } from '../../invocation/config-arguments.ts';
import type { CargoCommand } from '../../invocation/invocation.ts';
import { passingVariables } from '../../invocation/passing-variables.ts';
import { readAliases } from '../../invocation/read-aliases.ts';
import { ownArguments } from '../../invocation/scan-arguments.ts';
import { translateArguments } from '../../invocation/translate-arguments.ts';
import { unknownCommand } from '../../invocation/unknown-command.ts';
import { inside } from '../../plan/box-plan.ts';
import { projectPathInside } from '../../plan/places.ts';
import type { Request } from '../../plan/plan-inputs.ts';
import type { Trial } from '../../plan/variations.ts';
import { type Problem, printable } from '../../problem/problem.ts';
import type { Session } from '../session.ts';
import { fetchWishes } from './fetch-wishes.ts';
import { type Gathered, withNamed } from './gather.ts';
import type { GatherWish } from './survey.ts';

/** A command that is ready to be planned, and what has to be known of it afterwards. */
export interface ReadyCommand {
  readonly request: Request;
  readonly classified: ClassifiedCommand;
  /** Where `--target-dir` wants the results, below the mount root. */
  readonly exportDirectory: string | null;
  readonly exportAreas: readonly ArtifactArea[];
  /** The manifest that `--manifest-path` names: absolute, on the host. */
  readonly manifestPath: string | null;
  /** Folders of crates that the arguments name: absolute, on the host. */
  readonly named: readonly string[];
  /** Cargo configuration that the arguments bring. */
  readonly written: readonly ConfigArgument[];
}

export function classify(command: CargoCommand, gathered: Gathered | null): ClassifiedCommand {
  return classifyCommand(command.name, command.arguments, gathered === null ? {} : aliasesOf(gathered));
}

function aliasesOf({ facts }: Gathered): Aliases {
  const { project, user } = facts.project.cargoConfig;
  return readAliases([project, user], facts.host.variables);
}

/** A command with all that it needs, and the project with the configuration that the command line adds to it. */
export interface PreparedCommand {
  readonly gathered: Gathered;
  readonly ready: ReadyCommand;
}

/** Makes the request, and where its words bring cargo configuration, once more with a project that has it. */
export async function prepareCommand(
  session: Session,
  gathered: Gathered,
  command: CargoCommand,
  project: GatherWish['project'],
  trial: Trial | null = null,
): Promise<Result<PreparedCommand>> {
  const ready = makeRequest(session, gathered, command, trial);
  if (!ready.ok) return ready;
  const { written, manifestPath } = ready.value;
  if (written.length === 0) return success({ gathered, ready: ready.value });
  const whole = await withNamed(session, gathered, { manifestPath, written, project });
  if (!whole.ok) return whole;
  const again = makeRequest(session, whole.value, command, trial);
  return again.ok ? success({ gathered: whole.value, ready: again.value }) : again;
}

/** Turns a cargo command into a request: its class, its paths as the box sees them, what passes with it. */
export function makeRequest(
  session: Session,
  gathered: Gathered,
  command: CargoCommand,
  trial: Trial | null = null,
): Result<ReadyCommand> {
  const classified = classify(command, gathered);
  if (classified.refusal !== null) {
    const { why, fix } = classified.refusal;
    return failure({
      code: 'refused',
      what: `\`cargo ${printable(command.name, 60)}\` does not run in a box`,
      why,
      fix,
    });
  }
  const [name = command.name, ...rest] = classified.expanded;
  if (classified.tableEntry === null && !isKnown(session, gathered, name)) {
    return failure(unknownCommand(command.name, aliasesOf(gathered), installedSubcommands(session)));
  }
  const globalArguments = [...command.globalArguments, ...classified.globalArguments];
  const { mountRoot, outside } = gathered.facts.project;
  const translated = translateArguments(
    { name, arguments: rest, globalArguments },
    {
      currentDirectory: session.directory,
      mountRoot,
      // The fetch box has its skeleton at the same place for everyone.
      insideProject: classified.class === 'lock-writing' ? inside.project : projectPathInside(gathered, trial),
      realPath,
      beside: outside.filter(({ granted }) => granted),
    },
    // In the fetch box are tokens and a network: a configuration could name a program there.
    classified.class === 'lock-writing' ? 'taken-out' : 'kept',
  );
  if (!translated.ok) return translated;
  const words = [...translated.value.globalArguments, name, ...translated.value.arguments];
  const options = [...translated.value.globalArguments, name, ...ownArguments(name, translated.value.arguments)];
  const wishes = fetchWishes(gathered, options);
  const { toolchain } = gathered.config;
  if (wishes.beyondLock.standardLibrary && toolchain.value !== 'host')
    return failure(noStandardLibrary(toolchain.value));
  const entry = classified.tableEntry;
  return success({
    classified,
    exportDirectory: translated.value.exportDirectory,
    manifestPath: translated.value.manifestPath,
    named: translated.value.inputs,
    written: [...translated.value.written, ...unstableOptions(options)],
    exportAreas: exportAreas[entry?.exports ?? 'nothing'],
    request: {
      class: classified.class,
      program: 'cargo',
      arguments: words,
      options,
      output: outputOf(entry, options),
      ports: entry?.ports ?? 'closed',
      exports: (entry?.exports ?? 'nothing') !== 'nothing',
      variables: passingVariables(session.host.variables),
      subcommandBinary: entry === null ? subcommandBinary(session.host.cargoHome, name) : null,
      ...wishes,
      gitFolder: isFolder(join(mountRoot, '.git')),
      crates: needsCrates(entry, options) ? 'needed' : 'not-needed',
      recording: 'off',
      trial,
      lockfile: options.includes('--locked') || options.includes('--frozen') ? 'locked' : 'may-change',
      offline: options.includes('--offline') || options.includes('--frozen'),
    },
  });
}

const noStandardLibrary = (toolchain: 'image' | 'nix'): Problem => ({
  code: 'refused',
  what: `\`build-std\` does not work with \`toolchain: ${toolchain}\``,
  why: 'the crates of the standard library are fetched by the lock of its sources, and those are in the environment',
  fix: 'Use `toolchain: host` with the component rust-src.',
});

const exportAreas: Readonly<Record<'nothing' | 'artifacts' | 'documentation' | 'packages', readonly ArtifactArea[]>> = {
  nothing: [],
  artifacts: ['programs', 'timings'],
  documentation: ['documentation'],
  packages: ['packages'],
};

function outputOf(entry: CommandEntry | null, options: readonly string[]): CommandEntry['output'] {
  if (entry?.buildsOnly !== undefined && options.includes(entry.buildsOnly)) return 'filtered';
  return entry?.output ?? 'program';
}

export function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function realPath(path: string): string | null {
  try {
    return realpathSync.native(path);
  } catch {
    return null;
  }
}

/** Whether cargo in the box will find such a command: the user's, the toolchain's, or what an image may bring. */
function isKnown(session: Session, { config, facts }: Gathered, name: string): boolean {
  if (config.toolchain.value !== 'host' || subcommandBinary(session.host.cargoHome, name) !== null) return true;
  return facts.toolchain !== null && existsSync(join(facts.toolchain.path, 'bin', `cargo-${name}`));
}

function installedSubcommands(session: Session): readonly string[] {
  try {
    const programs = readdirSync(join(session.host.cargoHome, 'bin'));
    return programs.filter((name) => name.startsWith('cargo-')).map((name) => name.slice('cargo-'.length));
  } catch {
    return [];
  }
}

/** The user's own program for a third-party subcommand, in the bin folder of the user's CARGO_HOME; never from PATH. */
function subcommandBinary(cargoHome: string, name: string): string | null {
  if (!/^[A-Za-z0-9_-]+$/.test(name)) return null;
  const file = join(cargoHome, 'bin', `cargo-${name}`);
  try {
    // A link is rustup's proxy for a component of the toolchain, which the box has anyway.
    return lstatSync(file).isFile() && (statSync(file).mode & 0o111) !== 0 ? `cargo-${name}` : null;
  } catch {
    return null;
  }
}
