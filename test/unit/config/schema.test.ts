import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../../src/base/canonical-json.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { load } from './config-case.ts';

type Schema = { readonly [key: string]: Json };

/** The keywords that our schema uses, and no others, so that one we start to use fails here. */
function matches(schema: Schema, value: Json): boolean {
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
        return (says as readonly Schema[]).some((choice) => matches(choice, value));
      case 'pattern':
        return typeof value !== 'string' || new RegExp(says as string, 'u').test(value);
      case 'maxLength':
        return typeof value !== 'string' || value.length <= (says as number);
      case 'minimum':
        return typeof value !== 'number' || value >= (says as number);
      case 'maximum':
        return typeof value !== 'number' || value <= (says as number);
      case 'items':
        return !Array.isArray(value) || value.every((item) => matches(says as Schema, item));
      case 'properties':
        return entriesOf(value).every(([key, held]) => {
          const property = (says as Schema)[key];
          return property === undefined || matches(property as Schema, held);
        });
      case 'additionalProperties': {
        const known = Object.keys((schema.properties ?? {}) as Schema);
        const others = entriesOf(value).filter(([key]) => !known.includes(key));
        return says === false ? others.length === 0 : others.every(([, held]) => matches(says as Schema, held));
      }
      case 'propertyNames':
        return entriesOf(value).every(([key]) => matches(says as Schema, key));
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

test('schema and reader agree, for a project and for a user', async () => {
  const values: readonly Json[] = [
    {},
    null,
    { engine: 'docker' },
    { engine: 'podman' },
    { engine: 3 },
    { enginee: 'docker' },
    { image: 'rust:1' },
    { image: '--privileged' },
    { layers: ['zlib'] },
    { layers: 'zlib' },
    { layers: ['Zlib'] },
    { limits: { memory: '4GiB', time: '1h30m', processes: 10, cpus: 1.5, silence: 'none' } },
    { limits: { memory: '4gb' } },
    { limits: { memory: 4 } },
    { limits: { time: 30 } },
    { limits: { processes: '10' } },
    { limits: { processes: 1.5 } },
    { limits: { processes: 0 } },
    { limits: { memry: '1GiB' } },
    { limits: [] },
    { env: ['A=b'] },
    { env: [3] },
    { env: { A: 'b', N: 1, T: true } },
    { env: { set: { A: 'b' } } },
    { env: { set: { A: ['b'] } } },
    { env: { 'A B': 'c' } },
    { env: 'A=b' },
    { export: false, pinned: true },
    { pinned: 'true' },
    { color: 'never' },
    { network: ['tcp:db.example:5432', 'unix:/run/a/b'] },
    { network: ['open'] },
    { network: 'tcp:a:5432' },
    { network: ['tcp:a:80'] },
    {
      mounts: [
        { source: '~/a', target: '/a' },
        { source: '/b', target: '/b', access: 'read-write' },
      ],
    },
    { mounts: [{ source: '/b', target: '/usr' }] },
    { mounts: [{ source: '/b' }] },
    { mounts: ['/b'] },
    { 'allowed-images': ['registry.example/**'] },
    { 'snapshot-mirror': 'http://mirror.example/x' },
    { output: 'json' },
    [],
    'engine',
  ];
  for (const value of values) {
    const text = JSON.stringify(value);
    for (const source of ['project', 'user'] as const) {
      const result = await load({ [source]: text });
      assert.equal(matches(configSchema(source), value), result.ok, `${source} ${text} ${JSON.stringify(result)}`);
    }
  }
});

test('every key of the schema has a description', () => {
  for (const [name, property] of Object.entries(configSchema('user').properties as Schema)) {
    const below = (property as Schema).properties;
    const described = name === 'limits' ? Object.values(below as Schema) : [property];
    for (const schema of described) assert.match(String((schema as Schema).description), /\.$/, name);
  }
});
