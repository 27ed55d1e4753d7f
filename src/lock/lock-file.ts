import type { DebianPins, ImagePins, NixPins, Pins, ToolchainPins } from './pins.ts';

/** A `cargo-boxed.lock` as a whole: environments side by side, for several machines. A machine uses `Pins` of it. */
export interface LockFile extends Omit<Pins, 'debian' | 'image' | 'nix' | 'toolchain'> {
  readonly debian: readonly DebianPins[];
  readonly image: readonly ImagePins[];
  readonly nix: readonly NixPins[];
  readonly toolchain: readonly ToolchainPins[];
}

/** What a machine with a configuration looks for in a lock. */
export interface PinWish {
  readonly suite: string;
  /** As Debian names it. */
  readonly architecture: string;
  /** As Nix names it. */
  readonly system: string;
  readonly image: string | null;
  /** The triple of the toolchain's host; `null` without one. */
  readonly host: string | null;
}

/** The pins for one machine and configuration: what fits best, so that what does not fit can be named. */
export function selectPins({ debian, image, nix, toolchain, ...rest }: LockFile, wish: PinWish): Pins {
  const best = <Item>(items: readonly Item[], ...fits: readonly ((item: Item) => boolean)[]) => {
    const points = (item: Item) =>
      fits.reduce((sum, isFit, at) => sum + (isFit(item) ? 2 ** (fits.length - at) : 0), 0);
    return [...items].sort((left, right) => points(right) - points(left))[0];
  };
  const chosen = {
    debian: best(
      debian,
      ({ suite }) => suite === wish.suite,
      ({ architecture }) => architecture === wish.architecture,
    ),
    image: best(
      image,
      ({ reference }) => reference === wish.image,
      ({ added }) => added?.architecture === wish.architecture,
    ),
    nix: best(nix, ({ system }) => system === wish.system),
    toolchain: best(toolchain, ({ name }) => wish.host !== null && name.endsWith(wish.host)),
  };
  return { ...rest, ...present(chosen) };
}

/** The first of each: all that there is in a file of our own. */
export function firstPins({ debian, image, nix, toolchain, ...rest }: LockFile): Pins {
  return { ...rest, ...present({ debian: debian[0], image: image[0], nix: nix[0], toolchain: toolchain[0] }) };
}

/** A lock with these pins in the place of those for the same machine and environment; all others stay. */
export function withPins(lock: LockFile | null, { debian, image, nix, toolchain, ...rest }: Pins): LockFile {
  return {
    ...rest,
    debian: replaced(lock?.debian, debian, keyOf.debian),
    image: replaced(lock?.image, image, keyOf.image),
    nix: replaced(lock?.nix, nix, keyOf.nix),
    toolchain: replaced(lock?.toolchain, toolchain, keyOf.toolchain),
  };
}

/** Names of what a lock has beside these pins: for another machine, suite or image. */
export function othersOf(lock: LockFile, pins: Pins): readonly string[] {
  const debian = lock.debian.filter((one) => pins.debian === undefined || !isSame(keyOf.debian, one, pins.debian));
  const image = lock.image.filter((one) => pins.image === undefined || !isSame(keyOf.image, one, pins.image));
  const nix = lock.nix.filter((one) => pins.nix === undefined || !isSame(keyOf.nix, one, pins.nix));
  return [
    ...debian.map(({ suite, architecture }) => `Debian ${suite} for ${architecture}`),
    ...nix.map(({ system }) => `Nix for ${system}`),
    ...image.map(({ reference, added }) => `the image ${reference}${added ? ` for ${added.architecture}` : ''}`),
  ];
}

/** What makes two entries stand for the same. */
export const keyOf = {
  debian: ({ suite, architecture }: DebianPins) => `${suite} ${architecture}`,
  image: ({ reference, added }: ImagePins) => `${reference} ${added?.architecture ?? ''}`,
  nix: ({ system }: NixPins) => system,
  toolchain: ({ name }: ToolchainPins) => /(?:^|-)((?:x86_64|aarch64)-.+)$/.exec(name)?.[1] ?? name,
} as const;

/** As it is written: what there is one of stands alone, several are a sorted list. */
export function writtenLock({ debian, image, nix, toolchain, ...rest }: LockFile): object {
  const one = <Item>(items: readonly Item[]) => (items.length > 1 ? items : items[0]);
  return { ...rest, ...present({ debian: one(debian), image: one(image), nix: one(nix), toolchain: one(toolchain) }) };
}

function replaced<Item>(
  held: readonly Item[] = [],
  fresh: Item | undefined,
  key: (item: Item) => string,
): readonly Item[] {
  const kept = fresh === undefined ? held : [...held.filter((one) => !isSame(key, one, fresh)), fresh];
  return [...kept].sort((left, right) => (key(left) < key(right) ? -1 : 1));
}

function isSame<Item>(key: (item: Item) => string, left: Item, right: Item): boolean {
  return key(left) === key(right);
}

type Present<Fields> = { readonly [name in keyof Fields]?: Exclude<Fields[name], undefined> };

function present<Fields extends object>(fields: Fields): Present<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<Fields>;
}
