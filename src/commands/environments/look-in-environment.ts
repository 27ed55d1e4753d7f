import { join } from 'node:path';
import { rootHas } from '../../environment/debian/look-in-root.ts';
import { findDebianRoot } from '../../environment/debian/prepare-root.ts';
import { hasOneOf } from '../../environment/has-one-of.ts';
import { imagePlaces } from '../../environment/image/image-places.ts';
import { findNixRoot } from '../../environment/nix/find-root.ts';
import { nixPlaces } from '../../environment/nix/nix-places.ts';
import { cacheFolders } from '../../host/locations.ts';
import type { Wanted } from '../../layers/wanted.ts';
import type { Providers } from '../../learning/choose-additions.ts';
import type { Planned } from '../pipeline/make-plan.ts';
import type { Session } from '../session.ts';
import { debianHost } from './debian.ts';
import { lookInImage } from './image.ts';

type Look = Providers['look'];
const nothing: Look = async () => () => false;

/** What there is already in the environment of a plan that has run; of one that cannot be looked into nothing. */
export function lookInEnvironment(session: Session, planned: Planned): Look {
  const { plan, settled } = planned;
  switch (plan.environment.kind) {
    case 'debian': {
      const host = debianHost(session, planned.config, planned.facts.project.mountRoot);
      const root = findDebianRoot(host, plan.environment.rootSha256);
      return root === null ? nothing : async () => (wanted) => rootHas(root.path, wanted);
    }
    case 'nix': {
      const root = findNixRoot(join(session.locations.cache, cacheFolders.roots), plan.environment.environment);
      const variables = settled.pins.nix?.variables ?? {};
      if (root === null) return nothing;
      return async () => (wanted) => hasOneOf(root, nixPlaces(wanted, variables));
    }
    default:
      return (wanted) => inImage(session, planned, wanted);
  }
}

/** Far more than any build looks for: the engine is asked for each path. */
const mostPaths = 1000;

async function inImage(session: Session, planned: Planned, wanted: readonly Wanted[]): ReturnType<Look> {
  const { config, facts, settled } = planned;
  const pins = settled.pins.image;
  if (pins === undefined) return () => false;
  const triplets = [`${session.host.architecture}-linux-gnu`];
  const placesOf = (one: Wanted) => imagePlaces(one, pins.variables, triplets);
  const paths = [...new Set(wanted.flatMap(placesOf))].slice(0, mostPaths);
  const there = await lookInImage(session, config, facts.project.mountRoot, pins, paths);
  return (one) => placesOf(one).some((path) => there.has(path));
}
