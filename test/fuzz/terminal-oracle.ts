import assert from 'node:assert/strict';

/** The start of every sequence; written as a number, since a control character has no place in a pattern. */
const escapeCharacter = String.fromCharCode(27);
const colours = new RegExp(`^${escapeCharacter}\\[([0-9;:]*)m`);
const erases = new RegExp(`^${escapeCharacter}\\[[012]?K`);
const links = new RegExp(
  `^${escapeCharacter}\\]8;(?:id=[\\w.-]{1,64})?;((?:https?|file):\\/\\/[!-~]*)?${escapeCharacter}\\\\`,
  'i',
);

/**
 * What may reach a terminal, said anew and without a look at how the filter does it: text, line ends, tabs, colours,
 * erasing in the line, hyperlinks. Throws for anything else.
 */
export function judgeShown(bytes: Buffer, commands: 'keep' | 'mark'): void {
  const shown = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  let plain = '';
  let isColoured = false;
  let isLinked = false;
  for (let at = 0; at < shown.length; ) {
    if (shown[at] !== '\u001b') {
      const end = shown.indexOf('\u001b', at);
      const piece = shown.slice(at, end < 0 ? undefined : end);
      assert.doesNotMatch(
        piece,
        /(?![\t\n\r])\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u,
        'a control character',
      );
      plain += piece;
      at += piece.length;
      continue;
    }
    const rest = shown.slice(at, at + 4096);
    const colour = colours.exec(rest);
    const erase = erases.exec(rest);
    const link = links.exec(rest);
    const sequence = colour ?? erase ?? link;
    assert.ok(sequence !== null, `a sequence that is not allowed: ${JSON.stringify(rest.slice(0, 40))}`);
    if (colour !== null) {
      assertVisible(colour[1] ?? '');
      isColoured = !/^0*$/.test(colour[1] ?? '');
    }
    if (link !== null) isLinked = link[1] !== undefined;
    at += sequence[0].length;
  }
  assert.ok(!isColoured && !isLinked, 'colours or a link are left open');
  if (commands === 'mark') assertNoCommand(plain);
}

/** Hidden and blinking text can only deceive. */
function assertVisible(parameters: string): void {
  const words = parameters.split(';');
  for (let index = 0; index < words.length; index += 1) {
    if (/^(38|48)$/.test(words[index] ?? '')) index += words[index + 1] === '5' ? 2 : 4;
    else assert.ok(!/^0*[568]$/.test(words[index] ?? ''), `the attribute ${words[index]}`);
  }
}

/** As the services read a line: white space and invisible characters do not count. */
function assertNoCommand(plain: string): void {
  const bare = plain.replace(/\p{Default_Ignorable_Code_Point}|[\ufff9-\ufffb]/gu, '');
  for (const line of bare.split(/[\r\n]/)) {
    assert.doesNotMatch(line, /^\s*::/, 'a command at the start of a line');
    assert.doesNotMatch(line, /##\[|##vso\[|##teamcity\[|section_(?:start|end):/i, 'a command in a line');
  }
}
