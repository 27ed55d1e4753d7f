import { describeWanted, type Wanted } from '../layers/wanted.ts';
import { isSameAddition } from '../lock/learned-additions.ts';
import type { Learned } from '../lock/pins.ts';
import type { Provider, Providers } from './choose-additions.ts';
import type { Need } from './find-certain.ts';

/** No build is sure to need more; what crates say of themselves comes from outside. */
const mostAdditions = 30;

export interface CertainProviders extends Providers {
  /** Names of the layers that the environment was made with. */
  readonly layers: readonly string[];
  /** What shows that a layer is there, by whatever name somebody has put it there: one of these is enough. */
  signsOf(layer: string): readonly Wanted[];
}

/** What has these, beside what the root has and what is known; of what nothing has, nothing. */
export async function chooseCertain(
  needs: readonly Need[],
  known: readonly Learned[],
  providers: CertainProviders,
): Promise<readonly Learned[]> {
  const chosen: Learned[] = [];
  const signs = (need: Need) => (need.told === 'manifest' ? need.oneOf : providers.signsOf(need.layer));
  const isThere = await providers.look(needs.flatMap(signs));
  const hasIt = (need: Need) =>
    (need.told === 'measured' && providers.layers.includes(need.layer)) || signs(need).some(isThere);
  const looked = new Map<string, Promise<Found | null>>();
  for (const need of needs) {
    if (chosen.length >= mostAdditions) break;
    if (hasIt(need)) continue;
    const key = need.told === 'manifest' ? need.oneOf.map(describeWanted).join() : `layer ${need.layer}`;
    const found = looked.get(key) ?? lookUp(need, providers);
    looked.set(key, found);
    const held = await found;
    if (held === null || [...known, ...chosen].some((one) => isSameAddition(one, held.provider))) continue;
    chosen.push({ ...held.provider, crate: need.crate, wanted: describeWanted(held.wanted), told: need.told });
  }
  return chosen;
}

interface Found {
  readonly provider: Provider;
  readonly wanted: Wanted;
}

async function lookUp(need: Need, providers: Providers): Promise<Found | null> {
  if (need.told === 'measured') {
    const { layer, crate } = need;
    return { provider: { kind: 'layer', name: layer }, wanted: { kind: 'crate', name: crate } };
  }
  for (const wanted of need.oneOf) {
    const provider = await providers.find(wanted);
    if (provider !== null) return { provider, wanted };
  }
  return null;
}
