import type { DebianArchive } from './debian-archive.ts';

/** One place that packages come from, as apt's configuration of the host names it. */
export interface AptSource {
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** A keyring file of the host; embedded keys and fingerprints are not used. */
  readonly signedBy: string | null;
}

/** A mirror of one of Debian's archives. */
export interface DebianMirror {
  readonly archive: DebianArchive;
  /** Without a slash at its end. */
  readonly uri: string;
  readonly signedBy: string | null;
}

/** `deb [options] uri suite component…`, one a line. Lines that apt would refuse are passed over. */
export function parseOneLineSources(text: string): readonly AptSource[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (match === null) return [];
    const [, options = '', uri = '', suite = '', components = ''] = match;
    const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(options)?.[1] ?? null;
    return [{ uri, suites: [suite], components: words(components), signedBy: keyringFile(signedBy) }];
  });
}

/** Paragraphs of `Types: URIs: Suites: Components: Signed-By:`. Disabled ones are left out. */
export function parseDeb822Sources(text: string): readonly AptSource[] {
  return text.split(/\n[ \t]*\n/).flatMap((paragraph) => {
    const fields = parseFields(paragraph);
    const enabled = !/^(no|false|0|off|without|disable)$/i.test((fields.get('enabled') ?? '').trim());
    if (!enabled || !words(fields.get('types') ?? '').includes('deb')) return [];
    return words(fields.get('uris') ?? '').map((uri) => ({
      uri,
      suites: words(fields.get('suites') ?? ''),
      components: words(fields.get('components') ?? ''),
      signedBy: keyringFile(fields.get('signed-by')?.trim() ?? null),
    }));
  });
}

function parseFields(paragraph: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let last = '';
  for (const line of paragraph.split('\n')) {
    if (line.startsWith('#')) continue;
    const field = /^([^\s:]+):\s*(.*)$/.exec(line);
    if (field?.[1] !== undefined) {
      last = field[1].toLowerCase();
      fields.set(last, field[2] ?? '');
    } else if (last !== '') fields.set(last, `${fields.get(last)}\n${line}`);
  }
  return fields;
}

const releases = /^(bullseye|bookworm|trixie|forky|sid|unstable|testing|(old)*stable)(-security|-updates|\/updates)?$/;

/**
 * The mirrors of Debian's own archives among the host's sources, the first of each. Known by a Debian release name with
 * component `main`, an address whose path ends as Debian's mirrors do, and no foreign key: other vendors use release
 * names too, with keys and components of their own.
 */
export function debianMirrors(sources: readonly AptSource[]): readonly DebianMirror[] {
  const mirrors = new Map<DebianArchive, DebianMirror>();
  for (const source of sources) {
    const uri = source.uri.replace(/\/+$/, '');
    if (!/^(https?|mirror\+https?|file):/.test(uri) || !source.components.includes('main')) continue;
    if (source.signedBy !== null && !/debian-archive/.test(source.signedBy)) continue;
    const suites = source.suites.filter((suite) => releases.test(suite));
    if (suites.length === 0 || !/\/debian(-security)?([^/]*|\/.*)$/.test(uri)) continue;
    const isSecurity = suites.every((suite) => /(-security|\/updates)$/.test(suite));
    const archive = isSecurity ? 'debian-security' : 'debian';
    if (!mirrors.has(archive)) mirrors.set(archive, { archive, uri, signedBy: source.signedBy });
  }
  return [...mirrors.values()];
}

function keyringFile(signedBy: string | null): string | null {
  return signedBy !== null && /^\/\S+$/.test(signedBy) ? signedBy : null;
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
