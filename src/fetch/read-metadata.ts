import type { ExtraCrate } from '../lock/pins.ts';
import { recordedCfg } from './prefer-recorded.ts';

export type RegistryPackage = Omit<ExtraCrate, 'checksum'>;

interface Metadata {
  readonly packages?: unknown;
  readonly workspace_members?: unknown;
  readonly resolve?: { readonly nodes?: unknown } | null;
}

interface Node {
  readonly id: string;
  readonly deps: readonly { readonly pkg: string; readonly dep_kinds?: readonly { readonly target?: unknown }[] }[];
}

/** The packages of registries that a project resolves to, by what `cargo metadata` printed; not what we had it prefer. */
export function registryPackages(output: string): readonly RegistryPackage[] {
  const metadata: Metadata = JSON.parse(output);
  const packages = Array.isArray(metadata.packages) ? metadata.packages : [];
  const reached = reachedPackages(metadata);
  return packages.flatMap((item: Record<string, unknown>) => {
    const { id, name, version, source } = item;
    if (typeof name !== 'string' || typeof version !== 'string' || typeof source !== 'string') return [];
    return /^(registry|sparse)\+/.test(source) && reached.has(id) ? [{ name, version, source }] : [];
  });
}

function reachedPackages({ resolve, workspace_members: members }: Metadata): ReadonlySet<unknown> {
  const nodes = new Map(
    (Array.isArray(resolve?.nodes) ? (resolve.nodes as Node[]) : []).map((node) => [node.id, node]),
  );
  const reached = new Set<unknown>(Array.isArray(members) ? members : []);
  // A set that grows while it is walked gives what was added, too.
  for (const id of reached) {
    for (const { pkg, dep_kinds: kinds = [] } of nodes.get(String(id))?.deps ?? []) {
      if (kinds.length === 0 || kinds.some(({ target }) => target !== recordedCfg)) reached.add(pkg);
    }
  }
  return reached;
}
