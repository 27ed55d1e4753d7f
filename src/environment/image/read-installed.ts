/** More than any list of packages: Debian's whole archive has some 65 000. */
const mostPackages = 20_000;
const mostLine = 20_000;

/** What apt has to know of a package that is there: what goes with it, and by its size whether it is the archive's own. */
const kept: ReadonlySet<string> = new Set([
  ...['Package', 'Status', 'Version', 'Architecture', 'Multi-Arch', 'Essential', 'Installed-Size', 'Provides'],
  ...['Pre-Depends', 'Depends', 'Conflicts', 'Breaks', 'Replaces'],
]);

/**
 * dpkg's list of packages of an image, written anew: of each package that is there the fields that decide what fits, one
 * line each, in printable characters. The image's own text reaches no program of ours. `null`: it is no such list.
 */
export function readInstalled(text: string): string | null {
  const stanzas = text.split(/\n{2,}/).filter((stanza) => stanza.trim() !== '');
  if (stanzas.length === 0 || stanzas.length > mostPackages) return null;
  const read = stanzas.map(fieldsOf);
  if (!read.every((fields) => fields.has('Package') && fields.has('Status'))) return null;
  const there = read.filter((fields) => /^(install|hold) ok installed$/.test(fields.get('Status') ?? ''));
  return there.map((fields) => `${[...fields].map(([name, value]) => `${name}: ${value}\n`).join('')}\n`).join('');
}

function fieldsOf(stanza: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of stanza.split('\n')) {
    if (line.length > mostLine) continue;
    const colon = line.indexOf(': ');
    const name = line.slice(0, Math.max(colon, 0));
    const value = line.slice(colon + 2).trim();
    if (kept.has(name) && !fields.has(name) && /^[\x20-\x7e]+$/.test(value)) fields.set(name, value);
  }
  return fields;
}
