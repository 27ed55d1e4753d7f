import devices from '../../images/devices.json' with { type: 'json' };
import { unreachable } from '../base/unreachable.ts';
import { layerNames } from '../layers/catalogue.ts';

/** What a key holds, as data: the checker, the JSON schema and the shell completion are made from it. */
export type ValueType =
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'size' }
  | { readonly kind: 'duration' }
  | { readonly kind: 'integer'; readonly minimum: number; readonly maximum: number }
  | { readonly kind: 'number'; readonly minimum: number; readonly maximum: number }
  | { readonly kind: 'text'; readonly form: TextForm }
  | { readonly kind: 'list'; readonly form: TextForm }
  | { readonly kind: 'variables' }
  /** Maps of `source`, `target` and `access`. */
  | { readonly kind: 'mounts' }
  /** A value of the inner type, or the word `none`, which is `null`. */
  | { readonly kind: 'optional'; readonly of: ValueType };

/** A text of a known shape. Each pattern is anchored and linear. */
export interface TextForm {
  /** What one is called: `a layer name`. */
  readonly one: string;
  readonly many: string;
  readonly example: string;
  readonly pattern: RegExp;
  readonly maximumLength: number;
  /** The only words there are; all that fit the pattern when it is absent. */
  readonly known?: () => readonly string[];
  /** Where the pattern alone decides: some that fit, to find the nearest in. */
  readonly hints?: readonly string[];
  /** Files write it as a number, and only so. */
  readonly number?: { readonly minimum: number; readonly maximum: number };
}

export const variableName: TextForm = {
  one: 'the name of a variable',
  many: 'names of variables',
  example: 'DATABASE_URL',
  pattern: /^[A-Za-z_][A-Za-z0-9_]*$/,
  maximumLength: 256,
};

export const layerName: TextForm = {
  one: 'the name of a layer',
  many: 'names of layers',
  example: 'openssl',
  pattern: /^[a-z0-9][a-z0-9.+-]*$/,
  maximumLength: 64,
  known: layerNames,
};

/** Debian policy 5.6.1. */
export const debianPackage: TextForm = {
  one: 'the name of a Debian package',
  many: 'names of Debian packages',
  example: 'libasound2-dev',
  pattern: /^[a-z0-9][a-z0-9+.-]+$/,
  maximumLength: 100,
};

