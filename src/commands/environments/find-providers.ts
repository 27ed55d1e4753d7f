import type { DebianSuite } from '../../config/config.ts';
import type { ContentsIndex } from '../../environment/debian/contents-index.ts';
import { layersProviding } from '../../layers/find-layers.ts';
import type { Wanted } from '../../layers/wanted.ts';
import type { Providers } from '../../learning/choose-additions.ts';
import { chooseBelow, choosePackage } from '../../learning/choose-package.ts';
import { debianArchitecture } from '../../lock/debian-architecture.ts';
import type { Problem } from '../../problem/problem.ts';
import type { Planned } from '../pipeline/make-plan.ts';
import type { Session } from '../session.ts';
import { debianHost } from './debian.ts';
import { lookInEnvironment } from './look-in-environment.ts';
import { suiteLookedThrough } from './suite-of.ts';

export interface SuiteProviders extends Providers {
  /** `false`: a list of files could not be read, and only layers were looked at. */
  isWhole(): Promise<boolean>;
}

/** The catalogue of layers first; for what it does not have, the list of files of the suite, made when it is needed. */
export function findProviders(
  session: Session,
  planned: Planned,
  suite: DebianSuite = suiteLookedThrough(planned.config, planned.settled.pins),
): SuiteProviders {
  const { config, facts, plan } = planned;
  const host = debianHost(session, config, facts.project.mountRoot);
  // Asked for once, also where it cannot be had.
  let opening: Promise<ContentsIndex | null> | null = null;
  const openIndex = async () => {
    const { openContentsIndex } = await import('../../environment/debian/contents-index.ts');
    const { rootMaker } = await import('./root-maker.ts');
    const maker = await rootMaker(session, config, host);
    if (!maker.ok) return null;
    const architecture = debianArchitecture(session.host.architecture);
    const opened = await openContentsIndex(maker.value, { suite, architecture });
    // Without it the catalogue is what there is: the build goes on to fail as it did.
    if (!opened.ok) session.reporter.note(`Of Debian ${suite} only layers are looked at: ${reasonOf(opened.problems)}`);
    return opened.ok ? opened.value : null;
  };
  return {
    isWhole: async () => opening === null || (await opening) !== null,
    look: lookInEnvironment(session, planned),
    find: async (wanted: Wanted) => {
      const layer = layersProviding(wanted, suite)[0];
      if (layer !== undefined) return { kind: 'layer', name: layer };
      // A package of Debian is of no use to an environment of Nix.
      if (plan.environment.kind === 'nix') return null;
      opening ??= openIndex();
      const index = await opening;
      if (index === null) return null;
      const name = choosePackage(wanted, index);
      if (name !== null) return { kind: 'package', name };
      const below = wanted.kind === 'header' ? chooseBelow(wanted.name, index) : null;
      return below === null ? null : { kind: 'package', ...below };
    },
  };
}

function reasonOf([problem]: readonly Problem[]): string {
  return [problem?.what, problem?.why].filter((words) => words !== undefined).join(': ');
}
