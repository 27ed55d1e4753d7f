/** What a box has noted while it built, by package. */
export interface BuildRecord {
  /** Names that pkg-config was asked for, in their order. */
  readonly asked: ReadonlyMap<string, readonly string[]>;
  /** Programs that were started and are not there. */
  readonly absent: ReadonlyMap<string, readonly string[]>;
  /** Programs that `which` was asked for, whether they are there or not. */
  readonly sought: ReadonlyMap<string, readonly string[]>;
}

const mostRecords = 50_000;
const mostNames = 50;
const separator = '\x1e';

/**
 * Reads what `record.c` writes. Everything in a box can write there: what is not such a record is passed over, and no
 * package has more names than a build asks for.
 */
export function readRecord(text: string): BuildRecord {
  const asked = new Map<string, string[]>();
  const absent = new Map<string, string[]>();
  const sought = new Map<string, string[]>();
  for (const record of text.split(separator, mostRecords)) {
    const [kind, crate = '', ...words] = record.split('\0');
    if (!/^[\w-]{1,128}$/.test(crate)) continue;
    if (kind === 'asked') addNames(asked, crate, modulesOf(words));
    else if (kind === 'absent') addNames(absent, crate, words.filter(isName).slice(0, 1));
    else if (kind === 'sought') addNames(sought, crate, words.filter(isName));
  }
  return { asked, absent, sought };
}

function addNames(to: Map<string, string[]>, crate: string, names: readonly string[]): void {
  const known = to.get(crate) ?? [];
  for (const name of names) if (known.length < mostNames && !known.includes(name)) known.push(name);
  to.set(crate, known);
}

/** Of `--libs --cflags alsa "alsa >= 1.2"` the names: `alsa`. */
function modulesOf(words: readonly string[]): readonly string[] {
  const text = words.filter((word) => !word.startsWith('-')).join(' ');
  return text
    .replace(/[<>=!]+\s*[^\s,]*/g, ' ')
    .split(/[\s,]+/)
    .filter((word) => isName(word) && !/^\d+(?:\.\d+)*$/.test(word));
}

function isName(word: string): boolean {
  return /^[A-Za-z0-9][\w.+-]{0,63}$/.test(word);
}
