import { lstatSync, mkdirSync, renameSync } from 'node:fs';
import { at, closeFolder, type Folder, openFolder } from './folder.ts';
import { handOver, placeBytes, temporaryName } from './place-file.ts';
import { readBounded } from './read-bounded.ts';

const config = `[core]
\tbare = false
\trepositoryformatversion = 0
\tfilemode = true
\tlogallrefupdates = true
`;

/** The branch that a repository's HEAD names; `null` when it says anything else. Only this one word is taken over. */
export function readBranch(parent: Folder): string | null {
  const repository = openFolder(parent, '.git');
  try {
    const head = readBounded(repository, 'HEAD', 1024);
    if (typeof head === 'string') return null;
    const branch = /^ref: refs\/heads\/([A-Za-z0-9][A-Za-z0-9_-]{0,63})\n$/.exec(head.toString('latin1'))?.[1];
    return branch ?? null;
  } finally {
    closeFolder(repository);
  }
}

/**
 * Makes a git repository without a commit, from constants: a `.git` that came out of a box could hold hooks and
 * settings that run programs. Written aside and moved in whole; one that exists is left alone.
 */
export function writeEmptyRepository(parent: Folder, branch: string): 'written' | 'exists' {
  if (lstatSync(at(parent, '.git'), { throwIfNoEntry: false }) !== undefined) return 'exists';
  const temporary = temporaryName();
  const repository = make(parent, temporary);
  try {
    const references = make(repository, 'refs');
    for (const name of ['heads', 'tags']) closeFolder(make(references, name));
    closeFolder(references);
    const objects = make(repository, 'objects');
    for (const name of ['info', 'pack']) closeFolder(make(objects, name));
    closeFolder(objects);
    placeBytes(Buffer.from(config), { folder: repository, name: 'config', mode: 0o644 });
    placeBytes(Buffer.from(`ref: refs/heads/${branch}\n`), { folder: repository, name: 'HEAD', mode: 0o644 });
  } finally {
    closeFolder(repository);
  }
  renameSync(at(parent, temporary), at(parent, '.git'));
  return 'written';
}

function make(parent: Folder, name: string): Folder {
  mkdirSync(at(parent, name), 0o755);
  const folder = openFolder(parent, name);
  handOver(folder, parent);
  return folder;
}
