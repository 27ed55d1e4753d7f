import { lstatSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { canonicalJson } from '../../base/canonical-json.ts';
import { recall, remember } from '../../host/memory.ts';
import { currentOwner } from '../../host/owner.ts';
import type { EngineFacts } from './engine-facts.ts';

/** Raised when the facts mean something else, or are more. */
const meaningOfFacts = 1;

/** A file as young as this may be written once more within the same tick of the clock. */
const settledMs = 2000;

/** What an engine said of itself, for as long as it is the same process. */
export interface FactsMemory {
  recall(): EngineFacts | null;
  remember(facts: EngineFacts): void;
}

/**
 * An engine is asked once what it is: it starts programs to answer. It is the same one as long as its socket and the file
 * with its process number, which it makes anew when it starts, are the same two. Where it keeps that file elsewhere, its
 * socket may outlive it (systemd's does), and nothing is remembered.
 */
export function factsMemory(state: string | null, socketPath: string): FactsMemory {
  const key = state === null ? null : identityOf(socketPath);
  if (state === null || key === null) return { recall: () => null, remember: () => undefined };
  const file = join(state, 'docker-facts.json');
  return {
    recall: () => recall<EngineFacts>(file, key),
    remember: (facts) => remember(file, key, facts),
  };
}

function identityOf(socketPath: string): string | null {
  const files = [socketPath, join(dirname(socketPath), 'docker.pid')];
  const stats = files.map((file) => lstatSync(file, { throwIfNoEntry: false }));
  const youngest = Math.max(...stats.map((stat) => stat?.ctimeMs ?? Date.now()));
  if (Date.now() - youngest < settledMs) return null;
  const made = stats.map((stat) => [stat?.dev, stat?.ino, stat?.ctimeMs]);
  return canonicalJson({ socketPath, made, boot: currentOwner().bootId, meaning: meaningOfFacts });
}
