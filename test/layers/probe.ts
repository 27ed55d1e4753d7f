import { quoteShell } from '../../src/base/quote-shell.ts';
import type { DebianSuite } from '../../src/config/config.ts';
import type { Layer, LayerCheck } from '../../src/layers/layer.ts';

/** What was found in a root that has a layer and nothing else beyond the base. */
export interface Finding {
  /** Its check passed. */
  readonly proved: boolean;
  readonly version: string;
  /** Modules, programs and headers that the layer names and this suite does not have: `module foo`. */
  readonly lacks: readonly string[];
}

/** The script that looks for all that a layer names; `readFinding` reads what it prints. */
export function probeScript(layer: Layer, suite: DebianSuite): string {
  return [
    'exec 2>/dev/null',
    'module() { pkg-config --cflags --libs "$1" >/dev/null || echo "lacks module $1"; }',
    'program() { command -v "$1" >/dev/null || echo "lacks program $1"; }',
    // A header may need flags that only its own tools know: then it is enough that the file is there.
    'header() { included "$1" || find -L /usr -path "*/$1" -print -quit | grep -q . || echo "lacks header $1"; }',
    // In C++ too, since some are of that.
    'included() { for language in c c++; do echo "#include <$1>" | cc -E -x "$language" - >/dev/null && return; done; return 1; }',
    'linked() { echo "int main(void) { return 0; }" | cc -x c - -o /tmp/linked "-l$1"; }',
    ...layer.pkgConfig.map((name) => `module ${quoteShell(name)}`),
    ...layer.tools.map((name) => `program ${quoteShell(name)}`),
    ...layer.headers.map((name) => `header ${quoteShell(name)}`),
    `${checkCommand(layer.check)} && echo proved`,
    versionCommand(layer, suite),
    'true',
  ].join('\n');
}

export function readFinding(output: string): Finding {
  const lines = output.split('\n');
  const said = (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  const shown = said('version').join(' ');
  return {
    proved: lines.includes('proved'),
    version: (/\d+\.\w+(?:[.-]\w+)*/.exec(shown) ?? /\d+/.exec(shown))?.[0] ?? '',
    lacks: said('lacks'),
  };
}

function checkCommand(check: LayerCheck): string {
  if ('program' in check) return `${check.program.map(quoteShell).join(' ')} >/tmp/said 2>&1`;
  if ('header' in check) return `included ${quoteShell(check.header)}`;
  if ('library' in check) return `linked ${quoteShell(check.library)}`;
  const name = quoteShell(check.pkgConfig);
  const atLeast =
    check.atLeast === undefined ? '' : `pkg-config --atleast-version=${quoteShell(check.atLeast)} ${name} && `;
  return `${atLeast}pkg-config --cflags --libs ${name} >/dev/null`;
}

function versionCommand({ check, debian }: Layer, suite: DebianSuite): string {
  if ('pkgConfig' in check) return `echo "version $(pkg-config --modversion ${quoteShell(check.pkgConfig)})"`;
  if ('program' in check) return 'echo "version $(grep -m 1 "[0-9]" /tmp/said)"';
  return `echo "version $(dpkg-query -W -f '\${source:Upstream-Version}' ${quoteShell(debian[suite][0] ?? '')})"`;
}
