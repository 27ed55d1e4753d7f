import { dirname } from 'node:path';
import { type Result, success } from '../../base/result.ts';
import type { DebianSuite } from '../../config/config.ts';
import { additionPackages } from '../../layers/additions.ts';
import type { DebianPackage, DebianPins } from '../../lock/pins.ts';
import type { DebianHost } from './debian-host.ts';
import { packageListOf, pinPackages, resolveAdded, snapshotTime } from './make-pins.ts';
import { addToRoot, basePins, oneAtATime, prepareDebianRoot } from './prepare-root.ts';
import { resolveDebianPackages } from './resolve-packages.ts';

/**
 * Pins with today's version of these packages, of those that today's need, and of those that are built from the same
 * source as one that changes; all others keep theirs. A set that does not fit together is apt's error, and changes nothing.
 */
export async function updateDebianPins(
  host: DebianHost,
  pins: DebianPins,
  names: readonly string[],
  now: Date,
): Promise<Result<DebianPins>> {
  const wanted = new Set(names);
  const base = await updateBase(host, basePins(pins), wanted, now);
  if (!base.ok || pins.added === undefined) return base;
  const root = await prepareDebianRoot(host, base.value);
  if (!root.ok) return root;
  const { suite, architecture, added, layers } = pins;
  const all = additionPackages({ layers, packages: added.names }, suite as DebianSuite);
  if (!all.ok) return all;
  const installed = packageListOf(root.value);
  if (!installed.ok) return installed;
  const on = { suite, architecture, installed: installed.value };
  const isAdded = added.packages.some(({ name }) => wanted.has(name));
  const packages = isAdded
    ? await renewAdded(host, on, added.packages, { all: all.value, wanted, now })
    : success(added.packages);
  if (!packages.ok) return packages;
  const isSame = base.value.rootSha256 === added.baseSha256 && packages.value === added.packages;
  if (isSame) return success(pins);
  const fresh = { ...added, packages: packages.value, baseSha256: base.value.rootSha256 };
  return oneAtATime(host, async () => {
    const made = await addToRoot(host, root.value, { suite, ...fresh }, null);
    return made.ok ? success({ ...base.value, layers, added: fresh, rootSha256: made.value.sha256 }) : made;
  });
}

async function updateBase(
  host: DebianHost,
  base: DebianPins,
  wanted: ReadonlySet<string>,
  now: Date,
): Promise<Result<DebianPins>> {
  if (!base.packages.some(({ name }) => wanted.has(name))) return success(base);
  const { suite, architecture, snapshot } = base;
  const today = await resolveDebianPackages(host, { kind: 'box', suite: suite as DebianSuite }, architecture);
  if (!today.ok) return today;
  const packages = renewed(base.packages, today.value, wanted, snapshotTime(now));
  if (packages === base.packages) return success(base);
  return pinPackages(host, { suite, architecture, layers: [], snapshot }, packages);
}

async function renewAdded(
  host: DebianHost,
  on: Parameters<typeof resolveAdded>[1],
  held: readonly DebianPackage[],
  { all, wanted, now }: { readonly all: readonly string[]; readonly wanted: ReadonlySet<string>; readonly now: Date },
): Promise<Result<readonly DebianPackage[]>> {
  const today = await resolveAdded(host, on, all);
  if (!today.ok) return today;
  const alone = await resolveAdded(
    host,
    on,
    [...wanted].filter((name) => held.some((one) => one.name === name)),
  );
  if (!alone.ok) return alone;
  const names = new Set([...wanted, ...alone.value.map(({ name }) => name)]);
  return success(renewed(held, today.value, names, snapshotTime(now)));
}

/** The same list when nothing in it changes. */
export function renewed(
  held: readonly DebianPackage[],
  today: readonly DebianPackage[],
  wanted: ReadonlySet<string>,
  snapshot: string,
): readonly DebianPackage[] {
  const known = new Map(held.map((one) => [one.name, one]));
  const isOther = (one: DebianPackage) => {
    const old = known.get(one.name);
    return old?.version !== one.version || old.sha256 !== one.sha256;
  };
  const sources = new Set(today.filter((one) => wanted.has(one.name) && isOther(one)).map(({ path }) => dirname(path)));
  if (sources.size === 0) return held;
  const fresh = today.filter((one) => isOther(one) && (wanted.has(one.name) || sources.has(dirname(one.path))));
  const kept = held.filter(({ name }) => !fresh.some((one) => one.name === name));
  return [...kept, ...fresh.map((one) => ({ ...one, snapshot }))].sort((left, right) =>
    left.name < right.name ? -1 : 1,
  );
}
