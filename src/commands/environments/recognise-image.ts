import { join } from 'node:path';
import { compareInstalled } from '../../already-boxed/compare-installed.ts';
import { readMark } from '../../already-boxed/read-mark.ts';
import { failure, type Result, success } from '../../base/result.ts';
import { readInstalled } from '../../environment/image/read-installed.ts';
import type { ToolchainFacts } from '../../facts/facts.ts';
import { componentDigests } from '../../facts/hash-components.ts';
import { readForeignText } from '../../host/read-file.ts';
import { debianArchitecture } from '../../lock/debian-architecture.ts';
import { selectPins } from '../../lock/lock-file.ts';
import { lockFileName } from '../../lock/lock-file-name.ts';
import type { DebianPins, ToolchainPins } from '../../lock/pins.ts';
import { readLockFile } from '../../lock/read-pins.ts';
import { meaningOf } from '../../oci/meaning-of-pins.ts';
import { printable } from '../../problem/problem.ts';
import { projectRoot, type Surveyed } from '../pipeline/survey.ts';
import type { Session } from '../session.ts';

/** Whether we are inside of the image of a project's lock. */
export type Recognised =
  | { readonly kind: 'no-image'; readonly why: string }
  /** It has a mark, and is not what the lock says. */
  | { readonly kind: 'other'; readonly differences: readonly string[] }
  | { readonly kind: 'image-of-the-lock'; readonly toolchain: ToolchainPins };

const toolchainFolder = '/box/toolchain';
const maximumStatusBytes = 64 * 1024 * 1024;

/**
 * Looks where we are. A mark alone says nothing: it has to be that of the lock, and what dpkg and the toolchain's files
 * say is compared with the lock, too. Programs of packages are not summed again.
 */
export async function recogniseImage(session: Session, { project, config }: Surveyed): Promise<Result<Recognised>> {
  const mark = readMark();
  if (mark.kind === 'none') return success({ kind: 'no-image', why: mark.why });
  const file = join(projectRoot(project), lockFileName);
  const lock = readLockFile(file);
  if (!lock.ok) return lock;
  const { architecture } = session.host;
  const pins =
    lock.value === null
      ? null
      : selectPins(lock.value, {
          suite: config.suite.value,
          architecture: debianArchitecture(architecture),
          system: `${architecture}-linux`,
          image: null,
          host: `${architecture}-unknown-linux-gnu`,
        });
  if (pins?.debian === undefined || pins.toolchain === undefined) {
    return failure({
      code: 'lock-missing',
      what: 'this project has no cargo-boxed.lock with a Debian environment and a toolchain for this machine',
      where: { file },
      why: 'whether this is an image of it cannot be told without',
      fix: 'Run `cargo-boxed lock` where the image is built, and commit the file.',
    });
  }
  const { debian, toolchain } = pins;
  const ofMark = mark.identity === meaningOf(debian, toolchain).identity ? [] : ['its mark is that of another lock'];
  const differences = [...ofMark, ...(await differencesFrom(session, debian, toolchain))];
  return success(differences.length === 0 ? { kind: 'image-of-the-lock', toolchain } : { kind: 'other', differences });
}

async function differencesFrom(
  session: Session,
  debian: DebianPins,
  toolchain: ToolchainPins,
): Promise<readonly string[]> {
  const status = readForeignText('/var/lib/dpkg/status', maximumStatusBytes);
  const names = toolchain.components.map(({ name }) => name);
  // A linked toolchain has no components, and is one as a whole.
  const components = names.length === 1 && names[0] === 'toolchain' ? [] : names;
  const own = { path: toolchainFolder, name: toolchain.name, components };
  const digests = await componentDigests(own, names, session.interruption.signal);
  return compareInstalled([...debian.packages, ...(debian.added?.packages ?? [])], toolchain, {
    packages: status.ok && status.value !== null ? readInstalled(status.value) : null,
    components: digests.ok ? digests.value : null,
  });
}

/**
 * The toolchain of the image that we are in, where it is that of the lock; `null` elsewhere, and with a note where it only
 * looks like one. Its name and version are the lock's: its components were summed.
 */
export async function toolchainOfImage(session: Session, surveyed: Surveyed): Promise<ToolchainFacts | null> {
  const recognised = await recogniseImage(session, surveyed);
  if (!recognised.ok || recognised.value.kind === 'no-image') return null;
  if (recognised.value.kind === 'other') {
    session.reporter.note(
      `This is not the image of cargo-boxed.lock, though it has a mark: ${printable(recognised.value.differences.join('; '), 300)}`,
    );
    return null;
  }
  const { name, version, manifestSha256, components } = recognised.value.toolchain;
  const names = components.map((component) => component.name);
  return {
    name,
    path: toolchainFolder,
    version,
    host: `${session.host.architecture}-unknown-linux-gnu`,
    manifestSha256,
    components: names,
    targets: names.filter((one) => one.startsWith('rust-std-')).map((one) => one.slice('rust-std-'.length)),
    reason: 'the image of the lock that this is',
  };
}
