import { failure, type Result, success } from '../base/result.ts';
import { nixAttribute, nixSource } from '../config/value-type.ts';
import { readForeignText } from '../host/read-file.ts';
import { printable } from '../problem/problem.ts';
import type { Pins } from './pins.ts';

const maximumLockBytes = 4 * 1024 * 1024;
const sha256 = /^[0-9a-f]{64}$/;
const word = /^[A-Za-z0-9][A-Za-z0-9+.~:_-]*$/;
const poolPath = /^[A-Za-z0-9+.~_%-]+(\/[A-Za-z0-9+.~_%-]+)*$/;

/** Reads a `cargo-boxed.lock` as foreign data; every value is checked before anybody uses it. `null`: there is none. */
export function readPins(file: string): Result<Pins | null> {
  const text = readForeignText(file, maximumLockBytes);
  if (!text.ok) return text;
  if (text.value === null) return success(null);
  const broken = (why: string) =>
    failure({
      code: 'config',
      what: 'cargo-boxed.lock cannot be used',
      where: { file },
      why,
      fix: 'Run `cargo-boxed lock`.',
    });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.value);
  } catch {
    return broken('it is not JSON');
  }
  if (!isRecord(parsed)) return broken('it is not an object');
  if (parsed.version !== 1) return broken('its version is not 1: another release of cargo-boxed wrote it');
  const fault = firstFault(parsed);
  return fault === null ? success(parsed as unknown as Pins) : broken(fault);
}

/** What a file of our own holds already, to write it anew with more; a broken one is written over. */
export function keptPins(file: string): Pins {
  const read = readPins(file);
  return (read.ok ? read.value : null) ?? { version: 1 };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Check = (value: unknown) => boolean;
const matches =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value);
const isText: Check = (value) => typeof value === 'string' && value.length < 1000;
const isSize: Check = (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.length < 20_000 && value.every(check);
const record =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isRecord(value) &&
    Object.keys(value).every((key) => Object.hasOwn(checks, key)) &&
    Object.entries(checks).every(([key, check]) => check(value[key]));
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

const packages = listOf(
  record({
    name: matches(word),
    version: matches(word),
    architecture: matches(word),
    archive: matches(word),
    path: (value) => matches(poolPath)(value) && !String(value).split('/').includes('..'),
    sizeBytes: isSize,
    sha256: matches(sha256),
  }),
);

const addedSet: Readonly<Record<string, Check>> = {
  names: listOf(matches(word)),
  snapshot: matches(/^\d{8}T\d{6}Z$/),
  packages,
};

const sections: Readonly<Record<string, Check>> = {
  debian: optional(
    record({
      suite: matches(word),
      architecture: matches(word),
      layers: listOf(matches(word)),
      snapshot: matches(/^\d{8}T\d{6}Z$/),
      rootSha256: matches(sha256),
      packages,
      added: optional(record({ ...addedSet, baseSha256: matches(sha256) })),
    }),
  ),
  image: optional(
    record({
      reference: isText,
      digest: matches(/^sha256:[0-9a-f]{64}$/),
      cargo: (value) => value === null || matches(/^\/[^\0]{1,500}$/)(value),
      variables: (value) =>
        isRecord(value) && Object.keys(value).every(matches(/^[A-Z_]{1,40}$/)) && Object.values(value).every(isText),
      system: optional(record({ id: matches(word), release: (value) => value === '' || matches(word)(value) })),
      added: optional(
        record({ ...addedSet, suite: matches(word), architecture: matches(word), layers: listOf(matches(word)) }),
      ),
    }),
  ),
  nix: optional(
    record({
      system: matches(/^[a-z0-9_]{1,20}-linux$/),
      nixpkgs: record({
        url: matches(nixSource.pattern),
        rev: (value) => value === null || matches(/^[0-9a-f]{40}$/)(value),
        narHash: matches(/^sha256-[A-Za-z0-9+/]{43}=$/),
      }),
      layers: listOf(matches(word)),
      packages: listOf(matches(nixAttribute.pattern)),
      expressionSha256: matches(sha256),
      environment: matches(/^[0-9a-df-np-sv-z]{32}-cargo-boxed-environment$/),
      variables: (value) =>
        isRecord(value) &&
        Object.keys(value).every(matches(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/)) &&
        Object.values(value).every((text) => typeof text === 'string' && text.length <= 65_536 && !text.includes('\0')),
    }),
  ),
  toolchain: optional(
    record({
      name: matches(word),
      version: isText,
      manifestSha256: matches(sha256),
      components: listOf(record({ name: isText, sha256: matches(sha256) })),
    }),
  ),
  maker: optional(
    record({
      reference: isText,
      digest: matches(/^sha256:[0-9a-f]{64}$/),
      suite: matches(word),
      snapshot: matches(/^\d{8}T\d{6}Z$/),
      packages,
    }),
  ),
  learned: optional(
    listOf(
      record({
        kind: (value) => value === 'layer' || value === 'package',
        name: matches(word),
        crate: isText,
        wanted: isText,
        told: (value) => value === undefined || value === 'manifest' || value === 'measured',
      }),
    ),
  ),
  extraCrates: optional(listOf(record({ name: isText, version: isText, source: isText, checksum: isText }))),
};

function firstFault(pins: Record<string, unknown>): string | null {
  const unknown = Object.keys(pins).find((key) => key !== 'version' && !Object.hasOwn(sections, key));
  if (unknown !== undefined) return `it has an unknown section ${JSON.stringify(printable(unknown, 40))}`;
  const wrong = Object.entries(sections).find(([key, check]) => !check(pins[key]));
  return wrong === undefined ? null : `its section "${wrong[0]}" is not as cargo-boxed writes it`;
}
