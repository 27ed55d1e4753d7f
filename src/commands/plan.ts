import { dirname, join } from 'node:path';
import { canonicalJson } from '../base/canonical-json.ts';
import { failure, type Result, success } from '../base/result.ts';
import { madeImageName, rootImageName } from '../engine/docker/image-names.ts';
import { rootName } from '../environment/nix/find-root.ts';
import { currentView } from '../fetch/current-view.ts';
import { cacheFolders } from '../host/locations.ts';
import type { OwnCommand } from '../invocation/invocation.ts';
import { writtenManifestPath } from '../invocation/translate-arguments.ts';
import type { BoxPlan } from '../plan/box-plan.ts';
import { plainJson } from '../report/events.ts';
import type { Answer } from './answer.ts';
import { madeImageSum } from './environments/image.ts';
import { asIdentity, boxIdentity } from './pipeline/box-owner.ts';
import { coverFolders, withoutGone } from './pipeline/cover-folders.ts';
import { beyondLock } from './pipeline/fetch.ts';
import { gather } from './pipeline/gather.ts';
import { makePlan, type Planned } from './pipeline/make-plan.ts';
import { planCargo } from './pipeline/plan-cargo.ts';
import { programRequest } from './pipeline/program-request.ts';
import { projectCopyFolder } from './pipeline/project-copy.ts';
import { resolveBox } from './pipeline/resolve-box.ts';
import { targetPath } from './pipeline/target-folder.ts';
import { wallsFolder } from './pipeline/walls-folder.ts';
import type { Session } from './session.ts';

/** Shows what a command would do: as JSON the very value that the command runs, or as a command for the shell. */
export async function plan(session: Session, command: OwnCommand): Promise<Result<Answer>> {
  const planned = await planOf(session, command);
  if (!planned.ok) return planned;
  if (command.options.as === 'shell') return asShell(session, planned.value);
  const text = plainJson(canonicalJson(planned.value.plan, 2));
  return success({ status: 0, text, data: planned.value.plan });
}

async function planOf(session: Session, command: OwnCommand): Promise<Result<Planned>> {
  const inner = command.planned ?? { kind: 'cargo', name: 'build', arguments: [], globalArguments: [] };
  if (inner.kind === 'own') {
    if (inner.name !== 'exec' && inner.name !== 'shell') {
      const what = `\`${inner.name}\` runs nothing in a box, so there is no plan of it`;
      return failure({ code: 'usage', what, fix: 'Write `cargo-boxed plan` and a cargo command, `exec` or `shell`.' });
    }
    const gathered = await gather(session, { manifestPath: null, project: 'optional' });
    if (!gathered.ok) return gathered;
    return makePlan(session, gathered.value, programRequest(session, gathered.value, inner));
  }
  const manifestPath = writtenManifestPath(inner.name, inner.arguments);
  const gathered = await gather(session, { manifestPath, project: 'needed' });
  if (!gathered.ok) return gathered;
  return planCargo(session, gathered.value, inner);
}

/** The build step without us. Root, view, walls and target must be there: a build before makes them. */
function asShell(session: Session, planned: Planned): Result<Answer> {
  const { plan: boxPlan, facts, chosen } = planned;
  if (boxPlan.box === null) {
    return failure({ code: 'usage', what: 'this command runs no box of its own', fix: 'Plan a command like `build`.' });
  }
  if (boxPlan.box.ports.length > 0 || boxPlan.box.doors.some(({ kind }) => kind === 'tcp')) {
    const what = 'a port needs a relay of ours, so there is no command that does the same without us';
    return failure({ code: 'usage', what, fix: 'Leave `--as shell` out.' });
  }
  const { project } = facts;
  const { cache } = session.locations;
  const walls = wallsFolder(session.locations, boxPlan, boxPlan.box);
  const covers = coverFolders(session.locations, facts.secrets);
  if (!covers.ok) return covers;
  const user = boxIdentity(session, planned);
  const target = targetPath(session.locations, project, boxPlan.identity, user);
  const anchors = {
    project: project.mountRoot,
    target,
    'project-copy': projectCopyFolder(target),
    view: currentView(facts, session.locations, beyondLock(planned), boxPlan.fetch.targets),
    store: join(cache, cacheFolders.store),
    ...(facts.toolchain === null ? {} : { toolchain: facts.toolchain.path }),
    'cargo-bin': join(facts.host.cargoHome, 'bin'),
    ...covers.value,
    home: session.homeDirectory,
    filesystem: '/',
    beside: dirname(project.mountRoot),
    ...(walls === null ? {} : { walls }),
  };
  const folder = rootFolder(boxPlan.environment, join(cache, cacheFolders.roots));
  const root =
    chosen.docker === null
      ? ({ kind: 'directory', path: folder } as const)
      : ({ kind: 'image', id: imageName(planned) } as const);
  const resolved = resolveBox('by-hand', withoutGone(boxPlan.box, anchors), root, anchors, facts, {});
  const text = chosen.engine.shellCommand(asIdentity(session, resolved, user));
  return success({ status: 0, text, data: { shell: text } });
}

function rootFolder(environment: BoxPlan['environment'], roots: string): string {
  if (environment.kind === 'debian') return join(roots, environment.rootSha256);
  return environment.kind === 'nix' ? join(roots, rootName(environment.environment)) : '';
}

function imageName({ plan: { environment } }: Planned): string {
  if (environment.kind === 'nix') return rootImageName(environment.environment);
  if (environment.kind === 'debian') return rootImageName(environment.rootSha256);
  const { digest, addedSha256 } = environment;
  return addedSha256 === undefined ? digest : madeImageName(madeImageSum(digest, addedSha256));
}
