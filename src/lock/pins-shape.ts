import { nixAttribute, nixSource } from '../config/value-type.ts';
import { printable } from '../problem/problem.ts';
import { revisionPattern } from './nix-archive.ts';

/** What is wrong with a value, and where below it: `.packages[3].sha256`. The place is only put together when there is a fault. */
interface Fault {
  readonly place: string;
  readonly what: string;
}

/** The first thing that is wrong; `null`: nothing. */
type Check = (value: unknown) => Fault | null;

const sha256 = /^[0-9a-f]{64}$/;
const word = /^[A-Za-z0-9][A-Za-z0-9+.~:_-]*$/;
const poolPath = /^[A-Za-z0-9+.~_%-]+(\/[A-Za-z0-9+.~_%-]+)*$/;
const time = /^\d{8}T\d{6}Z$/;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWord(pattern: RegExp, value: unknown): boolean {
  return typeof value === 'string' && pattern.test(value);
}

const mostCharacters = 1000;

/** Words that are shown to people: none that acts on a terminal, or that nobody sees, is in a lock of ours. */
function isShort(value: unknown): boolean {
  return typeof value === 'string' && value.length < mostCharacters && printable(value, mostCharacters) === value;
}

const holds =
  (is: (value: unknown) => boolean): Check =>
  (value) =>
    is(value) ? null : { place: '', what: value === undefined ? 'is missing' : 'is not as cargo-boxed writes it' };
const matches = (pattern: RegExp): Check => holds((value) => isWord(pattern, value));
const isText: Check = holds(isShort);
const isSize: Check = holds((value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0);
const mostItems = 20_000;

const never = holds(() => false);

const listOf =
  (check: Check): Check =>
  (value) => {
    if (!Array.isArray(value)) return never(value);
    if (value.length >= mostItems) return { place: '', what: 'is too long' };
    for (let index = 0; index < value.length; index++) {
      const fault = check(value[index]);
      if (fault !== null) return { ...fault, place: `[${index}]${fault.place}` };
    }
    return null;
  };

const record = (checks: Readonly<Record<string, Check>>): Check => {
  const entries = Object.entries(checks);
  return (value) => {
    if (!isRecord(value)) return never(value);
    for (const key of Object.keys(value))
      if (!Object.hasOwn(checks, key)) return { place: `.${printable(key, 40)}`, what: 'is not known' };
    for (const [key, check] of entries) {
      const fault = check(value[key]);
      if (fault !== null) return { ...fault, place: `.${key}${fault.place}` };
    }
    return null;
  };
};

const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined ? null : check(value);

/** One, or a list of those for several machines and environments. */
const oneOrMore =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.length > 0 ? listOf(check)(value) : check(value);

const packages = listOf(
  record({
    name: matches(word),
    version: matches(word),
    architecture: matches(word),
    archive: matches(word),
    path: holds((value) => isWord(poolPath, value) && !String(value).split('/').includes('..')),
    sizeBytes: isSize,
    sha256: matches(sha256),
    snapshot: optional(matches(time)),
  }),
);

const addedSet: Readonly<Record<string, Check>> = {
  names: listOf(matches(word)),
  snapshot: matches(time),
  packages,
};

const nixArchive = record({
  url: matches(nixSource.pattern),
  rev: holds((value) => value === null || isWord(revisionPattern, value)),
  narHash: matches(/^sha256-[A-Za-z0-9+/]{43}=$/),
});

const sections: Readonly<Record<string, Check>> = {
  about: optional(isText),
  debian: optional(
    oneOrMore(
      record({
        suite: matches(word),
        architecture: matches(word),
        layers: listOf(matches(word)),
        snapshot: matches(time),
        rootSha256: matches(sha256),
        packages,
        added: optional(record({ ...addedSet, baseSha256: matches(sha256) })),
      }),
    ),
  ),
  image: optional(
    oneOrMore(
      record({
        reference: isText,
        digest: matches(/^sha256:[0-9a-f]{64}$/),
        cargo: holds((value) => value === null || isWord(/^\/[^\0]{1,500}$/, value)),
        variables: holds(
          (value) =>
            isRecord(value) &&
            Object.keys(value).every((key) => isWord(/^[A-Z_]{1,40}$/, key)) &&
            Object.values(value).every((held) => isShort(held)),
        ),
        system: optional(record({ id: matches(word), release: holds((value) => value === '' || isWord(word, value)) })),
        added: optional(
          record({ ...addedSet, suite: matches(word), architecture: matches(word), layers: listOf(matches(word)) }),
        ),
      }),
    ),
  ),
  nix: optional(
    oneOrMore(
      record({
        system: matches(/^[a-z0-9_]{1,20}-linux$/),
        nixpkgs: nixArchive,
        rustOverlay: optional(nixArchive),
        toolchain: optional(
          record({
            channel: matches(word),
            profile: matches(word),
            components: listOf(matches(word)),
            targets: listOf(matches(word)),
            version: matches(word),
            output: matches(/^[0-9a-df-np-sv-z]{32}-[A-Za-z0-9+._?=-]{1,200}$/),
          }),
        ),
        layers: listOf(matches(word)),
        packages: listOf(matches(nixAttribute.pattern)),
        own: optional(
          record({
            kind: holds((value) => value === 'file' || value === 'flake'),
            path: isText,
            shell: holds((value) => value === null || isWord(nixAttribute.pattern, value)),
            sha256: matches(sha256),
            fetches: listOf(
              record({
                name: matches(/^[A-Za-z0-9+._?=-]{1,200}$/),
                url: isText,
                narHash: matches(/^sha256-[A-Za-z0-9+/]{43}=$/),
              }),
            ),
          }),
        ),
        expressionSha256: matches(sha256),
        environment: matches(/^[0-9a-df-np-sv-z]{32}-cargo-boxed-environment$/),
        variables: holds(
          (value) =>
            isRecord(value) &&
            Object.keys(value).every((key) => isWord(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, key)) &&
            Object.values(value).every(
              (text) => typeof text === 'string' && text.length <= 65_536 && !text.includes('\0'),
            ),
        ),
      }),
    ),
  ),
  toolchain: optional(
    oneOrMore(
      record({
        name: matches(word),
        version: isText,
        manifestSha256: matches(sha256),
        components: listOf(record({ name: isText, sha256: matches(sha256) })),
      }),
    ),
  ),
  maker: optional(
    record({
      reference: isText,
      digest: matches(/^sha256:[0-9a-f]{64}$/),
      suite: matches(word),
      snapshot: matches(time),
      packages,
    }),
  ),
  learned: optional(
    listOf(
      record({
        kind: holds((value) => value === 'layer' || value === 'package' || value === 'suite'),
        name: matches(word),
        crate: isText,
        wanted: isText,
        told: optional(holds((value) => value === 'manifest' || value === 'measured')),
      }),
    ),
  ),
  extraCrates: optional(listOf(record({ name: isText, version: isText, source: isText, checksum: isText }))),
};

const whole = record({ version: holds((value) => value === 1), ...sections });

/** The first fault of a lock of this format, in words: `debian.packages[3].sha256 is not as cargo-boxed writes it`. */
export function faultOf(lock: Record<string, unknown>): string | null {
  const fault = whole(lock);
  return fault === null ? null : `${fault.place.replace(/^\./, '')} ${fault.what}`;
}
