import { join } from 'node:path';
import { type Result, success } from '../base/result.ts';
import { describeConfig } from '../config/describe-config.ts';
import { findDebianRoot } from '../environment/debian/prepare-root.ts';
import { findNixRoot } from '../environment/nix/find-root.ts';
import { cacheFolders } from '../host/locations.ts';
import type { EnvironmentPlan } from '../plan/box-plan.ts';
import { wallsGap, weakLimits } from '../policy/judge-plan.ts';
import { printable } from '../problem/problem.ts';
import type { Answer } from './answer.ts';
import { table } from './answer.ts';
import { gather } from './pipeline/gather.ts';
import { makePlan, type Planned } from './pipeline/make-plan.ts';
import { makeRequest } from './pipeline/make-request.ts';
import type { Session } from './session.ts';

/** What holds here: every setting with its origin, the environment, and what this machine cannot hold. */
export async function status(session: Session): Promise<Result<Answer>> {
  const gathered = await gather(session, { manifestPath: null, project: 'optional' });
  if (!gathered.ok) return gathered;
  const { facts, config } = gathered.value;
  const build = { kind: 'cargo', name: 'build', arguments: [], globalArguments: [] } as const;
  const ready = makeRequest(session, gathered.value, build);
  if (!ready.ok) return ready;
  const planned = await makePlan(session, gathered.value, ready.value.request);
  if (!planned.ok) return planned;
  const { plan, chosen, settled } = planned.value;
  const gap = wallsGap(plan, chosen.report);
  const weak = [
    ...(plan.box === null ? [] : weakLimits(plan.box.limits, chosen.report)),
    ...(gap === null ? [] : [{ limit: 'walls of build scripts', why: gap }]),
  ];
  const settings = describeConfig(config);
  const { environment } = plan;
  const isPrepared = hasRoot(session, environment);
  const data = {
    project: join(facts.project.mountRoot, facts.project.workspace),
    mounted: facts.project.mountRoot,
    engine: {
      name: chosen.report.engine,
      version: chosen.report.version,
      path: chosen.report.path,
      traits: chosen.report.traits ?? [],
    },
    environment,
    prepared: isPrepared,
    lock: { file: settled.file, kind: settled.kind },
    toolchain: toolchainOf(planned.value),
    identity: plan.identity,
    settings,
    notHeld: weak,
  };
  const rows = [
    ['project', printable(data.project)],
    ['mounted', printable(data.mounted)],
    ['engine', `${data.engine.name} ${data.engine.version} (${[data.engine.path, ...data.engine.traits].join(', ')})`],
    ['environment', environmentText(environment, isPrepared)],
    ['lock', `${printable(settled.file)}${settled.kind === 'own' ? ' (yours: the project has none)' : ''}`],
    [
      'toolchain',
      data.toolchain === null
        ? "the image's own"
        : `${data.toolchain.name} ${data.toolchain.version}, from ${data.toolchain.reason}`,
    ],
    ['identity', plan.identity],
  ];
  const settingRows = settings.map(({ key, value, origin }) => [key, value, origin]);
  const weakRows = weak.map(({ limit, why }) => [limit, why]);
  const text = [table(rows), `\n${table(settingRows)}`, weak.length > 0 ? `\nNot held here:\n${table(weakRows)}` : ''];
  return success({ status: 0, text: text.join(''), data });
}

/** What builds; `null`: only the image knows. */
function toolchainOf({ facts: { toolchain, nixToolchain }, plan }: Planned) {
  if (plan.toolchain.kind === 'nix' && nixToolchain !== null) {
    const { name, version } = plan.toolchain;
    return { name, version, reason: `${nixToolchain.reason}, by rust-overlay` };
  }
  if (plan.toolchain.kind !== 'host' || toolchain === null) return null;
  const { name, version, reason } = toolchain;
  return { name, version, reason };
}

function hasRoot({ locations }: Session, environment: EnvironmentPlan): boolean {
  if (environment.kind === 'debian') return findDebianRoot({ locations }, environment.rootSha256) !== null;
  if (environment.kind === 'image') return true;
  return findNixRoot(join(locations.cache, cacheFolders.roots), environment.environment) !== null;
}

function environmentText(environment: EnvironmentPlan, isPrepared: boolean): string {
  const held = environment.layers ?? [];
  const layers = held.length > 0 ? ` with ${held.join(', ')}` : '';
  if (environment.kind === 'image') return `image ${printable(environment.reference)}${layers}`;
  const name =
    environment.kind === 'nix' ? `nix ${environment.environment.slice(0, 12)}` : `debian ${environment.suite}`;
  return `${name}${layers}${isPrepared ? '' : ' (not prepared yet)'}`;
}
