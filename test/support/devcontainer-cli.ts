import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DockerDaemon } from './docker-daemon.ts';
import { type Ended, run, sharedHome, tree } from './rig.ts';

/**
 * The real `@devcontainers/cli` of package.json, for one user, on one daemon and one project: `up`, `exec` and others. JSON
 * is on stdout, the log on stderr.
 */
export type DevcontainerCli = (
  words: readonly string[],
  variables?: Readonly<Record<string, string>>,
) => Promise<Ended>;

/** `account`: of this machine; the CLI asks for its name. */
export function devcontainerCli(
  folder: string,
  daemon: DockerDaemon,
  project: string,
  account: string,
): DevcontainerCli {
  const own = join(folder, `cli-${account}`);
  const cache = join(own, `tmp/devcontainercli-${account}`);
  mkdirSync(cache, { recursive: true });
  mkdirSync(join(own, 'home'));
  // Where every user can read it: the checkout may lie in root's home.
  cpSync(join(tree, 'node_modules/@devcontainers/cli'), join(own, 'cli'), { recursive: true });
  copyFileSync(process.execPath, join(own, 'node'));
  const [uid, gid] = idsOf(account);
  const prefix = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--'];
  const variables = {
    ...daemon.variables,
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: join(own, 'home'),
    USER: account,
    TMPDIR: join(own, 'tmp'),
    CARGO_BOXED_HOME: sharedHome,
  };
  return async ([command = '', ...words], more = {}) => {
    // The one thing that it would fetch, every five minutes: a list of bad features.
    const list = JSON.stringify({ disallowedFeatures: [], featureAdvisories: [] });
    writeFileSync(join(cache, 'control-manifest.json'), list);
    execFileSync('chown', ['-R', `${uid}:${gid}`, own]);
    const argv = [...prefix, join(own, 'node'), join(own, 'cli/devcontainer.js'), command];
    const where = ['--workspace-folder', project];
    return run([...argv, ...where, ...words], { variables: { ...variables, ...more }, currentFolder: own });
  };
}

/** uid and gid of an account. */
export function idsOf(account: string): readonly [number, number] {
  const id = (option: string) => Number(execFileSync('id', [option, account], { encoding: 'utf8' }));
  return [id('-u'), id('-g')];
}
