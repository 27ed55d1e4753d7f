import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import numbers from '../../../../images/seccomp/numbers.json' with { type: 'json' };
import { type Architecture, seccompFilter } from '../../../../src/engine/bwrap/seccomp-filter.ts';

const allow = 0x7fff0000;
const errno = (code: number) => 0x00050000 | code;
const [EPERM, ENOSYS, EOPNOTSUPP, EAFNOSUPPORT] = [1, 38, 95, 97];

interface Call {
  readonly call: number;
  readonly architecture: number;
  readonly arguments?: readonly number[];
}

/** What the kernel would answer: an interpreter of the few instructions that the filter is made of. */
function answer(filter: Uint8Array, { call, architecture, arguments: values = [] }: Call): number {
  const view = new DataView(filter.buffer);
  const words = new Map([
    [0, call],
    [4, architecture],
    ...values.map((value, index): [number, number] => [16 + index * 8, value]),
  ]);
  let loaded = 0;
  for (let at = 0; at < filter.length; at += 8) {
    const [code, ifTrue, ifFalse, value] = [
      view.getUint16(at, true),
      view.getUint8(at + 2),
      view.getUint8(at + 3),
      view.getUint32(at + 4, true),
    ];
    if (code === 0x20) loaded = words.get(value) ?? 0;
    else if (code === 0x54) loaded &= value;
    else if (code === 0x06) return value;
    else {
      const holds = code === 0x15 ? loaded === value : code === 0x35 ? loaded >= value : (loaded & value) !== 0;
      at += 8 * (holds ? ifTrue : ifFalse);
    }
  }
  throw new Error('the filter ran off its end');
}

for (const architecture of ['x86_64', 'aarch64'] as const satisfies readonly Architecture[]) {
  const filter = seccompFilter(architecture);
  const calls: Readonly<Record<string, number>> = numbers.calls[architecture];
  const audit = numbers.auditArchitecture[architecture];
  const asks = (name: string, ...values: number[]) =>
    answer(filter, { call: calls[name] ?? assert.fail(name), architecture: audit, arguments: values });

  describe(`seccompFilter for ${architecture}`, () => {
    it('denies what a build never needs', () => {
      for (const name of [
        'bpf',
        'io_uring_setup',
        'keyctl',
        'mount',
        'perf_event_open',
        'setns',
        'unshare',
        'userfaultfd',
      ])
        assert.equal(asks(name), errno(EPERM), name);
      assert.equal(asks('clone3'), errno(ENOSYS));
    });

    it('lets processes and threads be made, but no namespaces', () => {
      const SIGCHLD = 17;
      assert.equal(asks('clone', SIGCHLD), allow);
      for (const flag of Object.values(numbers.cloneFlags)) assert.equal(asks('clone', flag | SIGCHLD), errno(EPERM));
    });

    it('denies pushing characters into a terminal, and lets other requests be', () => {
      assert.equal(asks('ioctl', 0, numbers.ioctls.TIOCSTI), errno(EPERM));
      assert.equal(asks('ioctl', 0, 0x5401), allow);
    });

    it('gives space to files by writing only, when the disk is limited', () => {
      const limited = seccompFilter(architecture, 'by-writing');
      const limitedAsks = (name: string, ...values: number[]) =>
        answer(limited, { call: calls[name] ?? assert.fail(name), architecture: audit, arguments: values });
      const [keepSize, punchHole, reserve] = [1, 2, 0x40305828];
      assert.equal(asks('fallocate', 3, 0), allow);
      for (const mode of [0, keepSize, 0x10]) assert.equal(limitedAsks('fallocate', 3, mode), errno(EOPNOTSUPP));
      assert.equal(limitedAsks('fallocate', 3, keepSize | punchHole), allow);
      assert.equal(limitedAsks('ioctl', 3, reserve), errno(EOPNOTSUPP));
      assert.equal(limitedAsks('ioctl', 3, numbers.ioctls.TIOCSTI), errno(EPERM));
      assert.equal(limitedAsks('ioctl', 3, 0x5401), allow);
      assert.equal(limitedAsks('socket', 2), allow);
    });

    it('knows four families of sockets and no other', () => {
      for (let family = 0; family < 64; family++) {
        const known = (Object.values(numbers.socketFamilies) as number[]).includes(family);
        assert.equal(asks('socket', family), known ? allow : errno(EAFNOSUPPORT), String(family));
      }
    });

    it('has no other door to the same calls', () => {
      const other = numbers.auditArchitecture[architecture === 'x86_64' ? 'aarch64' : 'x86_64'];
      assert.equal(answer(filter, { call: 0, architecture: other }), errno(ENOSYS));
      assert.equal(answer(filter, { call: 0, architecture: 0x40000003 }), errno(ENOSYS));
      if (architecture === 'x86_64')
        assert.equal(answer(filter, { call: 0x40000000, architecture: audit }), errno(ENOSYS));
    });

    it('allows all else', () => {
      assert.equal(answer(filter, { call: 63, architecture: audit }), allow);
    });
  });
}
