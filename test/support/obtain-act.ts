import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const version = 'v0.2.89';

/** Runs the workflows of GitHub on this machine: built from its Go module, once, and kept beside the other downloads. */
export function obtainAct(): string {
  const downloads = process.env.CARGO_BOXED_TEST_DOWNLOADS ?? join(homedir(), '.cache/cargo-boxed-tests');
  const folder = join(downloads, 'tools', `act-${version}`);
  const act = join(folder, 'act');
  if (existsSync(act)) return act;
  const draft = `${folder}.new`;
  mkdirSync(draft, { recursive: true });
  execFileSync('go', ['install', `github.com/nektos/act@${version}`], {
    env: { ...process.env, GOBIN: draft, GOPATH: join(downloads, 'tools/go'), GOFLAGS: '-modcacherw' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  renameSync(draft, folder);
  return act;
}
