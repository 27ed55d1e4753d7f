import { unreachable } from '../base/unreachable.ts';

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

/** No user name in it, no query and no fragment: it ends up in messages and in apt's sources. */
export const mirrorUrl: TextForm = {
  one: 'the URL of a mirror',
  many: 'URLs of mirrors',
  example: 'https://mirror.example/debian-snapshot',
  pattern: /^https?:\/\/(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?(?:\/[A-Za-z0-9._~%+:-]*)*$/,
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
    case 'optional':
      return `${expectation(type.of)}, or none`;
    default:
      return unreachable(type);
  }
}
