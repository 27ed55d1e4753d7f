import type { CargoConfigFacts } from '../facts/facts.ts';
import { stringAt, stringsAt } from '../toml/read-table.ts';
import { linuxKnowledge } from './target-cfg.ts';

/**
 * The targets that a command builds for: the host (build scripts, proc macros) and what cargo's own words, environment and
 * configuration name. Empty, which means all, as soon as one is not understood.
 */
export function wantedTargets(
  host: string,
  own: readonly string[],
  variables: Readonly<Record<string, string>>,
  config: CargoConfigFacts,
): readonly string[] {
  const written = own.flatMap((argument, index) => {
    if (argument === '--target') return [own[index + 1] ?? ''];
    return argument.startsWith('--target=') ? [argument.slice('--target='.length)] : [];
  });
  const configured = [config.project, config.user].flatMap((table) => {
    const one = stringAt(table, 'build', 'target');
    return one === null ? stringsAt(table, 'build', 'target') : [one];
  });
  const fromVariable = variables.CARGO_BUILD_TARGET === undefined ? [] : [variables.CARGO_BUILD_TARGET];
  // A configuration on the command line may name any target.
  if (own.some((argument) => /^--config(=|$)/.test(argument))) return [];
  const all = [...new Set([host, ...written, ...configured, ...fromVariable])].sort();
  return all.every((target) => linuxKnowledge(target) !== null) ? all : [];
}
