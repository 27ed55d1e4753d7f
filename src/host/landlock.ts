import { readFileSync } from 'node:fs';
import { release } from 'node:os';

/** The first Linux whose Landlock can let files be moved between folders, without which most scripts would break. */
const since = [5, 19] as const;

/**
 * Why build scripts get no walls of their own on this kernel, or `null`. Engines are local, so their kernel is ours. A
 * system without securityfs does not tell; the walls themselves ask the kernel.
 */
export function landlockGap(kernel = release(), modulesFile = '/sys/kernel/security/lsm'): string | null {
  const [major = 0, minor = 0] = kernel.split('.').map((part) => Number.parseInt(part, 10));
  if (major < since[0] || (major === since[0] && minor < since[1])) {
    return `needs Landlock of Linux ${since.join('.')} or later, and this is ${kernel}`;
  }
  const modules = readModules(modulesFile);
  if (modules === null || modules.split(',').includes('landlock')) return null;
  return `Landlock is switched off: start the kernel with \`lsm=landlock,${modules}\``;
}

function readModules(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}
