import type { Json } from '../base/canonical-json.ts';
import { checkKinds, type FieldType, layerFields, type Word } from './layer-fields.ts';

type Schema = { readonly [key: string]: Json };

/** The JSON schema of a file below `images/layers`, made from the definition of its fields. */
export function layerSchema(): Schema {
  const fields = Object.entries(layerFields);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A layer of cargo-boxed: a system library or tool by name',
    type: 'object',
    properties: Object.fromEntries(
      fields.map(([name, { description, type, isNeeded }]) => [
        name,
        { description, ...typeSchema(type, isNeeded ? 0 : 1) },
      ]),
    ),
    required: fields.filter(([, { isNeeded }]) => isNeeded).map(([name]) => name),
    additionalProperties: false,
  };
}

function typeSchema(type: FieldType, fewest: number): Schema {
  switch (type.kind) {
    case 'text':
      return word(type.of);
    case 'list':
      return list(type.of, fewest);
    case 'list-by-suite': {
      const properties = { bookworm: list(type.of, 0), trixie: list(type.of, 0) };
      const bySuite = { type: 'object', properties, required: ['bookworm', 'trixie'], additionalProperties: false };
      return { anyOf: [list(type.of, 1), bySuite] };
    }
    case 'check':
      return { anyOf: Object.keys(checkKinds).map(checkSchema) };
  }
}

function checkSchema(key: string): Schema {
  const kind = checkKinds[key];
  if (kind === undefined) throw new Error(`no kind of check: ${key}`);
  const also = Object.entries(kind.also).map(([name, of]) => [name, word(of)] as const);
  return {
    type: 'object',
    properties: {
      [key]: kind.isList ? { type: 'array', items: word(kind.of), minItems: 1 } : word(kind.of),
      ...Object.fromEntries(also),
    },
    required: [key],
    additionalProperties: false,
  };
}

function word({ pattern }: Word): Schema {
  return { type: 'string', pattern: pattern.source };
}

function list(of: Word, fewest: number): Schema {
  return { type: 'array', items: word(of), minItems: fewest, uniqueItems: true };
}
