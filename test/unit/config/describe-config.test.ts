import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyNames } from '../../../src/config/definition.ts';
import { describeConfig } from '../../../src/config/describe-config.ts';
import { settled } from './config-case.ts';

test('every key has a row with its value and where it was said', async () => {
  const config = await settled({
    user: 'env: {pass: [A], set: {TOKEN: secret}}\n',
    project: 'layers: [zlib, openssl]\nlimits: {memory: 4096MiB, time: 90m}\n',
    flags: { engine: 'docker' },
    variables: { CARGO_BOXED_COLOR: 'never' },
  });
  const rows = describeConfig(config);
  assert.deepEqual(
    rows.map((row) => row.key),
    keyNames,
  );
  const row = (key: string) => rows.find((candidate) => candidate.key === key);
  assert.deepEqual(row('engine'), { key: 'engine', value: 'docker', origin: '--engine' });
  assert.deepEqual(row('layers'), { key: 'layers', value: '[openssl, zlib]', origin: 'cargo-boxed.yaml:1:9' });
  assert.deepEqual(row('limits.memory'), { key: 'limits.memory', value: '4GiB', origin: 'cargo-boxed.yaml:2:18' });
  assert.equal(row('limits.time')?.value, '1h30m');
  assert.equal(row('limits.disk')?.value, 'none');
  assert.equal(row('color')?.origin, 'CARGO_BOXED_COLOR');
  assert.deepEqual(row('env.set'), {
    key: 'env.set',
    value: '{TOKEN}',
    origin: 'your configuration, config.yaml:1:23',
  });
  assert.ok(!JSON.stringify(rows).includes('secret'));
});

test('a default that the host decides says what it comes to', async () => {
  const rows = describeConfig(await settled({}));
  assert.equal(rows.find((row) => row.key === 'limits.memory')?.value, "90% of the host's memory");
  assert.ok(rows.every((row) => row.origin === 'default'));
});
