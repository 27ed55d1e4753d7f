import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '../../base/result.ts';
import type { OwnNix } from '../../facts/facts.ts';
import { type Problem, printable } from '../../problem/problem.ts';
import { explainNix } from './explain-failure.ts';
import { storeRoot } from './find-store.ts';
import type { NixHost } from './nix-host.ts';
import { runPlain } from './run-nix.ts';

/**
 * Of all that would be built for a project's own environment, what Nix gives a network: builds with a fixed output. Each
 * has to be among `nix.fetches`, which a project asks for. What is there or comes from a cache is not built.
 */
export async function judgeFetches(host: NixHost, own: OwnNix, derivation: string): Promise<Result<true>> {
  const asked = await runPlain(host, [host.programs.store, '--realise', '--dry-run', derivation], mostListed);
  if (asked.status !== 0) return failure(explainNix('build', asked));
  // A list that was cut could lack the one that matters.
  if (asked.said.length >= mostListed) return failure(tooMany(host, own));
  const built = asked.said.matchAll(/^\s+(\/nix\/store\/[0-9a-df-np-sv-z]{32}-[A-Za-z0-9+._?=-]{1,207}\.drv)$/gm);
  const open = [...built]
    .map(([, path = '']) => fixedOutput(readFileSync(join(storeRoot(host.store), path), 'utf8')))
    .filter((output) => output !== null && !host.fetches.includes(output))
    .sort();
  if (open.length === 0) return success(true);
  const file = join(host.project, own.path);
  return failure({
    code: 'refused',
    what: `${printable(own.path)} builds what Nix gives a network, and \`nix.fetches\` does not name it`,
    where: { file },
    why: ['these have a fixed output', ...open.slice(0, mostShown).map((output) => `  ${output}`), ...more(open)].join(
      '\n',
    ),
    fix: 'Add them to `nix: {fetches: […]}` in cargo-boxed.yaml, and grant what that asks; nothing was built.',
  });
}

function tooMany({ project }: NixHost, { path }: OwnNix): Problem {
  const where = { file: join(project, path) };
  return { code: 'refused', what: `${printable(path)} comes to more builds than can be looked through`, where };
}

/** Of what Nix lists: a hundred thousand builds. */
const mostListed = 16 * 1024 * 1024;
const mostShown = 30;

function more(open: readonly unknown[]): readonly string[] {
  return open.length > mostShown ? [`  … and ${open.length - mostShown} more`] : [];
}

/** `NAME:ALGORITHM:SUM` of a derivation in the store whose output is fixed; `null`: its build has no network. */
export function fixedOutput(derivation: string): string | null {
  const outputs = /^Derive\(\[((?:\("[^"]{0,300}","[^"]{0,400}","[^"]{0,40}","[^"]{0,200}"\),?)*)\]/.exec(
    derivation,
  )?.[1];
  // What cannot be read is taken for one that nobody can name.
  if (outputs === undefined) return 'unreadable';
  const fixed = /\("[^"]*","([^"]*)","([^"]+)","([^"]*)"\)/.exec(outputs);
  if (fixed === null) return null;
  const name = (fixed[1] ?? '').slice('/nix/store/'.length + 33);
  return `${name}:${(fixed[2] ?? '').replace(/^(?:r|text):/, '')}:${fixed[3]}`;
}
