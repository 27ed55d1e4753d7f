import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describe } from '../../../src/verify/describe.ts';
import type { Cause, Verification } from '../../../src/verify/verification.ts';

function said(parts: readonly string[], causes: readonly Cause['cause'][]): string {
  const verification: Verification = {
    version: 1,
    equal: false,
    engine: 'bwrap',
    builds: 4,
    varied: ['project-path'],
    notVaried: {},
    artifacts: [],
    notCompared: [],
    differences: [
      {
        artifact: 'debug/app',
        parts: parts.map((name) => ({ name, at: 0, sizes: [1, 1] as const })),
        crates: [],
        causes: causes.map((cause) => ({ cause, evidence: { kind: 'only-this-varied' } })),
      },
    ],
  };
  return describe(verification);
}

test('where only paths differ, and only for debuggers, it says what that means; of nothing else', () => {
  const hint = /Only paths differ[\s\S]*verify build --release/;
  assert.match(said(['.note.gnu.build-id', '.debug_str'], ['project-path']), hint);
  assert.doesNotMatch(said(['.debug_str', '.rodata'], ['project-path']), hint);
  assert.doesNotMatch(said(['.debug_str'], ['project-path', 'clock']), hint);
  assert.doesNotMatch(said(['.debug_str'], []), hint);
  assert.doesNotMatch(said([], ['project-path']), hint);
});
