import { inside, type Mount, type ToolchainPlan } from './box-plan.ts';
import { placesInside } from './places.ts';
import { planCovers } from './plan-covers.ts';
import type { PlanInputs } from './plan-inputs.ts';
import { projectSource } from './project-source.ts';

const temporaryBytes = 16 * 1024 ** 3;
const homeBytes = 1024 ** 3;

/** Everything of the host that a box sees, and nothing else: what is not in this list is not there. */
export function planMounts(inputs: PlanInputs, toolchain: ToolchainPlan, projectPath: string): readonly Mount[] {
  const { request } = inputs;
  const project = projectSource(inputs);
  const writable = project !== 'project';
  const places = placesInside(request.trial);
  const readOnly = (anchor: 'view' | 'store' | 'toolchain', path: string, target: string): Mount => ({
    kind: 'bind',
    source: { anchor, path },
    target,
    access: 'read-only',
  });
  return [
    {
      kind: 'bind',
      source: { anchor: project, path: '' },
      target: projectPath,
      access: writable ? 'read-write' : 'read-only',
    },
    ...(writable && request.gitFolder ? [gitFolder(projectPath)] : []),
    ...planCovers(inputs, projectPath),
    { kind: 'bind', source: { anchor: 'target', path: '' }, target: places.target, access: 'read-write' },
    ...(writesToCargoHome(request)
      ? [
          { kind: 'tmpfs', target: inside.cargoHome, sizeBytes: withinDisk(inputs, homeBytes) } as const,
          readOnly('view', 'cargo-home/config.toml', `${inside.cargoHome}/config.toml`),
          readOnly('view', 'cargo-home/git', `${inside.cargoHome}/git`),
        ]
      : [readOnly('view', 'cargo-home', inside.cargoHome)]),
    readOnly('view', 'crates', inside.crates),
    readOnly('store', '', inside.store),
    ...(toolchain.kind === 'host' ? [readOnly('toolchain', '', inside.toolchain)] : []),
    ...subcommand(request.subcommandBinary),
    { kind: 'tmpfs', target: places.home, sizeBytes: withinDisk(inputs, homeBytes) },
    { kind: 'tmpfs', target: '/tmp', sizeBytes: withinDisk(inputs, temporaryBytes) },
  ];
}

/**
 * Cargo notes in its home what it used last, which takes a build 10 ms and can be left out; only when it is to say more
 * it complains. `package` lays the archives of a workspace there for each other.
 */
function writesToCargoHome({ program, options }: PlanInputs['request']): boolean {
  return program === 'cargo' && options.some((word) => word === 'package' || /^(?:-v+|--verbose)$/.test(word));
}

/** Temporary files count as disk. A little more than the limit, so that it is the limit that is met. */
function withinDisk({ config }: PlanInputs, bytes: number): number {
  const limit = config.limits.diskBytes.value;
  return limit === null ? bytes : Math.min(bytes, Math.ceil(limit * overshootOfDisk));
}
const overshootOfDisk = 1.05;

/** A writable copy has no `.git`; the real one is mounted over it, since cargo asks it whether there are changes. */
function gitFolder(projectPath: string): Mount {
  const source = { anchor: 'project', path: '.git' } as const;
  return { kind: 'bind', source, target: `${projectPath}/.git`, access: 'read-only' };
}

function subcommand(binary: string | null): readonly Mount[] {
  if (binary === null) return [];
  const source = { anchor: 'cargo-bin', path: binary } as const;
  return [{ kind: 'bind', source, target: `${inside.bin}/${binary}`, access: 'read-only' }];
}
