import { readFileSync } from 'node:fs';

/** A file of /proc or /sys; nothing where it is gone, since the process has ended, or not to be seen from here. */
export function readKernelText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
