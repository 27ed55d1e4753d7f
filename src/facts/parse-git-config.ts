/** One line of a git configuration: `[section "subsection"] name = value`; `null` is a name without a value. */
export interface GitSetting {
  readonly section: string;
  readonly subsection: string | null;
  readonly name: string;
  readonly value: string | null;
}

const mostSettings = 10_000;

/**
 * Reads git's own format as data; includes are not followed. Stops at what git would refuse: the settings before it
 * are given, as nothing after it would hold either.
 */
export function parseGitConfig(text: string): readonly GitSetting[] {
  const settings: GitSetting[] = [];
  const cursor: Cursor = { text: text.replace(/^(\ufeff|\u00ef\u00bb\u00bf)/, ''), at: 0 };
  let header: { section: string; subsection: string | null } | null = null;
  while (settings.length < mostSettings) {
    skip(cursor, /[\s]*/y);
    if (cursor.at >= cursor.text.length) break;
    const character = cursor.text[cursor.at];
    if (character === '#' || character === ';') skip(cursor, /[^\n]*/y);
    else if (character === '[') {
      header = readHeader(cursor);
      if (header === null) break;
    } else {
      const name = skip(cursor, /[A-Za-z][A-Za-z0-9-]*/y);
      const value = name === '' || header === null ? undefined : readValue(cursor);
      if (header === null || value === undefined) break;
      settings.push({ ...header, name, value });
    }
  }
  return settings;
}

interface Cursor {
  readonly text: string;
  at: number;
}

function skip(cursor: Cursor, pattern: RegExp): string {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text)?.[0] ?? '';
  cursor.at += found.length;
  return found;
}

function readHeader(cursor: Cursor): { section: string; subsection: string | null } | null {
  const pattern = /\[([A-Za-z0-9.-]+)(?:[ \t]+"((?:[^"\\\n]|\\[^\n])*)")?\]/y;
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text);
  if (found === null) return null;
  cursor.at += found[0].length;
  const [, section = '', quoted] = found;
  if (quoted !== undefined) return { section, subsection: quoted.replace(/\\(.)/g, '$1') };
  const dot = section.indexOf('.');
  return dot < 0
    ? { section, subsection: null }
    : { section: section.slice(0, dot), subsection: section.slice(dot + 1).toLowerCase() };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', b: '\b', '"': '"', '\\': '\\' };

/** After a name; `undefined` where git would stop with an error. */
function readValue(cursor: Cursor): string | null | undefined {
  skip(cursor, /[ \t\r]*/y);
  if (cursor.text[cursor.at] === '=') return readText(cursor);
  skip(cursor, /[#;][^\n]*/y);
  const next = cursor.text[cursor.at];
  return next === '\n' || next === undefined ? null : undefined;
}

function readText(cursor: Cursor): string | undefined {
  cursor.at += 1;
  skip(cursor, /[ \t\r]*/y);
  let value = '';
  // Blanks outside of quotes at the end of the line are no part of the value.
  let length = 0;
  let isQuoted = false;
  for (;;) {
    const plain = skip(cursor, isQuoted ? /[^\n"\\]+/y : /[^\n"\\#;]+/y);
    const end = isQuoted ? plain.length : endOfWords(plain);
    if (end > 0) length = value.length + end;
    value += plain;
    const character = cursor.text[cursor.at];
    if (character === '"') isQuoted = !isQuoted;
    else if (character === '\\') {
      const meant = readEscape(cursor);
      if (meant === undefined) return undefined;
      value += meant;
      length = value.length;
    } else {
      skip(cursor, /[#;][^\n]*/y);
      return isQuoted ? undefined : value.slice(0, length);
    }
    cursor.at += 1;
  }
}

function endOfWords(text: string): number {
  let end = text.length;
  while (end > 0 && ' \t\r'.includes(text[end - 1] as string)) end -= 1;
  return end;
}

/** `\` before a line's end continues the value on the next one. */
function readEscape(cursor: Cursor): string | undefined {
  cursor.at += 1;
  const next = cursor.text[cursor.at] ?? '';
  if (next === '\n') return '';
  if (next === '\r' && cursor.text[cursor.at + 1] === '\n') {
    cursor.at += 1;
    return '';
  }
  return Object.hasOwn(escapes, next) ? escapes[next] : undefined;
}

/** Settings as git itself writes them. */
export function gitConfigText(settings: readonly GitSetting[]): string {
  let header = '';
  let text = '';
  for (const { section, subsection, name, value } of settings) {
    const own = subsection === null ? `[${section}]` : `[${section} "${subsection.replace(/[\\"]/g, '\\$&')}"]`;
    if (own !== header) text += `${own}\n`;
    header = own;
    text += value === null ? `\t${name}\n` : `\t${name} = ${quoted(value)}\n`;
  }
  return text;
}

function quoted(value: string): string {
  const written = value.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n').replace(/\t/g, '\\t').replace(/[\b]/g, '\\b');
  return /^\s|\s$|[;#\r]/.test(value) ? `"${written}"` : written;
}
