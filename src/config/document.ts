import type { Place } from '../problem/problem.ts';

/** A configuration document with the place of everything in it: YAML and TOML end in the same tree. */
export type DocumentNode = MapNode | ListNode | ScalarNode;

export interface MapNode {
  readonly kind: 'map';
  readonly place: Location;
  /** In the order of the file; no key occurs twice. */
  readonly entries: readonly MapEntry[];
}
export interface MapEntry {
  readonly key: string;
  readonly place: Location;
  readonly value: DocumentNode;
}
export interface ListNode {
  readonly kind: 'list';
  readonly place: Location;
  readonly items: readonly DocumentNode[];
}
export interface ScalarNode {
  readonly kind: 'scalar';
  readonly place: Location;
  /** `date`: a TOML date, which no key takes. */
  readonly type: 'text' | 'number' | 'boolean' | 'nothing' | 'date';
  /** As it stands in the file, without quotes; for TOML numbers, as JavaScript writes them. */
  readonly text: string;
}

export type Location = Required<Place>;

/** Deeper than any configuration needs, and far from the depth at which a recursive reader fails. */
export const maximumDepth = 16;
