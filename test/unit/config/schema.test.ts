import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../../src/base/canonical-json.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { matchesSchema, type Schema } from '../../support/matches-schema.ts';
import { load } from './config-case.ts';

test('schema and reader agree, for a project and for a user', async () => {
  const values: readonly Json[] = [
    {},
    null,
    { engine: 'docker' },
    { engine: 'podman' },
    { engine: 'none' },
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
      assert.equal(
        matchesSchema(configSchema(source), value),
        result.ok,
        `${source} ${text} ${JSON.stringify(result)}`,
      );
    }
  }
});

test('every key of the schema has a description', () => {
  for (const [name, property] of Object.entries(configSchema('user').properties as Schema)) {
    const below = (property as Schema).properties;
    const described = name === 'limits' || name === 'nix' ? Object.values(below as Schema) : [property];
    for (const schema of described) assert.match(String((schema as Schema).description), /\.$/, name);
  }
});
