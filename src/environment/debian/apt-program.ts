import { existsSync } from 'node:fs';
import { endWhenFull } from '../../host/end-when-full.ts';
import { type ProgramEnd, runProgram } from '../../host/program.ts';
import { type DebianHost, findTool } from './debian-host.ts';

export type AptProgram = 'apt-get' | 'apt-config' | 'apt-helper';

const helpers = ['/usr/lib/apt/apt-helper', '/usr/libexec/apt/apt-helper'];

/** The program on this machine; `apt-helper` lies outside of every search path. */
export function findApt(host: Pick<DebianHost, 'variables' | 'forbidden'>, program: AptProgram): string | null {
  if (program !== 'apt-helper') return findTool(host, program);
  return findTool(host, 'apt-get') === null ? null : (helpers.find((file) => existsSync(file)) ?? null);
}

/** Runs a program of apt, of this machine or of the container. `null`: there is none. It may write into `folders`. */
export async function runApt(
  host: DebianHost,
  program: AptProgram,
  programArguments: readonly string[],
  options: { readonly variables: Readonly<Record<string, string>>; readonly folders: readonly string[] },
): Promise<ProgramEnd | null> {
  if (host.container !== undefined) {
    const path = program === 'apt-helper' ? (helpers[0] as string) : `/usr/bin/${program}`;
    return host.container.run([path, ...programArguments], options);
  }
  const path = findApt(host, program);
  if (path === null) return null;
  const { variables, folders } = options;
  return endWhenFull(folders, host.signal, (signal) => runProgram(path, programArguments, { variables, signal }));
}
