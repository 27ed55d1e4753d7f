import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Downloads outlive a run, all else is made anew: packages and crates are named by their sums, which the product checks
 * whenever it uses them, so an old one is as good as a new one.
 */
const kept = ['debs', 'archives'] as const;
const downloads = process.env.CARGO_BOXED_TEST_DOWNLOADS ?? join(homedir(), '.cache/cargo-boxed-tests');

/** Gives a fresh CARGO_BOXED_HOME what earlier runs have downloaded. */
export function bringDownloads(home: string, uid: number, gid: number): void {
  for (const name of kept) {
    const [from, to] = [join(downloads, name), join(home, 'cache', name)];
    mkdirSync(from, { recursive: true });
    mkdirSync(to, { recursive: true });
    spawnSync('cp', ['-r', '--no-preserve=mode,ownership', '--reflink=auto', `${from}/.`, to]);
  }
  spawnSync('chown', ['-R', '-h', `${uid}:${gid}`, home]);
}

/** Takes over what this run has downloaded. Only plain files named by a sum: the home belonged to tests. */
export function keepDownloads(home: string): void {
  for (const name of kept) {
    const from = join(home, 'cache', name);
    const script = `cd "$1" && find . -maxdepth 1 -type f -regextype posix-extended -regex '\\./[0-9a-f]{64}\\.[a-z]+' \
      -exec cp --no-clobber --no-dereference --no-preserve=mode,ownership -t "$2" {} +`;
    spawnSync('bash', ['-c', script, 'keep-downloads', from, join(downloads, name)], { stdio: 'ignore' });
  }
}
