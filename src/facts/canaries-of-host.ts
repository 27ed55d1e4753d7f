import { hostname } from 'node:os';
import type { Canary } from '../customs/find-words.ts';
import { homeDirectory, userName } from './read-host.ts';

/** Shorter ones, and those that every second program has in it, say nothing about this machine. */
const shortest = 4;
const common = new Set(['root', 'user', 'localhost', 'debian', 'ubuntu', 'runner', 'admin', 'test']);

/** What names this machine and its user, and has no business in an artifact: no box is told any of it. */
export function canariesOfHost(variables: Readonly<Record<string, string | undefined>>): readonly Canary[] {
  const found: readonly Canary[] = [
    { word: hostname(), what: 'the name of this machine' },
    { word: userName() ?? '', what: 'the name of the user' },
    { word: `${homeDirectory(variables)}/`, what: 'the path of the home' },
  ];
  return found.filter(({ word }) => word.length >= shortest && !common.has(word) && word !== '/root/');
}
