import type { Layer } from './layer.ts';

/** A text of a known shape, anchored and linear; `one` is what a reader of the file is told it has to be. */
export interface Word {
  readonly one: string;
  readonly pattern: RegExp;
}

export type FieldType =
  | { readonly kind: 'text'; readonly of: Word }
  | { readonly kind: 'list'; readonly of: Word }
  /** One list, or one for each suite. */
  | { readonly kind: 'list-by-suite'; readonly of: Word }
  | { readonly kind: 'check' };

export interface Field {
  readonly description: string;
  readonly type: FieldType;
  /** Others are left out when they are empty. */
  readonly isNeeded: boolean;
}

const line: Word = { one: 'one line of text', pattern: /^[ -~]{1,120}$/ };
export const layerName: Word = { one: 'the name of a layer', pattern: /^[a-z0-9]+(-[a-z0-9]+)*$/ };
const debianPackage: Word = { one: 'the name of a Debian package', pattern: /^[a-z0-9][a-z0-9.+-]+$/ };
const nixAttribute: Word = {
  one: 'an attribute of nixpkgs',
  pattern: /^[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z0-9_][A-Za-z0-9_-]*)*$/,
};
const module: Word = { one: 'the name of a pkg-config module', pattern: /^[A-Za-z0-9][A-Za-z0-9.+_-]*$/ };
const library: Word = { one: 'a name after -l, or a links key', pattern: /^[A-Za-z0-9_][A-Za-z0-9.+_-]*$/ };
const crate: Word = { one: 'the name of a crate', pattern: /^[A-Za-z][A-Za-z0-9_-]*$/ };
const program: Word = { one: 'the name of a program', pattern: /^[A-Za-z0-9][A-Za-z0-9.+_-]*$/ };
const header: Word = { one: 'a header as #include spells it', pattern: /^[A-Za-z0-9_][A-Za-z0-9.+_/-]*$/ };
const version: Word = { one: 'a version', pattern: /^[0-9]+(\.[0-9]+)*$/ };
const argument: Word = { one: 'a word of a command', pattern: /^[ -~]{1,120}$/ };

/** The one definition of a layer's file, in the order of its fields: the reader and the JSON schema follow it. */
export const layerFields: { readonly [name in Exclude<keyof Layer, 'name'>]: Field } = {
  description: { description: 'What it is, in one line.', type: { kind: 'text', of: line }, isNeeded: true },
  debian: {
    description: 'Debian packages; by suite where the suites differ, and none on a suite that lacks it.',
    type: { kind: 'list-by-suite', of: debianPackage },
    isNeeded: true,
  },
  nix: {
    description: 'Attributes of nixpkgs that bring the same.',
    type: { kind: 'list', of: nixAttribute },
    isNeeded: true,
  },
  pkgConfig: {
    description: 'Modules that pkg-config finds with it.',
    type: { kind: 'list', of: module },
    isNeeded: false,
  },
  links: {
    description: '`links` keys of crates, and names of libraries as they stand after -l.',
    type: { kind: 'list', of: library },
    isNeeded: false,
  },
  crates: {
    description: 'Crates that need it and show that in no other way.',
    type: { kind: 'list', of: crate },
    isNeeded: false,
  },
  proven: {
    description: 'Crates whose build scripts fail without it, measured with their default features.',
    type: { kind: 'list', of: crate },
    isNeeded: false,
  },
  tools: { description: 'Programs that it gives.', type: { kind: 'list', of: program }, isNeeded: false },
  headers: {
    description: 'Headers that it gives, where a build looks for those.',
    type: { kind: 'list', of: header },
    isNeeded: false,
  },
  needs: { description: 'Other layers that come with it.', type: { kind: 'list', of: layerName }, isNeeded: false },
  check: {
    description: 'What proves that it is there: a module, a header, a program that runs, or a library that links.',
    type: { kind: 'check' },
    isNeeded: true,
  },
};

/** The ways to check, by their key in the file. `also` may stand beside it. */
export const checkKinds: {
  readonly [key: string]: {
    readonly of: Word;
    readonly isList: boolean;
    readonly also: Readonly<Record<string, Word>>;
  };
} = {
  pkgConfig: { of: module, isList: false, also: { atLeast: version } },
  header: { of: header, isList: false, also: {} },
  program: { of: argument, isList: true, also: {} },
  library: { of: library, isList: false, also: {} },
};
