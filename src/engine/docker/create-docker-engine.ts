import { homedir } from 'node:os';
import type { Readable } from 'node:stream';
import type { Container } from 'dockerode';
import { failure, type Result, success } from '../../base/result.ts';
import type { ImageStore } from '../../environment/image/image-store.ts';
import { landlockGap } from '../../host/landlock.ts';
import { noLimits } from '../../plan/box-plan.ts';
import { dockerFolder } from '../../registry/docker-config.ts';
import { plainLogin } from '../../registry/plain-login.ts';
import type { BoxStreams, Engine, Outcome, RootFolder } from '../engine.ts';
import { type Connection, connect, reasonOf, statusOf } from './connect.ts';
import { currentContainerOwner, writeOwner } from './container-owner.ts';
import { createImageStore } from './create-image-store.ts';
import { describeContainer } from './describe-container.ts';
import { engineReport } from './engine-facts.ts';
import { findEngineSocket, type Variables } from './find-socket.ts';
import { importRoot } from './import-root.ts';
import type { LabelledContainer } from './labelled-containers.ts';
import type { DescribedImage } from './load-images.ts';
import { type MakerBox, makerOptions } from './maker-options.ts';
import { reapContainers } from './reap-containers.ts';
import { factsMemory } from './remembered-facts.ts';
import { runContainer, runDescribed } from './run-container.ts';
import { seccompProfile } from './seccomp-profile.ts';
import { dockerShellCommand } from './shell-command.ts';

/** The docker engine and what only an engine with images can do. */
export interface DockerEngine extends Engine {
  /** Makes a prepared root directory an image, once, on top of that of the root that it was made of; gives its id. */
  importRoot(root: RootFolder, base: RootFolder | null): Promise<Result<string>>;
  images(): Promise<Result<ImageStore>>;
  /** Takes the images of an archive, as `docker load` does. */
  load(archive: Readable): Promise<Result<void>>;
  /** What an image is made of, by the engine's own word; `null` when it is not there. */
  describeImage(reference: string): Promise<Result<DescribedImage | null>>;
  /** All containers with a label `NAME=VALUE`, whoever made them, and the ids of their images. */
  containersWith(label: string): Promise<Result<readonly LabelledContainer[]>>;
  /** Takes an image away, with its names; what is used by a container or another image stays. */
  removeImage(id: string): Promise<Result<'removed' | 'in use'>>;
  /** The id of the image that `make` has kept under this sum; `null` when there is none. */
  findMade(sum: string): Promise<Result<string | null>>;
  /** Runs a container that makes a root file system to its end, and keeps it as an image where that is asked for. */
  make(box: MakerBox, streams: BoxStreams, signal: AbortSignal): Promise<Result<Outcome>>;
}

export interface DockerEngineInputs {
  /** The host's environment: DOCKER_HOST, DOCKER_CONTEXT, DOCKER_CONFIG, XDG_RUNTIME_DIR and HOME are read. */
  readonly variables: Variables;
  /** Our folder for what is remembered from one command to the next. */
  readonly state: string;
}

/** Of a container that makes something: programs of an image run in it, and none may run for ever. */
const makerTime = { value: 60 * 60_000, strength: 'required' } as const;

/** Nothing is asked before it is needed, and the engine is asked only once what it is. */
export async function createDockerEngine({ variables, state }: DockerEngineInputs): Promise<DockerEngine> {
  const home = variables.HOME || homedir();
  const folder = dockerFolder(variables, home);
  const owner = currentContainerOwner();
  const profile = seccompProfile();
  const around = { owner, seccompProfile: profile, state };
  let connecting: Promise<Result<Connection>> | null = null;
  const connected = () => {
    connecting ??= open(variables, home, state);
    return connecting;
  };
  return {
    name: 'docker',
    check: async () => {
      const line = await connected();
      return line.ok ? success(engineReport(line.value.facts, line.value.socket.path, landlockGap())) : line;
    },
    run: async (box, streams, signal) => {
      const line = await connected();
      if (!line.ok) return line;
      return runContainer(line.value, around, box, streams, signal);
    },
    shellCommand: (box) => {
      const socket = findEngineSocket(variables, home);
      const facts = { product: 'docker', userNamespace: 'plain' } as const;
      const options = describeContainer(box, around, facts, []);
      return dockerShellCommand(options, profile, socket.ok ? socket.value.path : '/var/run/docker.sock');
    },
    importRoot: async (root, base) => {
      const line = await connected();
      return line.ok ? importRoot(line.value, root, base, state) : line;
    },
    make: async (box, streams, signal) => {
      const line = await connected();
      if (!line.ok) return line;
      const options = makerOptions(box, line.value.facts, writeOwner(owner));
      const kept = box.keptAs === null ? {} : { whenDone: keepUnder(box.keptAs) };
      return runDescribed(
        line.value,
        () => options,
        { streams: 'pipes', limits: { ...noLimits, wallClockMs: makerTime }, mounts: [], ...kept },
        streams,
        signal,
        state,
      );
    },
    findMade: async (sum) => {
      const line = await connected();
      return line.ok ? findMade(line.value, sum) : line;
    },
    reap: async () => {
      const line = await connected();
      return line.ok ? reapContainers(line.value, owner).catch(() => []) : [];
    },
    load: async (archive) => {
      const line = await connected();
      if (!line.ok) return line;
      const { loadImages } = await import('./load-images.ts');
      return loadImages(line.value, archive);
    },
    describeImage: async (reference) => {
      const line = await connected();
      if (!line.ok) return line;
      const { describeImage } = await import('./load-images.ts');
      return describeImage(line.value, reference);
    },
    containersWith: async (label) => {
      const line = await connected();
      if (!line.ok) return line;
      const { containersWith } = await import('./labelled-containers.ts');
      return containersWith(line.value, label);
    },
    removeImage: async (id) => {
      const line = await connected();
      return line.ok ? removeImage(line.value, id) : line;
    },
    images: async () => {
      const line = await connected();
      if (!line.ok) return line;
      return success(createImageStore(line.value, owner, (reference) => plainLogin(folder, reference)));
    },
  };
}

function keepUnder(sum: string): (container: Container) => Promise<void> {
  return async (container) => {
    const { keepAsImage } = await import('./made-image.ts');
    return keepAsImage(container, sum);
  };
}

async function removeImage({ docker }: Connection, id: string): Promise<Result<'removed' | 'in use'>> {
  try {
    await docker.getImage(id).remove({ force: false });
    return success('removed');
  } catch (error) {
    if (statusOf(error) === 404) return success('removed');
    if (statusOf(error) === 409) return success('in use');
    return failure({ code: 'environment', what: 'an image could not be removed', why: reasonOf(error) });
  }
}

async function findMade(connection: Connection, sum: string): Promise<Result<string | null>> {
  const { findMadeImage } = await import('./made-image.ts');
  try {
    return success(await findMadeImage(connection, sum));
  } catch (error) {
    return failure({ code: 'environment', what: 'the image could not be looked up', why: reasonOf(error) });
  }
}

async function open(variables: Variables, home: string, state: string): Promise<Result<Connection>> {
  const socket = findEngineSocket(variables, home);
  return socket.ok ? connect(socket.value, factsMemory(state, socket.value.path)) : socket;
}
