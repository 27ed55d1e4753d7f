import { bashCompletion } from './complete-bash.ts';
import { fishCompletion } from './complete-fish.ts';
import { zshCompletion } from './complete-zsh.ts';
import type { Shell } from './own-commands.ts';

/**
 * A script that completes the command line in a shell, made from the tables of options and commands. It starts no
 * program: to ask cargo for a project's aliases or targets would run what that project names as its compiler.
 */
export function completionScript(shell: Shell): string {
  switch (shell) {
    case 'bash':
      return bashCompletion();
    case 'zsh':
      return zshCompletion();
    case 'fish':
      return fishCompletion();
  }
}
