import assert from 'node:assert/strict';
import type { Json } from '../../src/base/canonical-json.ts';

export type Schema = { readonly [key: string]: Json };

/** Whether a value is what a schema says: with the keywords that our schemas use, and no others, so that one we start to use fails here. */
export function matchesSchema(schema: Schema, value: Json): boolean {
  return Object.entries(schema).every(([keyword, says]) => {
    switch (keyword) {
      case '$schema':
      case 'title':
      case 'description':
      case 'examples':
      case 'default':
        return true;
      case 'type':
        return (Array.isArray(says) ? says : [says]).some((type) => isOf(type as string, value));
      case 'required':
        return (
          !isOf('object', value) || (says as readonly string[]).every((key) => Object.hasOwn(value as Schema, key))
        );
      case 'enum':
        return (says as readonly Json[]).includes(value);
      case 'const':
        return says === value;
      case 'anyOf':
        return (says as readonly Schema[]).some((choice) => matchesSchema(choice, value));
      case 'minItems':
        return !Array.isArray(value) || value.length >= (says as number);
      case 'uniqueItems':
        return !says || !Array.isArray(value) || new Set(value).size === value.length;
      case 'pattern':
        return typeof value !== 'string' || new RegExp(says as string, 'u').test(value);
      case 'maxLength':
        return typeof value !== 'string' || value.length <= (says as number);
      case 'minimum':
        return typeof value !== 'number' || value >= (says as number);
      case 'maximum':
        return typeof value !== 'number' || value <= (says as number);
      case 'items':
        return !Array.isArray(value) || value.every((item) => matchesSchema(says as Schema, item));
      case 'properties':
        return entriesOf(value).every(([key, held]) => {
          const property = (says as Schema)[key];
          return property === undefined || matchesSchema(property as Schema, held);
        });
      case 'additionalProperties': {
        const known = Object.keys((schema.properties ?? {}) as Schema);
        const others = entriesOf(value).filter(([key]) => !known.includes(key));
        return says === false ? others.length === 0 : others.every(([, held]) => matchesSchema(says as Schema, held));
      }
      case 'propertyNames':
        return entriesOf(value).every(([key]) => matchesSchema(says as Schema, key));
      default:
        return assert.fail(`the schema uses ${keyword}`);
    }
  });
}

function entriesOf(value: Json): readonly (readonly [string, Json])[] {
  return isOf('object', value) ? Object.entries(value as Schema) : [];
}

function isOf(type: string, value: Json): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}
