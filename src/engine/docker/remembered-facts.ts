import { lstatSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { canonicalJson } from '../../base/canonical-json.ts';
import { isSettled, stampOf } from '../../host/file-stamp.ts';
import { recall, remember } from '../../host/memory.ts';
import { currentOwner, isRunning } from '../../host/owner.ts';
import type { EngineFacts } from './engine-facts.ts';

/** Raised when the facts mean something else, or are more. */
const meaningOfFacts = 1;

/** What an engine said of itself, for as long as it is the same process. */
export interface FactsMemory {
  /** `null` also when that process is gone, or its number means nothing here. */
  recall(): EngineFacts | null;
  remember(facts: EngineFacts): void;
}

/**
 * An engine is asked once what it is: it starts programs to answer. It is the same one as long as its socket and the file
 * with its process number, which it makes anew when it starts, are the same two. Where it keeps that file elsewhere, its
 * socket may outlive it (systemd's does), and nothing is remembered.
 */
export function factsMemory(state: string, socketPath: string): FactsMemory {
  const key = identityOf(socketPath);
  if (key === null) return { recall: () => null, remember: () => undefined };
  const file = join(state, 'docker-facts.json');
  return {
    recall: () => recall<EngineFacts>(file, socketPath, key),
    remember: (facts) => remember(file, socketPath, key, facts),
  };
}

function identityOf(socketPath: string): string | null {
  const processFile = join(dirname(socketPath), 'docker.pid');
  const files = [socketPath, processFile];
  const stats = files.flatMap((file) => lstatSync(file, { throwIfNoEntry: false }) ?? []);
  if (stats.length < files.length || !stats.every((stat) => isSettled(stat, Date.now()))) return null;
  if (!isRunning(readProcessId(processFile))) return null;
  return canonicalJson({ made: stats.map(stampOf), boot: currentOwner().bootId, meaning: meaningOfFacts });
}

function readProcessId(file: string): number {
  try {
    return Number.parseInt(readFileSync(file, 'latin1'), 10);
  } catch {
    return Number.NaN;
  }
}
