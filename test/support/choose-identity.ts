import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';

/** Who runs a suite, and with which tree, programs and toolchains. */
export interface IdentityRun {
  readonly name: 'root' | 'user';
  readonly account: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  /** The program and its arguments that change to this identity. */
  readonly prefix: readonly string[];
}

export function ourselves(): IdentityRun {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  return { name: 'root', account: 'root', uid, gid, home: homedir(), prefix: [] };
}

/**
 * An ordinary user: the one who called through sudo, the one that is named, or one of our own that is made now (and
 * stays: making it anew would give other subuids). Roots without root need a range of subuids.
 */
export function ordinaryUser(): IdentityRun {
  const account = process.env.CARGO_BOXED_TEST_USER || 'cargo-boxed-test';
  if (lookUp(account) === null) {
    console.log(`npm test: makes the user ${account} for the tests that need an ordinary one`);
    execFileSync('useradd', ['--create-home', '--shell', '/bin/bash', account], { stdio: 'inherit' });
  }
  const found = lookUp(account);
  if (found === null) throw new Error(`the user ${account} cannot be made`);
  for (const [file, option] of [
    ['/etc/subuid', '--add-subuids'],
    ['/etc/subgid', '--add-subgids'],
  ] as const) {
    if (ranges(file).some((line) => line.startsWith(`${account}:`) || line.startsWith(`${found.uid}:`))) continue;
    const first = 1_000_000 + found.uid * 65_536;
    execFileSync('usermod', [option, `${first}-${first + 65_535}`, account], { stdio: 'inherit' });
  }
  const prefix = ['setpriv', `--reuid=${found.uid}`, `--regid=${found.gid}`, '--init-groups', '--inh-caps=-all', '--'];
  return { name: 'user', account, ...found, prefix };
}

function ranges(file: string): readonly string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
}

function lookUp(account: string): { uid: number; gid: number; home: string } | null {
  const found = spawnSync('getent', ['passwd', account], { encoding: 'utf8' });
  if (found.status !== 0) return null;
  const [, , uid, gid, , home] = found.stdout.trim().split(':');
  return { uid: Number(uid), gid: Number(gid), home: home as string };
}
