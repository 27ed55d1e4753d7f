import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readImageOutput } from '../../../src/oci/image-output.ts';

test('each form, with paths from where the command was started', () => {
  const cases = [
    ['oci:out', { kind: 'oci', folder: '/work/out' }],
    ['oci:/a/../b:c', { kind: 'oci', folder: '/a/../b:c' }],
    ['tar:image.tar', { kind: 'tar', file: '/work/image.tar' }],
    ['docker', { kind: 'docker', name: null }],
    ['docker:team/env', { kind: 'docker', name: 'team/env:latest' }],
    ['docker:host.example:5000/env:2', { kind: 'docker', name: 'host.example:5000/env:2' }],
  ] as const;
  for (const [text, value] of cases) assert.deepEqual(readImageOutput(text, '/work'), { ok: true, value });
});

test('what is none of them is refused', () => {
  for (const text of [
    '',
    'oci',
    'oci:',
    'tar:',
    'docker:',
    'out',
    'dir:x',
    'docker:UPPER',
    `docker:a@sha256:${'a'.repeat(64)}`,
  ])
    assert.ok(!readImageOutput(text, '/work').ok, text);
});
