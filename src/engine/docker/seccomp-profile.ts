import denied from '../../../images/seccomp/denied.json' with { type: 'json' };
import profile from '../../../images/seccomp/docker.json' with { type: 'json' };
import numbers from '../../../images/seccomp/numbers.json' with { type: 'json' };

/**
 * The system calls that a box may make, as the engine takes it. Narrower than the engine's own default, which lets
 * AF_VSOCK and io_uring through in Docker 20.10 (measured).
 */
export function seccompProfile(): string {
  return JSON.stringify(profile);
}

/** `EOPNOTSUPP`: the C library then writes zeros instead. */
const notSupported = 95;
const familyBits = [8, 9, 10, 11, 12, 13, 14, 15].map((bit) => 2 ** bit);

/**
 * The same profile for a box with a disk limit: it gives space to files by writing into them only, so that who watches
 * the disk has time to. A list of what is allowed has no "but": a request is let through for each bit in which its
 * letter differs from the one of those that give space.
 */
export function withoutAllocation(profileText: string): string {
  const given = JSON.parse(profileText) as typeof profile;
  const family = denied.allocating.ioctlFamily.charCodeAt(0) << 8;
  const masked = (index: number, mask: number, value: number) => [
    { index, value: mask, valueTwo: value, op: 'SCMP_CMP_MASKED_EQ' },
  ];
  const allow = (names: readonly string[], args: unknown) => ({ names, action: 'SCMP_ACT_ALLOW', args });
  const taken = new Set([...denied.allocating.calls, 'ioctl']);
  const syscalls = given.syscalls.map((rule) => ({ ...rule, names: rule.names.filter((name) => !taken.has(name)) }));
  const harmless = Object.values(numbers.harmlessAllocationFlags);
  return JSON.stringify({
    ...given,
    syscalls: [
      ...syscalls,
      ...familyBits.map((bit) => allow(['ioctl'], masked(1, bit, (family & bit) === 0 ? bit : 0))),
      ...harmless.map((flag) => allow(denied.allocating.calls, masked(1, flag, flag))),
      ...harmless.map((flag) => ({
        names: denied.allocating.calls,
        action: 'SCMP_ACT_ERRNO',
        errnoRet: notSupported,
        args: masked(1, flag, 0),
      })),
    ],
  });
}
