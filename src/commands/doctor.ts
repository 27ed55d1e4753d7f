import { join } from 'node:path';
import { readMark } from '../already-boxed/read-mark.ts';
import type { Result } from '../base/result.ts';
import { success } from '../base/result.ts';
import type { EngineReport } from '../engine/engine.ts';
import { hasRustup } from '../facts/choose-toolchain.ts';
import { readToolchain } from '../facts/read-toolchain.ts';
import { cacheFolders } from '../host/locations.ts';
import { findProgram } from '../host/program.ts';
import { type Problem, printable } from '../problem/problem.ts';
import type { Answer } from './answer.ts';
import { table } from './answer.ts';
import { type ChosenEngine, openBwrap, openDocker } from './pipeline/choose-engine.ts';
import { forbiddenFolders } from './pipeline/forbidden-folders.ts';
import type { Session } from './session.ts';

interface Check {
  readonly name: string;
  readonly state: 'works' | 'missing';
  readonly detail: string;
  readonly fix: string | null;
}

/** What this machine can do, and what to install for the rest. Ends with 69 when no engine works. */
export async function doctor(session: Session): Promise<Result<Answer>> {
  const [bwrap, docker] = [await openBwrap(session, null), await openDocker(session)];
  const nix = await nixCheck(session);
  const checks: readonly Check[] = [
    ...engineChecks('bwrap', bwrap),
    ...engineChecks('docker', docker),
    await rootCheck(session, docker.ok),
    nix,
    toolchainCheck(session, nix.state === 'works'),
    ...(await imageChecks(session)),
  ];
  const rows = checks.map(({ name, state, detail, fix }) => [
    state === 'works' ? 'ok' : '--',
    name,
    fix === null ? detail : `${detail}. ${fix}`,
  ]);
  const usable = bwrap.ok || docker.ok;
  return success({ status: usable ? 0 : 69, text: table(rows), data: { usable, checks } });
}

function engineChecks(name: string, chosen: Result<ChosenEngine>): readonly Check[] {
  if (!chosen.ok) return chosen.problems.map((problem) => problemCheck(`engine ${name}`, problem));
  const { report } = chosen.value;
  const works: Check = {
    name: `engine ${name}`,
    state: 'works',
    detail: [report.version, report.path, ...(report.traits ?? [])].join(', '),
    fix: null,
  };
  return [works, ...gapChecks(name, report)];
}

function gapChecks(name: string, report: EngineReport): readonly Check[] {
  return Object.entries(report.gaps).map(([guarantee, why]) => ({
    name: `${name} ${guarantee}`,
    state: 'missing' as const,
    detail: why,
    fix: null,
  }));
}

function problemCheck(name: string, { what, why, fix }: Problem): Check {
  return { name, state: 'missing', detail: why === undefined ? what : `${what}: ${why}`, fix: fix ?? null };
}

/** How the Debian root is made here. */
async function rootCheck(session: Session, hasDocker: boolean): Promise<Check> {
  const { missingForRoots } = await import('./environments/root-maker.ts');
  const forbidden = forbiddenFolders(session, null);
  const missing = missingForRoots({ variables: session.host.variables, forbidden });
  const name = 'debian root';
  if (missing === null) {
    const program = findProgram('mmdebstrap', session.host.variables.PATH, forbidden);
    return { name, state: 'works', detail: `made by ${program}`, fix: null };
  }
  if (!hasDocker) return problemCheck(name, missing);
  const detail = `made in a container of the image that \`debian-image\` names, since ${missing.what}`;
  return { name, state: 'works', detail, fix: null };
}

/** Which Nix there is, and which store it would use. */
async function nixCheck(session: Session): Promise<Check> {
  const { findNixPrograms } = await import('../environment/nix/nix-host.ts');
  const { findStore } = await import('../environment/nix/find-store.ts');
  const { nixVersion } = await import('../environment/nix/check-nix.ts');
  const programs = findNixPrograms(session.host.variables, forbiddenFolders(session, null));
  const name = 'nix environment';
  if (!programs.ok) return problemCheck(name, programs.problems[0] as Problem);
  const { instantiate } = programs.value;
  const version = await nixVersion(instantiate, session.interruption.signal);
  const store = findStore(join(session.locations.cache, cacheFolders.nix, 'store'));
  const where = { daemon: 'built by its daemon', local: 'built in /nix', chroot: 'built in a store of our own' };
  return { name, state: 'works', detail: `Nix ${version}, ${instantiate}, ${where[store.kind]}`, fix: null };
}

/** In an image of ours: which walls the container has. Whether it is that of a lock is asked where there is a project. */
async function imageChecks(session: Session): Promise<readonly Check[]> {
  if (readMark().kind === 'none') return [];
  const { measureHere } = await import('./environments/measure-here.ts');
  return measureHere(session, session.directory).map(({ wall, held, found }) => ({
    name: `container: ${wall}`,
    state: held ? 'works' : 'missing',
    detail: printable(found, 200),
    fix: null,
  }));
}

/** The host's; where there is none, but Nix, what has one all the same. */
function toolchainCheck(session: Session, hasNix: boolean): Check {
  const name = 'toolchain';
  if (hasNix && !hasRustup(session.rustupHome)) {
    const detail = 'none by rustup; `environment: nix` brings its own';
    return { name, state: 'works', detail, fix: null };
  }
  const found = readToolchain({
    override: session.invocation.toolchain,
    variables: session.host.variables,
    rustupHome: session.rustupHome,
    directory: session.directory,
    mountRoot: session.directory,
    architecture: session.host.architecture,
    memory: null,
  });
  if (!found.ok) return problemCheck(name, found.problems[0] as Problem);
  const { name: called, version, path, reason } = found.value;
  return { name, state: 'works', detail: `${called} ${version}, ${path}, from ${reason}`, fix: null };
}
