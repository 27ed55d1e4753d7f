import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { keys } from '../config/definition.ts';
import { deleteTree } from '../customs/delete-tree.ts';
import type { EngineReport } from '../engine/engine.ts';
import { cacheFolders } from '../host/locations.ts';
import { projectKey } from '../host/project-key.ts';
import { readForeignText } from '../host/read-file.ts';
import { printable } from '../problem/problem.ts';
import { exitCodeOf } from '../report/exit-code.ts';
import {
  judgeProbes,
  type Observation,
  type PromiseVerdict,
  readObservations,
  unwalledProbes,
  withDeclared,
} from '../selftest/judge-probes.ts';
import { layCanaries } from '../selftest/lay-canaries.ts';
import { layProject } from '../selftest/lay-project.ts';
import { type Answer, table } from './answer.ts';
import { execute } from './pipeline/execute.ts';
import { gather } from './pipeline/gather.ts';
import { makePlan } from './pipeline/make-plan.ts';
import { makeRequest } from './pipeline/make-request.ts';
import { selftestFolder } from './pipeline/reap-leftovers.ts';
import type { Session } from './session.ts';

const notHeldStatus = 77;
const mostReportBytes = 4 * 1024 * 1024;

/**
 * Attacks a box of this machine from inside, with canaries of our own: each promise with what broke it. Needs no
 * network once the environment is there.
 */
export async function selftest(session: Session): Promise<Result<Answer>> {
  const around = join(session.locations.state, selftestFolder);
  mkdirSync(join(around, session.runWord), { recursive: true, mode: 0o700 });
  const folder = realpathSync(join(around, session.runWord));
  const project = join(folder, 'project');
  const canaries = await layCanaries(folder, session.locations.state);
  const before = process.env;
  try {
    layProject(project, canaries.values);
    const added = { ...canaries.variables, [keys['unwalled-build-scripts'].variable as string]: unwalledProbes };
    process.env = { ...before, ...added };
    const variables = { ...session.host.variables, ...added };
    return await attack({ ...session, directory: project, host: { ...session.host, variables } });
  } finally {
    process.env = before;
    await canaries.close();
    await deleteTree({ within: around, relative: session.runWord });
    const target = join(cacheFolders.targets, projectKey(project, ''));
    await deleteTree({ within: session.locations.cache, relative: target });
  }
}

async function attack(session: Session): Promise<Result<Answer>> {
  const gathered = await gather(session, { manifestPath: null, project: 'needed' });
  if (!gathered.ok) return gathered;
  const build = { kind: 'cargo', name: 'build', arguments: ['--quiet'], globalArguments: [] } as const;
  const ready = makeRequest(session, gathered.value, build);
  if (!ready.ok) return ready;
  const planned = await makePlan(session, gathered.value, ready.value.request);
  if (!planned.ok) return planned;
  session.reporter.step('Attacking a box from inside');
  const executed = await execute(session, planned.value);
  if (!executed.ok) return executed;
  const { outcome, target } = executed.value;
  if (outcome.kind !== 'finished' || outcome.status !== 0) {
    session.reporter.outcome(outcome);
    return success({ status: exitCodeOf(outcome) || 1 });
  }
  const text = readForeignText(join(target, 'out/probes.jsonl'), mostReportBytes);
  if (!text.ok) return text;
  if (text.value === null) return failure({ code: 'internal', what: 'the probes of the self-test left no report' });
  const declared = planned.value.settled.pins.nix?.variables ?? {};
  const observations = withDeclared(readObservations(text.value), declared);
  return success(answer(planned.value.chosen.report, session.host.uid, observations));
}

function answer(report: EngineReport, uid: number, observations: readonly Observation[]): Answer {
  const setting = { engine: report.engine, identity: uid === 0 ? 'root' : 'user' } as const;
  const all = judgeProbes(observations, setting);
  // Where the kernel lacks them it stands below, among what this machine cannot hold.
  const verdicts = all.filter(({ promise }) => promise !== 'walls' || report.enforces.has('build-script-walls'));
  const held = verdicts.every(({ broken }) => broken.length === 0);
  const engine = { name: report.engine, version: report.version, path: report.path };
  const limits = Object.entries(report.gaps).map(([guarantee, why]) => ({ guarantee, why }));
  const rows = [...verdicts.flatMap(verdictRows), ...limits.map(({ guarantee, why }) => ['--', guarantee, why])];
  const head = `${engine.name} ${engine.version} (${engine.path})\n\n`;
  const tail = held ? '' : '\nPlease report what got through: SECURITY.md says how.\n';
  return {
    status: held ? 0 : notHeldStatus,
    text: `${head}${table(rows)}${tail}`,
    data: { engine, held, promises: verdicts, limits, probes: observations },
  };
}

function verdictRows({ what, tried, broken }: PromiseVerdict): readonly (readonly string[])[] {
  if (broken.length === 0) return [['ok', what, `held against ${tried} attacks`]];
  const attacks = broken.map(({ probe, detail }) => ['', `  ${probe}`, `got through: ${printable(detail, 120)}`]);
  return [['--', what, `not held here: ${broken.length} of ${tried} attacks got through`], ...attacks];
}
