import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { failure, type Result, success } from '../base/result.ts';
import type { PreparedRoot, ResolvedBox } from '../engine/engine.ts';
import { moveIntoPlace } from '../host/move-into-place.ts';
import { type BoxPlan, type BoxStep, inside, noLimits } from '../plan/box-plan.ts';
import { preloadList, wallRules } from '../plan/plan-build-script-walls.ts';
import { notKept } from '../problem/full-disk.ts';
import { printable } from '../problem/problem.ts';
import type { Planned } from './make-plan.ts';
import type { Session } from './session.ts';
import { wallSources, wallsFolder } from './walls-folder.ts';

/**
 * The folder with what makes the walls of build scripts; made once for each root, by its own compiler, in a box that
 * sees nothing of the project. `null` when the plan has no walls.
 */
export async function prepareWalls(
  session: Session,
  planned: Planned,
  box: BoxStep,
  root: PreparedRoot,
): Promise<Result<string | null>> {
  const folder = wallsFolder(session.locations, planned.plan, box);
  if (folder === null) return success(null);
  try {
    if (root.kind === 'directory') makeMountPoint(root.path);
    if (!existsSync(folder)) {
      const made = await make(session, planned, box, root, folder);
      if (!made.ok) return made;
    }
    return success(folder);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    return failure(
      notKept(
        `what makes the walls of build scripts cannot be kept in ${dirname(folder)}`,
        error,
        'Make the cache folder writable, or set CARGO_BOXED_HOME to another one.',
      ),
    );
  }
}

/** An engine with images makes its own mount points; in a root that is a folder this one has to be there. */
function makeMountPoint(root: string): void {
  const file = join(root, preloadList);
  if (lstatSync(file, { throwIfNoEntry: false }) === undefined) writeFileSync(file, '', { mode: 0o644 });
}

async function make(
  session: Session,
  planned: Planned,
  { buildScriptWalls, variables }: BoxStep,
  root: PreparedRoot,
  folder: string,
): Promise<Result<true>> {
  if (buildScriptWalls === null) throw new Error('a plan without walls has nothing to make');
  session.reporter.step('Making the walls of build scripts: once for this root');
  const unfinished = join(dirname(folder), `.new-${session.runWord}`);
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true, mode: 0o755 });
  try {
    const ran = await compile(session, planned, root, variables, unfinished);
    if (!ran.ok) return ran;
    writeFileSync(join(unfinished, 'rules'), wallRules(buildScriptWalls, variables), { mode: 0o444 });
    writeFileSync(join(unfinished, 'ld.so.preload'), `${inside.wall}/preload.so\n`, { mode: 0o444 });
    const recording = `${inside.wall}/preload.so\n${inside.wall}/record.so\n`;
    writeFileSync(join(unfinished, 'ld.so.preload-recording'), recording, { mode: 0o444 });
    for (const name of ['preload.so', 'record.so', 'enter']) chmodSync(join(unfinished, name), 0o555);
    const libc = readFileSync(join(unfinished, 'libc'), 'utf8').trim();
    if (planned.plan.environment.kind === 'image' && libc !== 'glibc') session.reporter.note(withoutGlibc);
    moveIntoPlace(unfinished, folder);
    return success(true);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

const withoutGlibc =
  'The programs of this image are not those of glibc: its build scripts get no walls of their own (SECURITY.md).';

async function compile(
  session: Session,
  planned: Planned,
  root: PreparedRoot,
  variables: BoxStep['variables'],
  to: string,
): Promise<Result<true>> {
  const said: Buffer[] = [];
  const output = () =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        if (said.length < 100) said.push(chunk);
        done();
      },
    });
  const streams = { stdin: 'none', stdout: output(), stderr: output() } as const;
  const box = compilerBox(session, planned, root, to, compilerVariables(planned.plan, variables));
  const ran = await planned.chosen.engine.run(box, streams, session.interruption.signal);
  if (!ran.ok) return ran;
  if (ran.value.kind === 'finished' && ran.value.status === 0) return success(true);
  const why = printable(Buffer.concat(said).toString('utf8').trim(), 2000);
  return failure({
    code: 'not-enforceable',
    what: 'the walls of build scripts cannot be made in this environment',
    why: why === '' ? `the box ended: ${ran.value.kind}` : why,
    fix: 'An image needs a C compiler for it (cc, gcc or clang); `unwalled-build-scripts: ["*"]` in your configuration does without.',
  });
}

/** A Nix environment finds its compiler by its own variables; the hardening that it adds is not for what has no libc. */
function compilerVariables({ environment }: BoxPlan, variables: BoxStep['variables']): BoxStep['variables'] {
  const own = { HOME: '/tmp', TMPDIR: '/tmp' };
  if (environment.kind !== 'nix') return { PATH: '/usr/local/bin:/usr/bin:/bin', ...own };
  return { PATH: variables.PATH ?? '', NIX_HARDENING_ENABLE: '', ...own };
}

function compilerBox(
  session: Session,
  { facts }: Planned,
  root: PreparedRoot,
  to: string,
  variables: BoxStep['variables'],
): ResolvedBox {
  const [sources, results] = [`${inside.base}/sources`, `${inside.base}/results`];
  return {
    id: `${session.nextBox()}-walls`,
    root,
    argv: ['/bin/sh', `${sources}/make.sh`, sources, results],
    workingDirectory: '/tmp',
    variables,
    mounts: [
      { kind: 'bind', source: wallSources(), target: sources, access: 'read-only' },
      { kind: 'bind', source: to, target: results, access: 'read-write' },
      { kind: 'tmpfs', target: '/tmp', sizeBytes: 256 * 1024 ** 2 },
    ],
    network: 'none',
    devices: [],
    limits: noLimits,
    streams: 'pipes',
    uid: facts.host.uid,
    gid: facts.host.gid,
  };
}
