import assert from 'node:assert/strict';
import { test } from 'node:test';
import denied from '../../../../images/seccomp/denied.json' with { type: 'json' };
import { seccompProfile } from '../../../../src/engine/docker/seccomp-profile.ts';

interface Rule {
  readonly names: readonly string[];
  readonly action: string;
  readonly args?: readonly { readonly value: number; readonly op: string }[];
}
const { syscalls, defaultAction } = JSON.parse(seccompProfile()) as { syscalls: Rule[]; defaultAction: string };
const allowed = syscalls.filter((rule) => rule.action === 'SCMP_ACT_ALLOW');

test('what the other engine denies is not allowed here', () => {
  const names = new Set(allowed.flatMap((rule) => rule.names));
  assert.equal(defaultAction, 'SCMP_ACT_ERRNO');
  assert.deepEqual(
    denied.calls.filter((name) => names.has(name)),
    [],
  );
});

test('calls that can be harmful are allowed with certain arguments only', () => {
  for (const name of ['socket', 'clone', 'personality']) {
    const rules = allowed.filter((rule) => rule.names.includes(name));
    assert.ok(rules.length > 0 && rules.every((rule) => rule.args?.length === 1), name);
  }
  const families = allowed.filter((rule) => rule.names.includes('socket'));
  assert.equal(families.length, denied.allowedSocketFamilies.length);
  // The kernel takes 32 bits of the family, the filter compares 64: only "equal" cannot be got around.
  assert.ok(families.every((rule) => rule.args?.every(({ op }) => op === 'SCMP_CMP_EQ')));
});
