import assert from 'node:assert/strict';
import { test } from 'node:test';
import denied from '../../../../images/seccomp/denied.json' with { type: 'json' };
import { seccompProfile, withoutAllocation } from '../../../../src/engine/docker/seccomp-profile.ts';

interface Rule {
  readonly names: readonly string[];
  readonly action: string;
  readonly args?: readonly { readonly value: number; readonly valueTwo?: number; readonly op: string }[];
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

test('with a disk limit, space is given by writing only', () => {
  const limited = (JSON.parse(withoutAllocation(seccompProfile())) as { syscalls: Rule[] }).syscalls;
  const rulesOf = (name: string) => limited.filter((rule) => rule.names.includes(name));
  const isAllowed = (name: string, value: number) =>
    rulesOf(name).some(
      ({ action, args }) =>
        action === 'SCMP_ACT_ALLOW' &&
        (args ?? []).every(({ value: mask, valueTwo = 0 }) => (value & mask) >>> 0 === valueTwo),
    );
  for (const request of [0x40305828, 0x4030582a, 0x40305839, 0x402c5828]) assert.ok(!isAllowed('ioctl', request));
  for (const request of [0x5401, 0x5413, 0x40049409, 0x80045430]) assert.ok(isAllowed('ioctl', request));
  for (const mode of [0, 1, 0x10]) assert.ok(!isAllowed('fallocate', mode));
  assert.ok(isAllowed('fallocate', 3));
  const others = (rules: readonly Rule[]) =>
    rules.flatMap(({ names }) => names).filter((name) => name !== 'ioctl' && name !== 'fallocate');
  assert.deepEqual(others(limited), others(syscalls));
});
