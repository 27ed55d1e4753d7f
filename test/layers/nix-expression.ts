import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { evaluateEnvironment } from '../../src/environment/nix/build-environment.ts';
import { findNixPrograms, type NixHost } from '../../src/environment/nix/nix-host.ts';
import type { NixWish } from '../../src/environment/nix/specification.ts';
import type { NixSource } from '../../src/lock/pins.ts';

/** Evaluates our whole expression as a build does it: the product's own code, in its box, restricted, in a new store. */
export interface Evaluation {
  /** A folder of source code, as the pin that a lock would have of it. */
  pin(folder: string, rev: string): NixSource;
  /** What its evaluation ends with: `yes`, or the first words of the problem. */
  tries(wish: Pick<NixWish, 'nixpkgs' | 'layers' | 'toolchain'>): Promise<string>;
}

export function evaluation(scratch: string): Evaluation {
  const programs = findNixPrograms(process.env, []);
  if (!programs.ok) throw new Error(programs.problems[0]?.what);
  const store = join(scratch, 'store');
  mkdirSync(store);
  const host: NixHost = {
    programs: programs.value,
    store: { kind: 'chroot', folder: store },
    roots: join(scratch, 'roots'),
    scratch: join(scratch, 'work'),
    variables: { NIX_CONFIG: 'substituters =' },
    certificates: null,
    offline: true,
    timeMs: 600_000,
    project: scratch,
    fetches: [],
    onProgress: () => {},
    signal: new AbortController().signal,
  };
  let archives = 0;
  return {
    pin(folder, rev) {
      const archive = join(scratch, `source-${archives++}.tar.gz`);
      execFileSync('tar', [
        '--create',
        '--gzip',
        '--file',
        archive,
        '--transform',
        's,^[.],source,SH',
        '-C',
        folder,
        '.',
      ]);
      const url = `file://${archive}`;
      const narHash = execFileSync('nix-hash', ['--type', 'sha256', '--base32', folder], { encoding: 'utf8' }).trim();
      return { rev, url, narHash };
    },
    async tries(wish) {
      const system = `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux`;
      const ended = await evaluateEnvironment(host, { system, packages: [], own: null, ...wish });
      return ended.ok
        ? 'yes'
        : ended.problems.map(({ what, why }) => `${what}${why === undefined ? '' : ` (${why})`}`).join('; ');
    },
  };
}
