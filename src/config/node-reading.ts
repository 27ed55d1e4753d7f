import type { Location } from './document.ts';
import type { Complaint } from './read-value.ts';

/** A value with the places of its items, or what is wrong and where exactly. */
export type NodeReading =
  | { readonly ok: true; readonly value: unknown; readonly items?: ReadonlyMap<string, Location> }
  | (Complaint & { readonly place: Location });
