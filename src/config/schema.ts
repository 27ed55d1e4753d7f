import type { Json } from '../base/canonical-json.ts';
import { unreachable } from '../base/unreachable.ts';
import { keyNames, keys } from './definition.ts';
import type { Key } from './key.ts';
import { noneWord } from './read-value.ts';
import { mountSource, mountTarget, type TextForm, type ValueType, variableName } from './value-type.ts';

type Schema = { readonly [key: string]: Json };

/**
 * The JSON schema of `cargo-boxed.yaml` (`project`) or of the user's own file (`user`), made from the definition of the
 * keys. What only a reader with the whole configuration can see (asks, contradictions) is not in it.
 */
export function configSchema(writer: 'project' | 'user' = 'project'): Schema {
  const properties: Record<string, Json> = {};
  const sections: Record<string, Record<string, Json>> = {};
  for (const name of keyNames) {
    const key = keys[name];
    const [section = '', last] = name.split('.');
    if (key.writers === 'nobody' || (key.writers === 'user' && writer === 'project')) continue;
    if (last === undefined) {
      properties[section] = keySchema(key, writer);
      continue;
    }
    if (section === 'layers') {
      properties[section] = layersSchema(keySchema(keys.layers, writer), { infer: keySchema(key, writer) });
      continue;
    }
    const below = sections[section] ?? {};
    sections[section] = below;
    properties[section] ??= section === 'env' ? envSchema(below) : sectionSchema(below);
    below[last] = keySchema(key, writer);
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: writer === 'project' ? 'cargo-boxed.yaml' : "cargo-boxed: the user's configuration",
    type: ['object', 'null'],
    properties,
    additionalProperties: false,
  };
}

/** `[NAME]`, or `{use: [NAME], infer: …}`. */
function layersSchema(schema: Schema, more: Schema): Schema {
  const { description, default: none, ...list } = schema;
  return {
    description: description ?? '',
    default: none ?? [],
    anyOf: [list, { type: 'object', properties: { use: list, ...more }, additionalProperties: false }],
  };
}

function sectionSchema(properties: Schema): Schema {
  return { type: 'object', properties, additionalProperties: false };
}

function keySchema(key: Key, writer: 'project' | 'user'): Schema {
  const isWritable = key.default !== null && key.type.kind !== 'optional';
  return {
    description: key.description,
    ...typeSchema(writer === 'project' ? withoutUserValues(key) : key.type),
    ...(isWritable ? { default: key.default as Json } : {}),
  };
}

function withoutUserValues({ type, userValues = [] }: Key): ValueType {
  if (type.kind !== 'choice') return type;
  return { ...type, values: type.values.filter((value) => !userValues.includes(value)) };
}

function typeSchema(type: ValueType): Schema {
  switch (type.kind) {
    case 'choice':
      return { enum: type.values };
    case 'boolean':
      return { type: 'boolean' };
    case 'size':
      return { type: 'string', pattern: '^[0-9]+(\\.[0-9]+)?(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)$', examples: ['4GiB'] };
    case 'duration':
      return { type: 'string', pattern: '^([0-9]+(\\.[0-9]+)?(d|h|m|s|ms))+$', examples: ['30m', '1h30m'] };
    case 'integer':
    case 'number':
      return { type: type.kind, minimum: type.minimum, maximum: type.maximum };
    case 'text':
      return formSchema(type.form);
    case 'list':
      return { type: 'array', items: formSchema(type.form) };
    case 'variables':
      return variablesSchema;
    case 'mounts':
      return { type: 'array', items: mountSchema };
    case 'optional':
      return { anyOf: [typeSchema(type.of), { const: noneWord }] };
    default:
      return unreachable(type);
  }
}

function formSchema(form: TextForm): Schema {
  if (form.number !== undefined) return { type: 'integer', ...form.number, examples: [Number(form.example)] };
  return { type: 'string', pattern: form.pattern.source, maxLength: form.maximumLength, examples: [form.example] };
}

const mountSchema: Schema = {
  type: 'object',
  properties: {
    source: formSchema(mountSource),
    target: formSchema(mountTarget),
    access: { enum: ['read-only', 'read-write'] },
  },
  required: ['source', 'target'],
  additionalProperties: false,
};

const variableValue: Schema = { type: ['string', 'number', 'boolean'] };
const variablesSchema: Schema = {
  type: 'object',
  propertyNames: { pattern: variableName.pattern.source },
  additionalProperties: variableValue,
};

/** `[NAME, NAME=value]`, `{NAME: value}` or `{pass: […], set: {…}}`. */
function envSchema(properties: Schema): Schema {
  return {
    description: 'Variables of the box: passed from the host by name, or set.',
    anyOf: [
      { type: 'array', items: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*(=[\\s\\S]*)?$' } },
      { ...variablesSchema, properties },
    ],
  };
}
