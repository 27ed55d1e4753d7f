import { StringDecoder } from 'node:string_decoder';
import { spawn } from '@lydell/node-pty';
import { killGroup } from '../../host/program.ts';
import type { BoxWatch } from '../watch-box.ts';

/** node-pty passes no descriptors on: a shell opens the files as 3 to 7 before it becomes the program. */
const openAndBecome = 'exec 3<"$1" 4<>"$2" 5<"$3" 6<"$4" 7<"$4"; shift 4; exec "$@"';

/**
 * Runs the box on a pseudo terminal of its own, joined to ours: window size, job control, and nothing of our own
 * terminal inside. Gives `null` as status when the launcher was killed.
 */
export async function runOnTerminal(
  [program, programArguments]: readonly [string, readonly string[]],
  terminalName: string,
  files: readonly [string, string, string, string],
  watch: Pick<BoxWatch, 'heard' | 'signal'>,
  onStart: (processId: number) => void,
): Promise<{ status: number | null; startError: null }> {
  const { stdin, stdout } = process;
  const shellArguments = ['-c', openAndBecome, 'sh', ...files, program, ...programArguments];
  const terminal = spawn('/bin/sh', shellArguments, {
    name: terminalName,
    cols: stdout.columns ?? 80,
    rows: stdout.rows ?? 24,
    cwd: '/',
    // The box's own variables are options of bubblewrap: the launchers run on the host.
    env: {},
    encoding: null,
  });
  onStart(terminal.pid);
  const resize = () => terminal.resize(stdout.columns ?? 80, stdout.rows ?? 24);
  const decoder = new StringDecoder('utf8');
  const type = (keys: Buffer) => {
    watch.heard();
    terminal.write(decoder.write(keys));
  };
  terminal.onData((text: unknown) => {
    watch.heard((text as Uint8Array).length);
    if (!stdout.write(text as Uint8Array)) {
      terminal.pause();
      stdout.once('drain', () => terminal.resume());
    }
  });
  const stop = () => terminal.kill('SIGKILL');
  watch.signal.addEventListener('abort', stop, { once: true });
  stdin.setRawMode?.(true);
  stdin.on('data', type);
  stdin.resume();
  stdout.on('resize', resize);
  try {
    const ended = await new Promise<{ exitCode: number; signal?: number }>((resolve) => terminal.onExit(resolve));
    return { status: ended.signal ? null : ended.exitCode, startError: null };
  } finally {
    killGroup(terminal.pid);
    watch.signal.removeEventListener('abort', stop);
    stdin.setRawMode?.(false);
    stdin.off('data', type);
    stdin.pause();
    stdout.off('resize', resize);
  }
}