/** `[host[:port]/]name[/name…][:tag][@sha256:digest]`, as container tools write it; never an option or a URL. */
export const imageReference: TextForm = {
  one: 'an image reference',
  many: 'image references',
  example: 'rust:1-bookworm',
  pattern:
    /^(?:(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?\/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/,
  maximumLength: 512,
};

/** Which images: a reference with `*` (within a part) and `**` (anything). */
export const imagePattern: TextForm = {
  one: 'a pattern of image references',
  many: 'patterns of image references',
  example: 'registry.example/team/**',
  pattern: /^[A-Za-z0-9.:/@_*[\]-]+$/,
  maximumLength: 512,
};

/** From 1024 on: a box has no right to listen at a lower port. */
const port =
  '(?:102[4-9]|10[3-9][0-9]|1[1-9][0-9]{2}|[2-9][0-9]{3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])';
/** Folders of the root itself and of the box: nothing of the host may cover them. */
const systemFolders = '(?:box|usr|bin|sbin|lib[a-z0-9]*|etc|dev|proc|sys|boot|root)';

/** `unix:/PATH` or `tcp:HOST:PORT`: one address and nothing else. */
export const doorAddress: TextForm = {
  one: 'the address of a door (a port from 1024 on, or a socket outside of system folders)',
  many: 'addresses of doors',
  example: 'tcp:127.0.0.1:5432',
  pattern: new RegExp(
    `^(?:unix:(?!/${systemFolders}/)(?:/(?!\\.{1,2}(?:/|$))[A-Za-z0-9._+@=-]+){2,}|tcp:(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]+\\]):${port})$`,
  ),
  maximumLength: 300,
};

/** A port of the box's loopback and, with the same number, of the host's. */
export const portNumber: TextForm = {
  one: 'a port from 1024 on',
  many: 'ports',
  example: '8080',
  pattern: new RegExp(`^${port}$`),
  maximumLength: 5,
  number: { minimum: 1024, maximum: 65_535 },
};

/** A closed list: the kinds of devices that a box can be given at all (`images/devices.json`). */
export const devicePath: TextForm = {
  one: 'a device that can be given to a box',
  many: 'devices',
  example: '/dev/kvm',
  pattern: new RegExp(`^(?:${devices.kinds.map(({ path }) => path).join('|')})$`),
  maximumLength: 64,
  hints: devices.kinds.map(({ path }) => path).filter((path) => !path.includes('[')),
};

/** Where a mount may stand inside: any folder that is neither of the root itself nor of the box. */
export const mountTarget: TextForm = {
  one: 'an absolute path outside of system folders',
  many: 'absolute paths',
  example: '/data',
  pattern: new RegExp(
    `^(?!/${systemFolders}(?:/|$))(?!/(?:tmp|run|var|home)$)(?:/(?!\\.{1,2}(?:/|$))[^/\\p{C}]+)+$`,
    'u',
  ),
  maximumLength: 1024,
};

/** What is mounted: a path of the host, absolute or below the home. */
export const mountSource: TextForm = {
  one: 'a path of this machine, absolute or below `~/`',
  many: 'paths of this machine',
  example: '~/data',
  pattern: /^~?(?:\/(?!\.{1,2}(?:\/|$))[^/\p{C}]+)+$/u,
  maximumLength: 1024,
};

/** A package as cargo calls it, or `*`. */
export const packageName: TextForm = {
  one: 'the name of a package, or `*`',
  many: 'names of packages',
  example: 'ort-sys',
  pattern: /^(?:\*|[\p{L}_][\p{L}\p{N}_-]*)$/u,
  maximumLength: 128,
};

/** No user name in it, no query and no fragment: it ends up in messages and in apt's sources. */
export const mirrorUrl: TextForm = {
  one: 'the URL of a mirror',
  many: 'URLs of mirrors',
  example: 'https://mirror.example/debian-snapshot',
  pattern: /^https?:\/\/(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?(?:\/[A-Za-z0-9._~%+:-]*)*$/,
  maximumLength: 512,
};

export const nixAttribute: TextForm = {
  one: 'an attribute of nixpkgs',
  many: 'attributes of nixpkgs',
  example: 'postgresql.lib',
  pattern: /^[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_][A-Za-z0-9_-]*)*$/,
  maximumLength: 120,
};

/** A file from the workspace, which may lie beside it in the same repository. */
export const nixFile: TextForm = {
  one: 'the path of a Nix file below the project',
  many: 'paths of Nix files',
  example: 'shell.nix',
  pattern: /^(?:\.\.\/)*[A-Za-z0-9_+-][A-Za-z0-9._+-]*(?:\/[A-Za-z0-9_+-][A-Za-z0-9._+-]*)*(?<=\.nix)$/,
  maximumLength: 300,
};

/** A folder from the workspace. */
export const flakeFolder: TextForm = {
  one: 'the folder of a flake below the project',
  many: 'folders of flakes',
  example: '.',
  pattern: /^(?:\.{1,2}|(?:\.\.\/)*(?:\.\.|[A-Za-z0-9_+-][A-Za-z0-9._+-]*(?:\/[A-Za-z0-9_+-][A-Za-z0-9._+-]*)*))$/,
  maximumLength: 300,
};

/** A build whose result has a sum and which has a network for it: its name in the store, and that sum. */
export const fixedOutput: TextForm = {
  one: 'the name and the sum of a build with a fixed output',
  many: 'builds with a fixed output',
  example: `source.tar.gz:sha256:${'0'.repeat(64)}`,
  pattern: /^[A-Za-z0-9+_?=-][A-Za-z0-9+._?=-]{0,199}:(?:md5|sha1|sha256|sha512):[0-9a-f]{32,128}$/,
  maximumLength: 400,
};

/** A revision, or an archive that Nix can unpack; never an option of its programs. */
export const nixSource: TextForm = {
  one: 'a revision of nixpkgs, or the URL of an archive of it',
  many: 'revisions of nixpkgs',
  example: 'https://mirror.example/nixpkgs/nixos-25.11.tar.gz',
  pattern:
    /^(?:[0-9a-f]{40}|(?:https?:\/\/(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?|file:\/\/)(?:\/[A-Za-z0-9._~%+:-]+)*\.(?:zip|tar(?:\.(?:gz|xz|bz2|zst))?|tgz))$/,
  maximumLength: 512,
};

/** The same of rust-overlay. */
export const rustOverlaySource: TextForm = {
  ...nixSource,
  one: 'a revision of rust-overlay, or the URL of an archive of it',
  many: 'revisions of rust-overlay',
  example: 'https://mirror.example/rust-overlay.tar.gz',
};

/** From the workspace's root; `*`, `?` and `[…]` match within a name, `**` any folders. Which lead out match nothing. */
export const projectPattern: TextForm = {
  one: 'a path below the project',
  many: 'paths below the project',
  example: '.env',
  pattern: /^(?:\.\.\/)*[^/\\]+(?:\/[^/\\]+)*$/,
  maximumLength: 512,
};

/** What a key of this type takes, to follow "it takes". */
export function expectation(type: ValueType): string {
  switch (type.kind) {
    case 'choice':
      return type.values.length === 1 ? `only ${type.values[0]}` : `one of ${type.values.join(', ')}`;
    case 'boolean':
      return 'true or false';
    case 'size':
      return 'a size with a unit, such as 512MiB or 4GiB';
    case 'duration':
      return 'a time with a unit, such as 90s, 30m or 1h30m';
    case 'integer':
      return `a whole number from ${type.minimum} to ${type.maximum}`;
    case 'number':
      return `a number from ${type.minimum} to ${type.maximum}`;
    case 'text':
      return `${type.form.one}, such as ${type.form.example}`;
    case 'list':
      return `a list of ${type.form.many}, such as [${type.form.example}]`;
    case 'variables':
      return 'names of variables with their values, such as {RUST_LOG: debug}';
    case 'mounts':
      return 'a list of mounts, such as [{source: ~/data, target: /data, access: read-only}]';
    case 'optional':
      return `${expectation(type.of)}, or none`;
    default:
      return unreachable(type);
  }
}
