import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Wanted } from '../../layers/wanted.ts';
import { hasOneOf } from '../has-one-of.ts';
import { debianPlaces } from './debian-places.ts';

/** Whether a root has what a build looked for, by the places where Debian puts it. */
export function rootHas(root: string, wanted: Wanted): boolean {
  return hasOneOf(root, debianPlaces(wanted, triplets(root)));
}

function triplets(root: string): readonly string[] {
  try {
    return readdirSync(join(root, 'usr/lib')).filter((name) => /^[a-z0-9_]+-linux-gnu[a-z0-9]*$/.test(name));
  } catch {
    return [];
  }
}
