import type { ContainerCreateOptions } from 'dockerode';
import type { ResolvedMount } from '../engine.ts';
import { bindMounts } from './container-options.ts';
import { idLabel, ownerLabel } from './container-owner.ts';
import type { EngineFacts } from './engine-facts.ts';

/** A container that makes a root file system, or changes its own: root of it, without a network and without any project. */
export interface MakerBox {
  readonly id: string;
  /** The image's id. */
  readonly image: string;
  readonly argv: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly mounts: readonly ResolvedMount[];
  /** A folder of its own that goes away with it. */
  readonly work: { readonly path: string; readonly sizeBytes: number; readonly place: 'memory' | 'disk' } | null;
  /** The sum of the image that it is kept as when its program ends well; `null`: it is not kept. */
  readonly keptAs: string | null;
}

/** What dpkg needs to unpack packages, and their scripts to run below another root. No mounts, devices or tracing. */
const capabilities = [
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'MKNOD',
  'SETFCAP',
  'SETGID',
  'SETUID',
  'SYS_CHROOT',
];

/** Scripts of packages run in it, which a lock has chosen: they get no more than they need. */
export function makerOptions(
  box: MakerBox,
  facts: Pick<EngineFacts, 'product' | 'userNamespace'>,
  owner: string,
): ContainerCreateOptions {
  const { work } = box;
  return {
    name: `cargo-boxed-${box.id}`,
    Image: box.image,
    Entrypoint: [],
    Cmd: [...box.argv],
    WorkingDir: '/',
    Env: Object.entries(box.variables).map(([name, value]) => `${name}=${value}`),
    User: '0:0',
    Labels: { [idLabel]: box.id, [ownerLabel]: owner },
    Tty: false,
    AttachStdin: false,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: false,
    ...(work?.place === 'disk' ? { Volumes: { [work.path]: {} } } : {}),
    ...(facts.product === 'podman' ? {} : { Healthcheck: { Test: ['NONE'] } }),
    HostConfig: {
      NetworkMode: 'none',
      CapDrop: ['ALL'],
      CapAdd: capabilities,
      SecurityOpt: ['no-new-privileges'],
      IpcMode: 'private',
      // A remapping engine's root could not read the caller's folders.
      ...(facts.userNamespace === 'remapped' ? { UsernsMode: 'host' } : {}),
      Init: true,
      AutoRemove: false,
      LogConfig: { Type: 'none', Config: {} },
      RestartPolicy: { Name: 'no' },
      Mounts: box.mounts.flatMap((mount) => bindMounts(mount, new Map())) as NonNullable<
        NonNullable<ContainerCreateOptions['HostConfig']>['Mounts']
      >,
      ...(work?.place === 'memory'
        ? { Tmpfs: { [work.path]: `rw,exec,nosuid,nodev,mode=755,size=${work.sizeBytes}` } }
        : {}),
    },
  };
}
