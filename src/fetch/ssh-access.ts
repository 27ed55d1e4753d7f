import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostFacts, ProjectFacts, TomlTable } from '../facts/facts.ts';
import { inside } from '../plan/box-plan.ts';
import { tableAt } from '../toml/read-table.ts';
import { tomlText } from './toml-text.ts';

/** Files of a run without which SSH does not work in the fetch box. */
export interface SshFiles {
  /** Host keys that the user trusts. */
  readonly knownHostsFile: string;
  /** ssh wants to find its own user in it. */
  readonly accountsFile: string;
}

export function sshFiles(run: string): SshFiles {
  return { knownHostsFile: join(run, 'known_hosts'), accountsFile: join(run, 'accounts') };
}

/** `knownHosts`: files of the host. */
export function writeSshFiles(run: string, knownHosts: readonly string[], { uid, gid }: HostFacts): void {
  const { knownHostsFile, accountsFile } = sshFiles(run);
  writeFileSync(knownHostsFile, knownHosts.map((file) => `${readFileSync(file, 'utf8')}\n`).join(''));
  // Whoever the box runs as: bubblewrap's user 1000, or the caller.
  const users = new Map([
    [0, 'root:x:0:0::/root:/bin/sh'],
    [uid, `caller:x:${uid}:${gid}::${inside.home}:/bin/sh`],
    [1000, `box:x:1000:1000::${inside.home}:/bin/sh`],
  ]);
  writeFileSync(accountsFile, `${[...users.values()].join('\n')}\n`);
}

/** Whether a text holds an address that is reached by SSH. */
export function namesSsh(text: string): boolean {
  return /ssh:\/\/|\bgit@/.test(text);
}

/** Whether the project, or the user's configuration of registries, names an address that is reached by SSH. */
export function mentionsSsh(project: ProjectFacts): boolean {
  const lock = project.lockfile.state === 'present' ? project.lockfile.text : '';
  return (
    namesSsh(lock) ||
    project.manifests.some((manifest) => namesSsh(manifest.text)) ||
    [project.cargoConfig.project, project.cargoConfig.user].some((table) => namesSsh(tomlText(addresses(table))))
  );
}

/** The tables of a configuration that say where crates come from. */
function addresses(table: TomlTable): TomlTable {
  return { source: tableAt(table, 'source'), registries: tableAt(table, 'registries'), patch: tableAt(table, 'patch') };
}

/** Whether cargo failed since it had no way in by SSH. */
export function wantedSsh(said: string): boolean {
  return /SSH host key|ssh-agent authentication|Host key verification failed|Permission denied \(.*publickey/.test(
    said,
  );
}
