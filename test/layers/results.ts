import { formattedTable } from '../support/formatted-table.ts';

/** One line of RESULTS.md. */
export interface ResultRow {
  readonly layer: string;
  readonly suite: string;
  readonly version: string;
  readonly ok: boolean;
  /** What the suite lacks of all that the layer names. */
  readonly lacks: string;
}

const introduction = `# Layers, each alone in a root

Made by \`npm run layers:check\`: the product makes a root of the base and one layer, and the check of the layer runs in a
box of it. A layer that is not here was not checked so yet; the names of its packages, modules, headers and programs were
compared with the contents of both suites. Lacks: what the layer names and this suite does not have.
`;

export function formatResults(rows: readonly ResultRow[]): string {
  const sorted = [...rows].sort((left, right) => (key(left) < key(right) ? -1 : 1));
  const passed = sorted.filter(({ ok }) => ok).length;
  const cells = sorted.map(({ layer, suite, version, ok, lacks }) => [layer, suite, version, ok ? 'yes' : 'NO', lacks]);
  const layers = new Set(sorted.map(({ layer }) => layer)).size;
  const counts = `${passed} of ${sorted.length} checks passed, of ${layers} layers.`;
  return `${introduction}\n${counts}\n\n${formattedTable([['layer', 'suite', 'version', 'ok', 'lacks'], ...cells])}\n`;
}

export function readResults(text: string): readonly ResultRow[] {
  return text
    .split('\n')
    .filter((line) => /^\| [a-z0-9-]+ +\| (?:bookworm|trixie) /.test(line))
    .map((line) => {
      const [layer = '', suite = '', version = '', ok, lacks = ''] = line
        .split('|')
        .slice(1)
        .map((cell) => cell.trim());
      return { layer, suite, version, ok: ok === 'yes', lacks };
    });
}

/** The old rows with the new ones in place of those of the same layer and suite, and without layers that are gone. */
export function mergeResults(
  old: readonly ResultRow[],
  more: readonly ResultRow[],
  names: readonly string[],
): readonly ResultRow[] {
  const rows = new Map([...old, ...more].map((row) => [key(row), row]));
  return [...rows.values()].filter(({ layer }) => names.includes(layer));
}

function key({ layer, suite }: ResultRow): string {
  return `${layer} ${suite}`;
}
