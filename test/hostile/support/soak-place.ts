import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ordinaryUser, ourselves } from '../../support/choose-identity.ts';
import { bringDownloads } from '../../support/keep-downloads.ts';
import { type RegistryStandIn, startRegistry } from '../../support/registry-stand-in.ts';
import { tree } from '../../support/rig.ts';
import { stageForUser, stageInPlace } from '../../support/stage-tree.ts';
import type { EngineName, Identity } from '../../support/suites.ts';
import { testVariables } from '../../support/test-variables.ts';

/** Everything that the commands of one soak share, and nobody else uses. */
export interface SoakPlace {
  readonly engine: EngineName;
  readonly uid: number;
  /** CARGO_BOXED_HOME. */
  readonly home: string;
  /** TMPDIR of the commands; the projects lie in it. */
  readonly temporary: string;
  readonly variables: Readonly<Record<string, string>>;
  /** The command line as an argv, put into its identity. */
  readonly program: readonly string[];
  readonly registry: RegistryStandIn;
  readonly docker: SoakDocker | null;
  /** Gives what the test wrote to who runs the commands. */
  handOver(path: string): void;
  remove(): Promise<void>;
}

export interface SoakDocker {
  readonly socket: string;
  readonly folder: string;
  /** Kills the daemon as a crash would, and starts it again. */
  restart(): Promise<void>;
}

/** `keptHome`: a CARGO_BOXED_HOME from before, whose root need not be made; it stays. Empty: one of this soak alone. */
export async function makeSoakPlace(engine: EngineName, as: Identity, keptHome: string): Promise<SoakPlace> {
  const folder = mkdtempSync('/var/tmp/cargo-boxed-soak-');
  chmodSync(folder, 0o755);
  const identity = as === 'root' ? ourselves() : ordinaryUser();
  const own = stageInPlace(
    tree,
    process.env.RUSTUP_HOME ?? join(homedir(), '.rustup'),
    process.env.CARGO_HOME ?? join(homedir(), '.cargo'),
  );
  const stage = as === 'root' ? own : stageForUser(own, identity, folder);
  const [home, temporary] = [keptHome || join(folder, 'home'), join(folder, 'tmp')];
  for (const path of [home, temporary]) mkdirSync(path, { recursive: true });
  if (keptHome === '') bringDownloads(home, identity.uid, identity.gid);
  const handOver = (path: string) =>
    as === 'root' ? undefined : void execFileSync('chown', ['-Rh', `${identity.uid}:${identity.gid}`, path]);
  for (const path of [home, temporary]) handOver(path);
  const docker = engine === 'docker' ? await startDocker() : null;
  const dockerHost = docker === null ? null : `unix://${docker.socket}`;
  const registry = await startRegistry();
  const variables = testVariables(identity, stage, { home, temporary, dockerHost, engine });
  return {
    engine,
    uid: identity.uid,
    home,
    temporary,
    variables: { ...variables, CARGO_BOXED_HOME: home, CARGO_BOXED_ENGINE: engine },
    program: [...identity.prefix, stage.node, join(stage.tree, 'dist/cargo-boxed.cjs')],
    registry,
    docker,
    handOver,
    remove: async () => {
      await registry.stop();
      await docker?.stop();
      // The store cannot be listed, which is what deleting does first.
      execFileSync('chmod', ['-R', 'u+rwX', home]);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function startDocker(): Promise<SoakDocker & { stop(): Promise<void> }> {
  const { startDockerDaemon } = await import('../../support/docker-daemon.ts');
  const daemon = await startDockerDaemon();
  const { socket, folder } = daemon;
  // The ordinary user of a soak stands for a member of the group docker.
  const open = () => {
    chmodSync(folder, 0o711);
    chmodSync(socket, 0o666);
  };
  open();
  return {
    socket,
    folder,
    restart: async () => {
      await daemon.kill();
      await daemon.restart();
      open();
    },
    stop: () => daemon.stop(),
  };
}
