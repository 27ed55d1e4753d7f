import type { Config, DebianSuite } from '../config/config.ts';
import type { ContentsIndex } from '../environment/debian/contents-index.ts';
import { rootHas } from '../environment/debian/look-in-root.ts';
import { findDebianRoot } from '../environment/debian/prepare-root.ts';
import { layersProviding } from '../layers/find-layers.ts';
import type { Wanted } from '../layers/wanted.ts';
import type { Providers } from '../learning/choose-additions.ts';
import { choosePackage } from '../learning/choose-package.ts';
import { debianArchitecture } from '../lock/debian-architecture.ts';
import type { EnvironmentPlan } from '../plan/box-plan.ts';
import { debianHost } from './debian.ts';
import type { Session } from './session.ts';

/** The catalogue of layers first; for what it does not have, the list of files of the suite, made when it is needed. */
export async function findProviders(
  session: Session,
  config: Config,
  mountRoot: string,
  { environment, suite }: { readonly environment: EnvironmentPlan; readonly suite: DebianSuite },
): Promise<Providers> {
  const host = debianHost(session, config, mountRoot);
  const root = environment.kind === 'debian' ? findDebianRoot(host, environment.rootSha256) : null;
  let index: ContentsIndex | null | undefined;
  const openIndex = async () => {
    const { openContentsIndex } = await import('../environment/debian/contents-index.ts');
    const { rootMaker } = await import('./root-maker.ts');
    const maker = await rootMaker(session, config, host);
    if (!maker.ok) return null;
    const architecture = debianArchitecture(session.host.architecture);
    const opened = await openContentsIndex(maker.value, { suite, architecture });
    // Without it the catalogue is what there is: the build goes on to fail as it did.
    if (!opened.ok) session.reporter.note(`Only layers are looked at: ${opened.problems[0]?.what ?? ''}`);
    return opened.ok ? opened.value : null;
  };
  return {
    has: (wanted) => root !== null && rootHas(root.path, wanted),
    find: async (wanted: Wanted) => {
      const layer = layersProviding(wanted, suite)[0];
      if (layer !== undefined) return { kind: 'layer', name: layer };
      // A package of Debian is of no use to an environment of Nix.
      if (environment.kind === 'nix') return null;
      index ??= await openIndex();
      const name = index === null || index === undefined ? null : choosePackage(wanted, index);
      return name === null ? null : { kind: 'package', name };
    },
  };
}
