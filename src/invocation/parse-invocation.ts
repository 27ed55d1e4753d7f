import { type Result, success } from '../base/result.ts';
import type { Invocation } from './invocation.ts';
import { findOwnCommand } from './own-commands.ts';
import { takeToolchain } from './read-toolchain.ts';

/**
 * What the command line asks for; `argv` is without node and script. Nothing is printed and nothing ended here.
 *
 * The form `cargo-boxed [+TOOLCHAIN] CARGO-COMMAND …` is decided without the option parser, which is loaded only when
 * there is an option or a command of ours before it: a no-op build should not pay for it.
 */
export async function parseInvocation(argv: readonly string[]): Promise<Result<Invocation>> {
  // Cargo starts `cargo boxed build` as `cargo-boxed boxed build`.
  const taken = takeToolchain(argv[0] === 'boxed' ? argv.slice(1) : argv);
  if (!taken.ok) return taken;
  const { toolchain, rest } = taken.value;
  const [first] = rest;
  if (first !== undefined && /^[a-z]/.test(first) && first !== 'cargo' && findOwnCommand(first) === undefined) {
    const command = { kind: 'cargo', name: first, arguments: rest.slice(1), globalArguments: [] } as const;
    return success({ toolchain, flags: { limits: [] }, command });
  }
  const { readCommandLine } = await import('./read-command-line.ts');
  return readCommandLine(rest, toolchain);
}
