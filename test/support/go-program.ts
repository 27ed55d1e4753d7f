import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Programs of others that tests run, by the modules that Go builds them from. */
const modules = {
  /** Runs workflows of GitHub on this machine. */
  act: 'github.com/nektos/act@v0.2.89',
  /** Signs what is in a registry. */
  cosign: 'github.com/sigstore/cosign/v2/cmd/cosign@v2.6.5',
} as const;

/** The program, built once and kept beside the other downloads. */
export function goProgram(name: keyof typeof modules): string {
  const downloads = process.env.CARGO_BOXED_TEST_DOWNLOADS ?? join(homedir(), '.cache/cargo-boxed-tests');
  const module = modules[name];
  const folder = join(downloads, 'tools', `${name}-${module.slice(module.indexOf('@') + 1)}`);
  const program = join(folder, name);
  if (existsSync(program)) return program;
  const draft = `${folder}.new`;
  mkdirSync(draft, { recursive: true });
  execFileSync('go', ['install', module], {
    env: { ...process.env, GOBIN: draft, GOPATH: join(downloads, 'tools/go'), GOFLAGS: '-modcacherw' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  renameSync(draft, folder);
  return program;
}
