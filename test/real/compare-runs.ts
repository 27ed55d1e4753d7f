import { join } from 'node:path';
import { hostCargoVariables, keptCargoHome } from '../support/obtain-crate.ts';
import { boxed, cleanVariables, type Ended, run } from '../support/rig.ts';
import type { RealProject } from './projects.ts';

export type Side = 'host' | 'bwrap' | 'docker';

/** What one side made of a project's commands. */
export interface SideResult {
  readonly side: Side;
  readonly commands: readonly CommandResult[];
  readonly seconds: number;
}

export interface CommandResult {
  readonly command: string;
  readonly status: number | null;
  /** Sums over all test programs of the command. */
  readonly tests: { readonly passed: number; readonly failed: number; readonly ignored: number };
  /** The end of what was printed, for people who look why. */
  readonly tail: string;
}

/** Settings that both sides share: what is compared is the box, not a default of ours. */
const shared = { CARGO_INCREMENTAL: '0', CARGO_TERM_COLOR: 'never' };

export async function runSide(side: Side, project: RealProject, folder: string): Promise<SideResult> {
  const begin = performance.now();
  const commands: CommandResult[] = [];
  for (const command of project.commands) {
    const ended = await (side === 'host' ? onHost(command, folder) : inBox(side, command, folder));
    commands.push({
      command: command.join(' '),
      status: ended.status,
      tests: countTests(ended.stdout),
      tail: ended.text.slice(-2500),
    });
  }
  return { side, commands, seconds: (performance.now() - begin) / 1000 };
}

function onHost(command: readonly string[], folder: string): Promise<Ended> {
  const target = join(folder, '../host-target');
  const more = { ...shared, CARGO_TARGET_DIR: target, CARGO_NET_OFFLINE: 'true' };
  const variables = hostCargoVariables(keptCargoHome, more);
  return run(['cargo', ...command], { currentFolder: folder, variables, limitSeconds: 1200 });
}

function inBox(side: 'bwrap' | 'docker', command: readonly string[], folder: string): Promise<Ended> {
  return boxed(command, {
    currentFolder: folder,
    limitSeconds: 1800,
    variables: { ...cleanVariables(), ...shared, CARGO_BOXED_ENGINE: side },
  });
}

/** The lines of the test harness: `test result: ok. 5 passed; 0 failed; 1 ignored; …`. */
export function countTests(output: string): CommandResult['tests'] {
  const sums = { passed: 0, failed: 0, ignored: 0 };
  for (const line of output.matchAll(/^test result: \S+ (\d+) passed; (\d+) failed; (\d+) ignored;/gm)) {
    sums.passed += Number(line[1]);
    sums.failed += Number(line[2]);
    sums.ignored += Number(line[3]);
  }
  return sums;
}

/** Where two sides differ: empty when the box gave what the host gave. */
export function differences(host: SideResult, box: SideResult): readonly string[] {
  return host.commands.flatMap((expected, index) => {
    const got = box.commands[index] as CommandResult;
    const show = ({ status, tests }: CommandResult) =>
      `exit ${status}, ${tests.passed} passed, ${tests.failed} failed, ${tests.ignored} ignored`;
    if (show(expected) === show(got)) return [];
    return [`${expected.command}: host ${show(expected)}; ${box.side} ${show(got)}\n${got.tail}`];
  });
}
