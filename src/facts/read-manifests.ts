import { resolve } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { type Problem, printable } from '../problem/problem.ts';
import { type Locate, locateValue } from '../toml/locate-value.ts';
import { isTable, stringsAt, valueAt } from '../toml/read-table.ts';
import { expandMembers } from './expand-members.ts';
import type { ManifestFacts } from './facts.ts';
import { findWorkspace, type WorkspaceSearch } from './find-workspace.ts';
import type { OutsideFolders } from './outside-folders.ts';
import { type PathReference, pathDependencies, pathPatches } from './path-dependencies.ts';
import { isWithin } from './path-within.ts';
import type { Manifest } from './read-manifest.ts';

export interface ManifestsRequest {
  readonly root: Manifest;
  /** The package that cargo was started for, which must belong to the workspace. */
  readonly current: Manifest;
  readonly mountRoot: string;
  /** Path packages that the project's cargo configuration brings in (`paths`, `[patch]`). */
  readonly configured: readonly ConfiguredPath[];
  /** Folders of crates that the command line names: like path dependencies of the package it was started for. */
  readonly named: readonly string[];
  readonly outside: OutsideFolders;
  readonly search: WorkspaceSearch;
}

export interface ConfiguredPath {
  readonly folder: string;
  readonly where: Locate;
}

export interface FoundManifest {
  readonly manifest: Manifest;
  readonly role: ManifestFacts['role'];
}

const maximumProblems = 20;
const maximumManifests = 50_000;

interface Visit {
  readonly folder: string;
  readonly where: Locate;
  readonly how: 'member-by-name' | 'member-by-glob' | 'path' | 'path-outside-workspace';
  /** An optional dependency of a package that is no member: cargo looks at it only when a feature wants it. */
  readonly optional: boolean;
}

/** Every manifest that cargo reads for this workspace: members by name, glob or path, and all path dependencies. */
export function readManifests(request: ManifestsRequest): Result<readonly FoundManifest[]> {
  const { root, current } = request;
  const found: Found = new Map([[root.folder, { manifest: root, role: 'root' }]]);
  const first = firstVisits(request);
  if (!first.ok) return first;
  const problems: Problem[] = [];
  // A stack, taken from the end: a chain of path dependencies may be longer than the call stack.
  const visits = [...first.value];
  for (let visit = visits.pop(); visit !== undefined; visit = visits.pop()) {
    const next = follow(visit, found, request);
    if (next.ok) visits.push(...next.value);
    else problems.push(...next.problems);
    if (found.size > maximumManifests) return failure(tooMany(root));
    if (problems.length >= maximumProblems) break;
  }
  if (problems.length > 0) return failure(...problems);
  const role = found.get(current.folder)?.role;
  return role === 'root' || role === 'member' ? success(sorted([...found.values()])) : failure(notAMember(request));
}

type Found = Map<string, FoundManifest>;

/** Adds what stands at the end of one visit, and gives the visits that it leads to. */
function follow(visit: Visit, found: Found, request: ManifestsRequest): Result<readonly Visit[]> {
  const known = found.get(visit.folder);
  if (known !== undefined && !mayRise(known, visit)) return success([]);
  const loaded = load(visit, request);
  if (!loaded.ok) return loaded;
  if (loaded.value === null) return success([]);
  const role = roleOf(visit, loaded.value, request);
  if (known?.role === role) return success([]);
  found.set(visit.folder, { manifest: loaded.value, role });
  const next = nextVisits(loaded.value, role, request);
  if (!next.ok) return next;
  const { workspace } = next.value;
  if (workspace !== null && !found.has(workspace.folder)) {
    found.set(workspace.folder, { manifest: workspace, role: 'path-dependency' });
  }
  return success(next.value.visits);
}

/** What was met as a path dependency may turn out to be a member by another way. */
function mayRise(known: FoundManifest, visit: Visit): boolean {
  return known.role === 'path-dependency' && visit.how !== 'path-outside-workspace';
}

function firstVisits(request: ManifestsRequest): Result<readonly Visit[]> {
  const { root, current } = request;
  const patterns = stringsAt(root.content, 'workspace', 'members');
  const members = expandMembers(root, patterns, request.mountRoot);
  if (!members.ok) return members;
  const own = nextVisits(root, 'root', request);
  if (!own.ok) return own;
  return success([
    ...request.named.map(
      (folder): Visit => ({ folder, where: () => ({ file: current.file }), how: 'path', optional: false }),
    ),
    ...request.configured.map((path): Visit => ({ ...path, how: 'path-outside-workspace', optional: false })),
    ...members.value
      .filter(({ folder }) => !root.excludes(folder))
      .map(({ folder, where, by }): Visit => ({ folder, where, how: `member-by-${by}`, optional: false })),
    ...own.value.visits,
  ]);
}

