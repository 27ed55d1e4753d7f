import denied from '../../../images/seccomp/denied.json' with { type: 'json' };
import numbers from '../../../images/seccomp/numbers.json' with { type: 'json' };
import type { ResolvedBox } from '../engine.ts';

export type Architecture = keyof typeof numbers.calls;

/** Classic BPF, as seccomp(2) takes it: the constants of linux/bpf_common.h and linux/seccomp.h. */
const loadWord = 0x20;
const jumpIfEqual = 0x15;
const jumpIfGreaterOrEqual = 0x35;
const jumpIfAnyBit = 0x45;
const keepBits = 0x54;
const returnValue = 0x06;
const allow = 0x7fff0000;
const fail = (errno: number) => 0x00050000 | errno;
const errors = { EPERM: 1, ENOSYS: 38, EOPNOTSUPP: 95, EAFNOSUPPORT: 97 } as const;

/** Offsets in struct seccomp_data; the low half of an argument comes first on little-endian machines. */
const offsetOfCall = 0;
const offsetOfArchitecture = 4;
const offsetOfArgument = (index: number) => 16 + index * 8;

/** On x86-64 a call with this bit is one of the x32 ABI: another door to the same calls. */
const x32Bit = 0x40000000;

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

/** `by-writing`: no space for files but by writing into them, so that who watches the disk has time to. */
export type Allocation = 'free' | 'by-writing';

export function allocationOf({ limits }: Pick<ResolvedBox, 'limits'>): Allocation {
  return limits.diskBytes === null ? 'free' : 'by-writing';
}

/**
 * The system call filter of a bwrap box, as bytes for `--seccomp`: calls that a build never needs and that have been
 * the way into the kernel, by name in images/seccomp/denied.json. All else is allowed: a build runs any program.
 */
export function seccompFilter(architecture: Architecture, allocation: Allocation = 'free'): Uint8Array {
  const calls: Readonly<Record<string, number>> = numbers.calls[architecture];
  const known = (names: readonly string[]) => names.flatMap((name) => calls[name] ?? []);
  const program: readonly Instruction[] = [
    [loadWord, 0, 0, offsetOfArchitecture],
    [jumpIfEqual, 1, 0, numbers.auditArchitecture[architecture]],
    [returnValue, 0, 0, fail(errors.ENOSYS)],
    [loadWord, 0, 0, offsetOfCall],
    ...(architecture === 'x86_64' ? when(jumpIfGreaterOrEqual, x32Bit, errors.ENOSYS) : []),
    ...known(denied.calls).flatMap((call) => when(jumpIfEqual, call, errors.EPERM)),
    ...known(denied.missing).flatMap((call) => when(jumpIfEqual, call, errors.ENOSYS)),
    ...byArgument(calls.clone, 0, when(jumpIfAnyBit, bits(Object.values(numbers.cloneFlags)), errors.EPERM)),
    ...byArgument(calls.ioctl, 1, [
      ...Object.values(numbers.ioctls).flatMap((request) => when(jumpIfEqual, request, errors.EPERM)),
      ...(allocation === 'free' ? [] : noAllocatingRequests()),
    ]),
    ...(allocation === 'free' ? [] : byArgument(calls.fallocate, 1, onlyHarmlessModes())),
    ...byArgument(calls.socket, 0, onlyFamilies(Object.values(numbers.socketFamilies))),
    [returnValue, 0, 0, allow],
  ];
  return encode(program);
}

/** Fails with `errno` when the loaded word compares. */
function when(comparison: number, value: number, errno: number): readonly Instruction[] {
  return [
    [comparison, 0, 1, value],
    [returnValue, 0, 0, fail(errno)],
  ];
}

/** For one call: looks at an argument by `checks`, then allows. Other calls pass on with their number still loaded. */
function byArgument(call: number | undefined, index: number, checks: readonly Instruction[]): readonly Instruction[] {
  if (call === undefined) return [];
  const body: readonly Instruction[] = [
    [loadWord, 0, 0, offsetOfArgument(index)],
    ...checks,
    [returnValue, 0, 0, allow],
  ];
  return [[jumpIfEqual, 0, body.length, call], ...body];
}

function onlyFamilies(families: readonly number[]): readonly Instruction[] {
  const allowed = families.flatMap((family): readonly Instruction[] => [
    [jumpIfEqual, 0, 1, family],
    [returnValue, 0, 0, allow],
  ]);
  return [...allowed, [returnValue, 0, 0, fail(errors.EAFNOSUPPORT)]];
}

/** The C library then writes zeros instead (posix_fallocate(3)); making holes only gives space back. */
function onlyHarmlessModes(): readonly Instruction[] {
  return [
    [jumpIfAnyBit, 0, 1, bits(Object.values(numbers.harmlessAllocationFlags))],
    [returnValue, 0, 0, allow],
    [returnValue, 0, 0, fail(errors.EOPNOTSUPP)],
  ];
}

/** The requests of one letter, where XFS has put those that give space to a file: they go by the second byte. */
function noAllocatingRequests(): readonly Instruction[] {
  const family = denied.allocating.ioctlFamily.charCodeAt(0) << 8;
  return [[keepBits, 0, 0, 0xff00], ...when(jumpIfEqual, family, errors.EOPNOTSUPP)];
}

function bits(values: readonly number[]): number {
  return values.reduce((all, value) => all | value, 0);
}

function encode(program: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(program.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [index, [code, ifTrue, ifFalse, value]] of program.entries()) {
    view.setUint16(index * 8, code, true);
    view.setUint8(index * 8 + 2, ifTrue);
    view.setUint8(index * 8 + 3, ifFalse);
    view.setUint32(index * 8 + 4, value >>> 0, true);
  }
  return bytes;
}
