import { accessSync, constants, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { fullDisk, saysFull } from '../../problem/full-disk.ts';
import { type Problem, printable } from '../../problem/problem.ts';
import { type DebianHost, findTool } from './debian-host.ts';

const install = 'Run: sudo apt-get install mmdebstrap uidmap';

export function mmdebstrapMissing(): Problem {
  return {
    code: 'environment',
    what: 'mmdebstrap is not installed',
    why: 'the root of the debian environment is made with it',
    fix: install,
  };
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** What an ordinary user lacks for a user namespace with a range of ids, before anything is started. */
export function missingForUnshare(host: Pick<DebianHost, 'variables' | 'forbidden'>): Problem | null {
  if (isRoot()) return null;
  for (const program of ['newuidmap', 'newgidmap']) {
    if (findTool(host, program) === null) {
      return {
        code: 'environment',
        what: `${program} is not installed`,
        why: 'an ordinary user needs it',
        fix: install,
      };
    }
  }
  const { username, uid } = userInfo();
  for (const file of ['/etc/subuid', '/etc/subgid']) {
    if (!hasRange(readSetting(file) ?? '', [username, String(uid)])) {
      const option = file === '/etc/subuid' ? '--add-subuids' : '--add-subgids';
      return {
        code: 'environment',
        what: `${printable(username)} has no range of at least 65536 ids in ${file}`,
        fix: `Run: sudo usermod ${option} 100000-165535 ${printable(username)}`,
      };
    }
  }
  return forbiddenNamespaces(readSetting);
}

/** Lines of `/etc/subuid`: `user:first:count`. */
export function hasRange(text: string, names: readonly string[]): boolean {
  return text.split('\n').some((line) => {
    const [name = '', , count = ''] = line.split(':');
    return names.includes(name) && Number(count) >= 65536;
  });
}

/** Which setting of the kernel forbids user namespaces, if one is known to. */
export function forbiddenNamespaces(read: (file: string) => string | null): Problem | null {
  const refuse = (why: string, setting: string): Problem => ({
    code: 'environment',
    what: 'user namespaces are forbidden here',
    why,
    fix: `Run: sudo sysctl -w ${setting}`,
  });
  if (read('/proc/sys/kernel/unprivileged_userns_clone')?.trim() === '0')
    return refuse('kernel.unprivileged_userns_clone is 0', 'kernel.unprivileged_userns_clone=1');
  if (read('/proc/sys/user/max_user_namespaces')?.trim() === '0')
    return refuse('user.max_user_namespaces is 0', 'user.max_user_namespaces=15000');
  if (
    read('/proc/sys/kernel/apparmor_restrict_unprivileged_userns')?.trim() === '1' &&
    !read('/etc/apparmor.d/mmdebstrap')
  )
    return refuse(
      'AppArmor restricts them: kernel.apparmor_restrict_unprivileged_userns is 1',
      'kernel.apparmor_restrict_unprivileged_userns=0',
    );
  return null;
}

function readSetting(file: string): string | null {
  try {
    accessSync(file, constants.R_OK);
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** Makes a problem of what mmdebstrap, apt, dpkg or tar said when it failed. */
export function explainFailure(what: string, stderr: string): Problem {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const why = printable(
    lines.find((line) => /^(E|error|dpkg: error|tar):?/i.test(line)) ?? lines.at(-1) ?? 'it gave no reason',
  );
  const has = (pattern: RegExp) => pattern.test(stderr);
  if (saysFull(stderr)) return { what, ...fullDisk };
  if (has(/not valid yet|is expired|invalid since|Valid-Until|Not live until/i))
    return { code: 'fetch-failed', what, why, fix: "Check this machine's clock and the mirror's age." };
  if (has(/EXPKEYSIG|EXPSIG|KEYEXPIRED|Expired on|key is expired/i))
    return {
      code: 'fetch-failed',
      what,
      why,
      fix: "Check this machine's clock. If it is right, run: sudo apt-get install --only-upgrade debian-archive-keyring",
    };
  if (
    has(
      /Could not resolve|Temporary failure|Could not connect|Unable to connect|timed out|Network is unreachable|Failed to fetch/i,
    )
  )
    return {
      code: 'fetch-failed',
      what,
      why,
      fix: 'Check the network, the proxy variables and the mirror in /etc/apt.',
    };
  if (has(/NO_PUBKEY|not signed|signatures couldn't be verified/i))
    return { code: 'environment', what, why, fix: 'Run: sudo apt-get install debian-archive-keyring' };
  if (has(/unshare|newuidmap|subuid|uid_map|Operation not permitted/i)) {
    const forbidden = forbiddenNamespaces(readSetting);
    if (forbidden !== null) return { ...forbidden, what: `${what}: ${forbidden.what}` };
  }
  return { code: 'environment', what, why };
}
