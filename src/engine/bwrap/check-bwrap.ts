import { readFileSync } from 'node:fs';
import { failure, type Result, success } from '../../base/result.ts';
import { landlockGap } from '../../host/landlock.ts';
import { runProgram } from '../../host/program.ts';
import { type Problem, printable } from '../../problem/problem.ts';
import type { EngineReport, Guarantee } from '../engine.ts';
import { findControlGroups, guaranteesOf } from './control-group.ts';
import type { BwrapPrograms } from './launch-command.ts';

/** Tries a smallest box. A failure says which switch of this machine forbids it and how to allow it. */
export async function checkBwrap(programs: BwrapPrograms): Promise<Result<EngineReport>> {
  const trial = [
    '--unshare-all',
    '--disable-userns',
    '--unshare-user',
    '--ro-bind',
    '/',
    '/',
    '--proc',
    '/proc',
    '--',
    '/bin/true',
  ];
  const [version, ran] = await Promise.all([
    runProgram(programs.bwrap, ['--version'], { variables: {}, timeoutMs: 5000 }),
    runProgram(programs.bwrap, trial, { variables: {}, timeoutMs: 5000, closeInherited: true }),
  ]);
  if (ran.status !== 0) return failure(forbidden(ran.stderr || (ran.startError ?? '')));
  const wallGap = landlockGap();
  const ofKernel = wallGap === null ? (['build-script-walls'] as const) : [];
  const enforces = bwrapGuarantees([...guaranteesOf(findControlGroups()), ...ofKernel], process.getuid?.() === 0);
  return success({
    engine: 'bwrap',
    version: version.stdout.replace(/^bubblewrap\s*/, '').trim(),
    path: programs.bwrap,
    ids: 'mapped',
    enforces,
    gaps: { ...gapsOf(enforces), ...(wallGap === null ? {} : { 'build-script-walls': wallGap }) },
  });
}

/** What bubblewrap holds, beside what stands on this kernel and on control groups that the caller can write. */
export function bwrapGuarantees(ofMachine: readonly Guarantee[], isRoot: boolean): ReadonlySet<Guarantee> {
  const always = [
    'read-only-project',
    'no-network',
    'disk-limit',
    'open-files-limit',
    'user-namespace',
    'seccomp',
    'devices',
  ] as const;
  // Without control groups RLIMIT_NPROC holds for every user but root, whom the kernel exempts.
  return new Set([...always, ...ofMachine, ...(isRoot ? [] : (['process-limit'] as const))]);
}

const remedies: Readonly<Record<Guarantee, string>> = {
  'read-only-project': 'bubblewrap always holds it',
  'no-network': 'bubblewrap always holds it',
  'open-files-limit': 'bubblewrap always holds it',
  'user-namespace': 'bubblewrap always holds it',
  'memory-limit': 'needs a control group that this user may write (run as root, or use --engine docker)',
  'process-limit': 'needs a control group that this user may write (run as root, or use --engine docker)',
  'cpu-limit': 'needs a control group that this user may write (run as root, or use --engine docker)',
  'disk-limit': 'it is always watched from outside',
  devices: 'bubblewrap always holds it',
  'build-script-walls': 'needs Landlock',
  seccomp: 'the filter of cargo-boxed is always applied',
};

function gapsOf(enforces: ReadonlySet<Guarantee>): Readonly<Partial<Record<Guarantee, string>>> {
  const missing = Object.entries(remedies).filter(([guarantee]) => !enforces.has(guarantee as Guarantee));
  return Object.fromEntries(missing);
}

/** Kernel switches that forbid user namespaces to ordinary users: the file, the value that forbids, the remedy. */
const switches = [
  {
    file: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    forbids: '1',
    why: 'AppArmor restricts user namespaces (kernel.apparmor_restrict_unprivileged_userns = 1)',
    fix: 'Install an AppArmor profile for bwrap, or use --engine docker.',
  },
  {
    file: '/proc/sys/kernel/unprivileged_userns_clone',
    forbids: '0',
    why: 'user namespaces are switched off for ordinary users (kernel.unprivileged_userns_clone = 0)',
    fix: 'Run `sudo sysctl kernel.unprivileged_userns_clone=1`, or use --engine docker.',
  },
  {
    file: '/proc/sys/user/max_user_namespaces',
    forbids: '0',
    why: 'user namespaces are switched off (user.max_user_namespaces = 0)',
    fix: 'Run `sudo sysctl user.max_user_namespaces=10000`, or use --engine docker.',
  },
] as const;

function forbidden(said: string): Problem {
  const off = switches.find(({ file, forbids }) => read(file) === forbids);
  return {
    code: 'engine-missing',
    what: 'bubblewrap cannot make a box on this machine',
    why: off?.why ?? printable(said.trim()),
    fix: off?.fix ?? 'Use --engine docker, or see what bubblewrap says above.',
  };
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}
