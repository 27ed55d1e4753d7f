import { Writable } from 'node:stream';
import { type Result, success } from '../../base/result.ts';
import type { PreparedRoot, ResolvedBox } from '../../engine/engine.ts';
import { type BoxPlan, type BoxStep, inside, noLimits } from '../../plan/box-plan.ts';
import { printable } from '../../problem/problem.ts';
import type { Session } from '../session.ts';
import type { Planned } from './make-plan.ts';

/** What is compiled for a root: the sources have a `make.sh`, which is told where they are and where the results go. */
export interface MakeInBox {
  readonly sources: string;
  readonly to: string;
  /** Of the box that the results are for: of these what finds a compiler. */
  readonly variables: BoxStep['variables'];
  /** More words for `make.sh`. */
  readonly words: readonly string[];
}

/** Makes parts of ours by the root's own compiler, in a box that sees nothing of the project; gives why it could not. */
export async function makeInBox(
  session: Session,
  planned: Planned,
  root: PreparedRoot,
  wish: MakeInBox,
): Promise<Result<string | null>> {
  const said: Buffer[] = [];
  const output = () =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        if (said.length < 100) said.push(chunk);
        done();
      },
    });
  const streams = { stdin: 'none', stdout: output(), stderr: output() } as const;
  const ran = await planned.chosen.engine.run(
    compilerBox(session, planned, root, wish),
    streams,
    session.interruption.signal,
  );
  if (!ran.ok) return ran;
  if (ran.value.kind === 'finished' && ran.value.status === 0) return success(null);
  const why = printable(Buffer.concat(said).toString('utf8').trim(), 2000);
  return success(why === '' ? `the box ended: ${ran.value.kind}` : why);
}

/** A Nix environment finds its compiler by its own variables; the hardening that it adds is not for what has no libc. */
function compilerVariables({ environment }: BoxPlan, variables: BoxStep['variables']): BoxStep['variables'] {
  const own = { HOME: '/tmp', TMPDIR: '/tmp' };
  if (environment.kind !== 'nix') return { PATH: '/usr/local/bin:/usr/bin:/bin', ...own };
  return { PATH: variables.PATH ?? '', NIX_HARDENING_ENABLE: '', ...own };
}

function compilerBox(session: Session, planned: Planned, root: PreparedRoot, wish: MakeInBox): ResolvedBox {
  const [sources, results] = [`${inside.base}/sources`, `${inside.base}/results`];
  const { uid, gid } = planned.facts.host;
  return {
    id: `${session.nextBox()}-made`,
    root,
    argv: ['/bin/sh', `${sources}/make.sh`, sources, results, ...wish.words],
    workingDirectory: '/tmp',
    variables: compilerVariables(planned.plan, wish.variables),
    mounts: [
      { kind: 'bind', source: wish.sources, target: sources, access: 'read-only' },
      { kind: 'bind', source: wish.to, target: results, access: 'read-write' },
      { kind: 'tmpfs', target: '/tmp', sizeBytes: 256 * 1024 ** 2 },
    ],
    network: 'none',
    devices: [],
    limits: noLimits,
    streams: 'pipes',
    uid,
    gid,
  };
}
