import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { type ProgramEnd, runProgram } from '../../host/program.ts';
import { printable } from '../../problem/problem.ts';
import { evaluationCommand } from './evaluation-box.ts';
import { storeArguments } from './find-store.ts';
import type { NixHost } from './nix-host.ts';
import { nixVariables } from './nix-settings.ts';
import { hasNixFolder, systemEntries } from './system-entries.ts';

/** How a program of Nix ended, and the end of what it said. */
export interface NixEnd extends Pick<ProgramEnd, 'status' | 'timedOut' | 'startError' | 'signal'> {
  readonly stdout: string;
  readonly said: string;
}

export interface BoxedRun {
  readonly network: 'none' | 'host';
  readonly expression?: string;
  /** What a project brings is evaluated: nothing may be started in it. */
  readonly project?: string | null;
  readonly read?: readonly string[];
  readonly timeMs: number;
}

/** Runs a program of Nix in a box that has the store and nothing of the caller. */
export async function runBoxed(host: NixHost, argv: readonly string[], run: BoxedRun): Promise<NixEnd> {
  const { store, programs } = host;
  const certificates = run.network === 'host' ? host.certificates : null;
  const [program = '', ...words] = argv;
  const accounts = join(host.scratch, 'passwd');
  mkdirSync(host.scratch, { recursive: true, mode: 0o700 });
  writeFileSync(accounts, 'box:x:1000:1000:box:/home:/bin/sh\n', { mode: 0o644 });
  if (store.kind === 'chroot') mkdirSync(store.folder, { recursive: true, mode: 0o755 });
  const nixFolder = hasNixFolder() ? ['/nix'] : [];
  const command = evaluationCommand({
    bwrap: programs.bwrap,
    prlimit: programs.prlimit,
    argv: [program, ...storeArguments(store), ...words],
    variables: {
      ...variablesOf(host, run.network === 'none'),
      // Fetchers that we do not speak of, as that of git, are programs: there are none.
      ...(run.expression === undefined ? {} : { PATH: '/nonexistent' }),
      ...(certificates === null ? {} : { NIX_SSL_CERT_FILE: certificatesInside }),
    },
    system: systemEntries(),
    read: [...(store.kind === 'local' ? [] : nixFolder), ...(run.read ?? [])],
    write: store.kind === 'chroot' ? [store.folder] : store.kind === 'local' ? ['/nix'] : [],
    expression: run.expression ?? null,
    project: run.project ?? null,
    files: [
      { from: accounts, to: '/etc/passwd' },
      ...(certificates === null ? [] : [{ from: certificates, to: certificatesInside }]),
    ],
    network: run.network,
  });
  return collect(command, { PATH: '/usr/bin:/bin' }, { timeoutMs: run.timeMs, signal: host.signal });
}

const certificatesInside = '/certificates.pem';

/**
 * Runs a program of Nix as it is: what it starts is builders, in the sandbox of Nix. It ends when we do. Every line that
 * it says is progress.
 */
export function runPlain(host: NixHost, argv: readonly string[], most = mostSaid): Promise<NixEnd> {
  const [program = '', ...words] = argv;
  const command = [
    ...[host.programs.setpriv, '--pdeathsig', 'TERM', '--'],
    ...[program, ...storeArguments(host.store), ...words],
  ];
  return collect(command, variablesOf(host, host.offline), { signal: host.signal, onLine: host.onProgress, most });
}

function variablesOf(host: NixHost, offline: boolean): Readonly<Record<string, string>> {
  const isRoot = process.getuid?.() === 0;
  const variables = nixVariables(host.store, host.variables, { offline, isRoot, hasBuildUsers: hasGroup('nixbld') });
  const certificates = host.certificates === null ? {} : { NIX_SSL_CERT_FILE: realpathSync(host.certificates) };
  return { ...certificates, ...variables };
}

function hasGroup(name: string): boolean {
  return existsSync('/etc/group') && readFileSync('/etc/group', 'utf8').includes(`\n${name}:`);
}

const mostSaid = 64 * 1024;

async function collect(
  [program = '', ...words]: readonly string[],
  variables: Readonly<Record<string, string>>,
  {
    onLine,
    most = mostSaid,
    ...options
  }: { timeoutMs?: number; signal: AbortSignal; most?: number; onLine?: (line: string) => void },
): Promise<NixEnd> {
  let said = '';
  const stderr = new Writable({
    write(chunk: Buffer, _encoding, done) {
      const text = chunk.toString('utf8');
      said = (said + text).slice(-most);
      const line = text.trim().split('\n').at(-1) ?? '';
      if (line !== '') onLine?.(printable(line, 120));
      done();
    },
  });
  const end = await runProgram(program, words, { variables, stderr, closeInherited: true, ...options });
  return { ...end, said };
}
