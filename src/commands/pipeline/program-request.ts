import { join } from 'node:path';
import type { OwnCommand } from '../../invocation/invocation.ts';
import { passingVariables } from '../../invocation/passing-variables.ts';
import type { Request } from '../../plan/plan-inputs.ts';
import type { Session } from '../session.ts';
import { fetchWishes } from './fetch-wishes.ts';
import type { Gathered } from './gather.ts';
import { isFolder } from './make-request.ts';

/** The request of `exec` (the program that was named) and of `shell` (an interactive one). */
export function programRequest(session: Session, gathered: Gathered, command: OwnCommand): Request {
  return {
    class: 'offline',
    program: 'other',
    arguments: command.name === 'shell' ? ['/bin/bash', '--norc', '--noprofile'] : command.arguments,
    output: 'program',
    exports: false,
    ports: 'open',
    variables: passingVariables(session.host.variables),
    subcommandBinary: null,
    options: [],
    ...fetchWishes(gathered, []),
    gitFolder: isFolder(join(gathered.facts.project.mountRoot, '.git')),
    crates: 'needed',
    recording: 'off',
    trial: null,
    lockfile: 'may-change',
    offline: false,
  };
}