function load(visit: Visit, request: ManifestsRequest): Result<Manifest | null> {
  const member = visit.how === 'member-by-name' || visit.how === 'member-by-glob';
  let bound = request.mountRoot;
  if (!isWithin(visit.folder, bound)) {
    if (visit.optional) return success(null);
    const what = member ? 'a member of the workspace' : 'a path dependency';
    const granted = request.outside.find(visit.folder, visit.where(), what);
    // What is not granted is asked for, and not looked at.
    if (!granted.ok || granted.value === null) return granted as Result<null>;
    bound = granted.value;
  }
  const manifest = request.search.read(visit.folder, bound, visit.where);
  if (!manifest.ok || manifest.value !== null || visit.how !== 'member-by-name') return manifest;
  return failure({
    code: 'manifest',
    what: 'a member of the workspace has no Cargo.toml',
    where: visit.where(),
    why: `there is none in ${printable(visit.folder)}`,
    fix: 'Correct workspace.members.',
  });
}

/** Cargo's rule: a path dependency is a member when it lies below the root or finds the same root, unless excluded. */
function roleOf(visit: Visit, manifest: Manifest, request: ManifestsRequest): ManifestFacts['role'] {
  const { root, search } = request;
  if (!isTable(valueAt(root.content, 'workspace')) || visit.how === 'path-outside-workspace') return 'path-dependency';
  if (visit.how === 'path' && !isWithin(manifest.folder, root.folder)) {
    const workspace = findWorkspace(manifest, { ...search, ceiling: ceilingOf(manifest, request) });
    if (!workspace.ok || workspace.value?.folder !== root.folder) return 'path-dependency';
  }
  return root.excludes(manifest.folder) ? 'path-dependency' : 'member';
}

interface NextVisits {
  readonly visits: readonly Visit[];
  /** The workspace root of a foreign path dependency, when it inherits from it. */
  readonly workspace: Manifest | null;
}

function nextVisits(manifest: Manifest, role: ManifestFacts['role'], request: ManifestsRequest): Result<NextVisits> {
  const workspace = role === 'path-dependency' ? foreignWorkspace(manifest, request) : success(request.root);
  if (!workspace.ok) return workspace;
  const dependencies = pathDependencies(manifest.content, workspace.value?.content ?? null);
  const foreign = role === 'path-dependency';
  // Dev-dependencies of packages outside of the workspace are never built, and cargo does not look for them.
  const followed = dependencies.filter((reference) => !(foreign && reference.kind === 'dev'));
  const patches = role === 'root' ? pathPatches(manifest.content) : [];
  const visits = [...followed, ...patches].map((reference): Visit => {
    const from = reference.base === 'workspace' && workspace.value !== null ? workspace.value : manifest;
    return {
      folder: resolve(from.folder, reference.path),
      where: placeOf(reference, from),
      how: reference.kind === 'patch' || foreign ? 'path-outside-workspace' : 'path',
      optional: foreign && reference.optional,
    };
  });
  return success({ visits, workspace: foreign ? workspace.value : null });
}

function foreignWorkspace(manifest: Manifest, request: ManifestsRequest): Result<Manifest | null> {
  // Without the word there is nothing to inherit, and no need to search.
  if (!manifest.text.includes('workspace')) return success(null);
  return findWorkspace(manifest, { ...request.search, ceiling: ceilingOf(manifest, request) });
}

/** A box shows nothing around a folder from outside, so no workspace is looked for around it. */
function ceilingOf({ folder }: Manifest, { mountRoot, outside }: ManifestsRequest): string {
  if (isWithin(folder, mountRoot)) return mountRoot;
  return [...outside.met.values()].find((met) => met.granted && isWithin(folder, met.folder))?.folder ?? folder;
}

function placeOf(reference: PathReference, from: Manifest): Locate {
  return () => locateValue(from.text, from.file, reference.path, [reference.name]);
}

function sorted(manifests: readonly FoundManifest[]): readonly FoundManifest[] {
  const rank = ({ role, manifest }: FoundManifest) => `${role === 'root' ? 0 : 1}${manifest.folder}`;
  return manifests
    .map((entry) => [rank(entry), entry] as const)
    .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
    .map(([, entry]) => entry);
}

function notAMember({ root, current }: ManifestsRequest): Problem {
  return {
    code: 'manifest',
    what: 'the package believes that it is in a workspace, and is not',
    where: { file: current.file },
    why: `${printable(root.file)} does not name it as a member`,
    fix: "Add it to the root's workspace.members or workspace.exclude, or give it an empty [workspace] of its own.",
  };
}

function tooMany(root: Manifest): Problem {
  return {
    code: 'manifest',
    what: `the workspace has more than ${maximumManifests} packages`,
    where: { file: root.file },
    fix: 'Split it.',
  };
}
