import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import type { HostFacts } from '../facts/facts.ts';
import { homeDirectory, readHost, rustupHome } from '../facts/read-host.ts';
import { type Interruption, listenForInterruption } from '../host/interruption.ts';
import { type Locations, locations } from '../host/locations.ts';
import { currentOwner, ownerWord } from '../host/owner.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { printable } from '../problem/problem.ts';
import type { Reporter } from '../report/reporter.ts';

/** What every command of one run shares: read once, then handed on. */
export interface Session {
  readonly invocation: Invocation;
  readonly host: HostFacts;
  readonly locations: Locations;
  /** Where the command was started, after `-C`: absolute and real. */
  readonly directory: string;
  readonly homeDirectory: string;
  readonly rustupHome: string;
  readonly reporter: Reporter;
  readonly interruption: Interruption;
  /** Names this run: boxes, containers, control groups and scratch folders begin with it. */
  readonly runWord: string;
  /** The name of the next box of this run: an engine may still be taking away the one before. */
  nextBox(): string;
}

export function openSession(invocation: Invocation, reporter: Reporter): Result<Session> {
  const started = process.cwd();
  const directory = realDirectory(resolve(started, invocation.flags.directory ?? '.'));
  if (!directory.ok) return directory;
  const host = readHost(process.env, started);
  if (!host.ok) return host;
  const runWord = ownerWord(currentOwner());
  let boxes = 0;
  return success({
    invocation,
    host: host.value,
    locations: locations(host.value.variables),
    directory: directory.value,
    homeDirectory: homeDirectory(host.value.variables),
    rustupHome: rustupHome(host.value.variables, started),
    reporter,
    interruption: listenForInterruption(),
    runWord,
    nextBox: () => {
      boxes += 1;
      return boxes === 1 ? runWord : `${runWord}-${boxes}`;
    },
  });
}

function realDirectory(path: string): Result<string> {
  try {
    return success(realpathSync(path));
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such folder' : 'it cannot be opened';
    return failure({
      code: 'path',
      what: `${printable(path)} cannot be entered`,
      why,
      fix: 'Name a folder with `-C DIR`.',
    });
  }
}
