import { type BuildScriptWalls, type EnvironmentPlan, inside, type Mount } from './box-plan.ts';
import type { Variation } from './variations.ts';

/** What is loaded into every dynamic program of a box. */
export interface Preloaded {
  readonly walls: BuildScriptWalls | null;
  readonly recording: 'on' | 'off';
  /** What of a trial needs it. */
  readonly trial: readonly Variation[];
}

/** Folders of libraries with their rules, and the list for the loader of programs that names the libraries. */
export function preloadMounts(preloaded: Preloaded, environment: EnvironmentPlan['kind']): readonly Mount[] {
  const { walls, recording, trial } = preloaded;
  const lists = environment === 'nix' ? [preloadList, nixPreloadList] : [preloadList];
  const list = listOf(preloaded);
  return [
    ...(walls === null ? [] : [readOnly('walls', '', inside.wall)]),
    ...(trial.length === 0 ? [] : [readOnly('variations', '', inside.variations)]),
    ...(list === null ? [] : lists.map((target) => readOnly(list.anchor, list.path, target))),
    ...(walls === null || recording === 'off' ? [] : [record]),
  ];
}

const record: Mount = {
  kind: 'bind',
  source: { anchor: 'record', path: '' },
  target: inside.record,
  access: 'read-write',
};

function listOf({ walls, recording, trial }: Preloaded): ReturnType<typeof listIn> | null {
  if (trial.length > 0) return listIn('variations', variationsList(walls !== null, trial));
  if (walls === null) return null;
  return listIn('walls', recording === 'on' ? 'ld.so.preload-recording' : 'ld.so.preload');
}

function listIn(anchor: 'walls' | 'variations', path: string) {
  return { anchor, path };
}

function readOnly(anchor: 'walls' | 'variations', path: string, target: string): Mount {
  return { kind: 'bind', source: { anchor, path }, target, access: 'read-only' };
}

/** The name of the list that has these libraries, and that of the walls before them. */
export function variationsList(hasWalls: boolean, trial: readonly Variation[]): string {
  return ['list', ...(hasWalls ? ['walls'] : []), ...trial].join('-');
}

/** The loader of glibc reads it at every start of a program; other loaders do not. */
export const preloadList = '/etc/ld.so.preload';
/** The loader of nixpkgs' glibc has the list of the root that it is in, and not that of the machine. */
const nixPreloadList = '/etc/ld-nix.so.preload';
