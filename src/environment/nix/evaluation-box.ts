import type { SystemEntry } from './system-entries.ts';

/** One run of a program of Nix behind a wall of its own, as data. */
export interface EvaluationBox {
  readonly bwrap: string;
  readonly prlimit: string;
  readonly argv: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  /** What of this machine its programs need. */
  readonly system: readonly SystemEntry[];
  /** Folders and files that are there at the same path; `write` is the store. */
  readonly read: readonly string[];
  readonly write: readonly string[];
  /** Our expression, which stands at `/expression`. */
  readonly expression: string | null;
  /** Copies of the files of a project's own environment, which stand at `/project`. */
  readonly project: string | null;
  /** Files of ours that stand elsewhere inside. */
  readonly files: readonly { readonly from: string; readonly to: string }[];
  readonly network: 'none' | 'host';
}

/** Of the whole of it: what an evaluation of nixpkgs needs several times over. */
export const evaluationMemoryBytes = 4 * 1024 ** 3;

/**
 * The command that runs it. No home, nothing of the caller and of the project, no network but to fetch a pin: what a pin
 * evaluates can read what Nix itself is made of, and restricted evaluation forbids it that too.
 */
export function evaluationCommand(box: EvaluationBox): readonly string[] {
  return [
    box.bwrap,
    ...['--unshare-all', '--unshare-user', '--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
    ...['--uid', '1000', '--gid', '1000', '--hostname', 'boxed'],
    ...(box.network === 'host' ? ['--share-net'] : []),
    ...box.system.flatMap(({ path, to }) => (to === null ? ['--ro-bind', path, path] : ['--symlink', to, path])),
    ...['--proc', '/proc', '--ro-bind', '/proc/sys', '/proc/sys', '--dev', '/dev', '--tmpfs', '/tmp', '--dir', home],
    ...box.read.flatMap((path) => ['--ro-bind', path, path]),
    ...box.write.flatMap((path) => ['--bind', path, path]),
    ...box.files.flatMap(({ from, to }) => ['--ro-bind', from, to]),
    ...(box.expression === null ? [] : ['--ro-bind', box.expression, expressionInside]),
    ...(box.project === null ? [] : ['--ro-bind', box.project, projectInside]),
    ...Object.entries({ ...box.variables, HOME: home, TMPDIR: '/tmp' }).flatMap(([name, value]) => [
      '--setenv',
      name,
      value,
    ]),
    ...['--chdir', '/tmp', '--', box.prlimit, `--as=${evaluationMemoryBytes}`, '--core=0', '--', ...box.argv],
  ];
}

const home = '/home';
export const expressionInside = '/expression';
export const projectInside = '/project';
