import { dirname, join, resolve } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { type Problem, printable } from '../problem/problem.ts';
import type { Locate } from '../toml/locate-value.ts';
import { parseToml } from '../toml/parse.ts';
import { stringsAt } from '../toml/read-table.ts';
import type { TomlTable } from './facts.ts';
import { isWithin, realPath } from './path-within.ts';
import { readProjectText } from './read-project-text.ts';

/** A manifest where it stands; `folder` is absolute, normalised, and may go through links as cargo sees it. */
export interface Manifest {
  readonly folder: string;
  readonly file: string;
  readonly text: string;
  readonly content: TomlTable;
  /** Cargo's rule for workspaces: below an excluded folder and not below an explicit member. */
  readonly excludes: (folder: string) => boolean;
}

/** Reads the Cargo.toml of a folder once. `null`: there is none. */
export type ManifestReader = (folder: string, bound: string, where?: Locate) => Result<Manifest | null>;

/**
 * All manifests together: several times what the largest workspaces have, and ten seconds at worst. Links can make one
 * large file the manifest of every member.
 */
const mostCharacters = 16 * 1024 * 1024;

export function manifestReader(): ManifestReader {
  const known = new Map<string, Result<Manifest | null>>();
  let charactersLeft = mostCharacters;
  return (folder, bound, where) => {
    let result = known.get(folder);
    if (result === undefined) {
      result = charactersLeft < 0 ? failure(tooLong(folder)) : readManifest(folder, bound, where);
      if (result.ok) charactersLeft -= result.value?.text.length ?? 0;
      known.set(folder, result);
    }
    return result;
  };
}

function tooLong(folder: string): Problem {
  return {
    code: 'manifest',
    what: 'the manifests of the project are too long',
    where: { file: join(folder, 'Cargo.toml') },
    why: `together they have more than the ${mostCharacters} characters that are read`,
    fix: 'Shorten them, or split the workspace.',
  };
}

function readManifest(folder: string, bound: string, where?: Locate): Result<Manifest | null> {
  const real = realPath(folder, where);
  if (!real.ok || real.value === null) return real as Result<null>;
  if (!isWithin(real.value, bound)) {
    return failure({
      code: 'refused',
      what: `${printable(folder)} leads out of the project through a symbolic link`,
      where: where?.() ?? { file: folder },
      why: `only ${printable(bound)} is visible in the box`,
      fix: 'Replace the link with the folder itself.',
    });
  }
  const file = join(folder, 'Cargo.toml');
  const text = readProjectText(join(real.value, 'Cargo.toml'), bound, 'manifest');
  if (!text.ok || text.value === null) return text as Result<null>;
  const content = parseToml(text.value, file);
  return content.ok
    ? success({ folder, file, text: text.value, content: content.value, excludes: exclusionOf(folder, content.value) })
    : content;
}

/** Looks the parents of a folder up in sets, which are made when first asked: long lists stay cheap. */
function exclusionOf(root: string, content: TomlTable): (folder: string) => boolean {
  const covering = (key: string) => {
    let folders: Set<string> | null = null;
    return (folder: string) => {
      folders ??= new Set(stringsAt(content, 'workspace', key).map((path) => resolve(root, path)));
      for (let at = folder; ; at = dirname(at)) {
        if (folders.has(at)) return true;
        if (at === dirname(at)) return false;
      }
    };
  };
  const excluded = covering('exclude');
  const named = covering('members');
  return (folder) => excluded(folder) && !named(folder);
}
