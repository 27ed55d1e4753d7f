import type { ContainerCreateOptions } from 'dockerode';
import { quoteShell, shellLines } from '../../base/quote-shell.ts';

/**
 * A container as a command for bash that does the same without us: `docker run` with every option written out. The wall
 * clock, the filter of the output and the tidying up after a killed client are ours and not in it.
 */
export function dockerShellCommand(options: ContainerCreateOptions, seccompProfile: string, socket: string): string {
  const { HostConfig: host = {} } = options;
  const lines = shellLines([
    ['docker', '--host', `unix://${socket}`, 'run', '--rm', '--init'],
    ...(options.Tty ? [['--interactive', '--tty']] : [['--interactive']]),
    ['--network', String(host.NetworkMode)],
    ...(host.Dns ?? []).map((server: string) => ['--dns', server]),
    ...(host.DnsSearch ?? []).map((domain) => ['--dns-search', domain]),
    ['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
    ['--read-only', '--ipc', String(host.IpcMode), '--log-driver', 'none', '--no-healthcheck'],
    ...(host.UsernsMode === undefined ? [] : [['--userns', host.UsernsMode]]),
    ['--user', String(options.User), '--hostname', String(options.Hostname)],
    ['--workdir', String(options.WorkingDir)],
    ...limits(host),
    ...(host.Mounts ?? []).map((mount) => ['--mount', mountWord(mount.Source, mount.Target, mount.ReadOnly === true)]),
    ...(host.Devices ?? []).map((device: { readonly PathOnHost: string }) => ['--device', device.PathOnHost]),
    ...(host.GroupAdd ?? []).map((group) => ['--group-add', group]),
    ...Object.entries(host.Tmpfs ?? {}).map(([folder, how]) => ['--tmpfs', `${folder}:${how}`]),
    ...(options.Env ?? []).filter((entry) => entry.includes('=')).map((entry) => ['--env', entry]),
  ]);
  // The profile comes by a descriptor of bash, and an entry point of the image must not run first.
  const profile = `--security-opt seccomp=<(printf %s ${quoteShell(seccompProfile)})`;
  const [program = '', ...rest] = options.Cmd ?? [];
  const command = shellLines([['--entrypoint', program, String(options.Image), ...rest]]);
  return `${lines} \\\n  ${profile} \\\n  ${command}\n`;
}

function limits(host: NonNullable<ContainerCreateOptions['HostConfig']>): readonly (readonly string[])[] {
  const words = [
    ...(host.Memory === undefined ? [] : ['--memory', `${host.Memory}b`, '--memory-swap', `${host.MemorySwap}b`]),
    ...(host.PidsLimit === undefined ? [] : ['--pids-limit', String(host.PidsLimit)]),
    ...(host.NanoCpus === undefined ? [] : ['--cpus', String(host.NanoCpus / 1e9)]),
    ...(host.Ulimits ?? []).flatMap(({ Name, Soft, Hard }) => ['--ulimit', `${Name}=${Soft}:${Hard}`]),
  ];
  return words.length === 0 ? [] : [words];
}

/** `--mount` takes a line of CSV: a field is quoted as a whole, so commas and quotes in a path are only that. */
function mountWord(source: string, target: string, readOnly: boolean): string {
  const field = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const access = readOnly ? [field('readonly')] : [];
  return [field('type=bind'), field(`source=${source}`), field(`target=${target}`), ...access].join(',');
}
