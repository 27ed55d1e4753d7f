import { enginePromises } from '../../src/policy/promises.ts';
import { probes } from '../../src/selftest/judge-probes.ts';
import { catalogue } from '../hostile/catalogue.ts';

/** The tables of SECURITY.md, by the name that stands in the comments around each: made from what the code goes by. */
export function securityTables(): ReadonlyMap<string, string> {
  return new Map([
    ['engines', engines()],
    ['not-held', notHeld()],
    ['selftest', selftest()],
  ]);
}

/** The text with its tables made anew. Throws when one has no place in it. */
export function withTables(text: string): string {
  let result = text;
  for (const [name, table] of securityTables()) {
    const [begin, end] = [`<!-- table: ${name} -->\n`, `<!-- end of ${name} -->`];
    const [from, to] = [result.indexOf(begin), result.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`no place for the table ${name}`);
    result = `${result.slice(0, from)}${begin}\n${table}\n${result.slice(to)}`;
  }
  return result;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`.replace(/\| +\|/g, '| |');
  return `${line(head)}|${head.map(() => '---|').join('')}\n${rows.map(line).join('')}`;
}

function engines(): string {
  return table(
    ['', 'bwrap', 'docker'],
    enginePromises.map(({ what, held }) => [what, held.bwrap, held.docker]),
  );
}

function notHeld(): string {
  const rows = catalogue.flatMap((entry) =>
    'notHeld' in entry ? [[String(entry.number), entry.what, entry.notHeld, entry.risk]] : [],
  );
  return table(['', 'attack', 'why it is not held', 'what is left'], rows);
}

function selftest(): string {
  const rows = probes.flatMap(({ name, notHeld: everywhere, notHeldOn = [] }) => [
    ...(everywhere === undefined ? [] : [[`\`${name}\``, 'everywhere', everywhere]]),
    ...notHeldOn.map(({ engine, as, why }) => [`\`${name}\``, as === undefined ? engine : `${engine}, as ${as}`, why]),
  ]);
  return table(['attack of the self-test', 'where', 'why'], rows);
}
