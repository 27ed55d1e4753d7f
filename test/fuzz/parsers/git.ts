import assert from 'node:assert/strict';
import { readGitIndex } from '../../../src/facts/git-index.ts';
import { cleanAddress, sanitiseGitConfig, usesSha256, worktreeOf } from '../../../src/facts/sanitise-git-config.ts';
import { type Parser, text } from '../parser.ts';

/** An index as git writes it: version 2 pads each entry, version 4 writes a name as a change of the one before. */
function index(version: 2 | 3 | 4, names: readonly string[]): Uint8Array {
  const header = Buffer.from('DIRC\0\0\0\0\0\0\0\0');
  header.writeUInt32BE(version, 4);
  header.writeUInt32BE(names.length, 8);
  let before = '';
  const entries = names.map((name) => {
    const fixed = Buffer.alloc(62);
    fixed.writeUInt32BE(0o100644, 24);
    fixed.writeUInt16BE(name.length, 60);
    if (version === 4) {
      const entry = Buffer.concat([fixed, Buffer.from([before.length]), Buffer.from(`${name}\0`)]);
      before = name;
      return entry;
    }
    const bytes = Buffer.concat([fixed, Buffer.from(name)]);
    return Buffer.concat([bytes, Buffer.alloc(8 - (bytes.length % 8))]);
  });
  const link = Buffer.concat([Buffer.from('link\0\0\0\x14'), Buffer.alloc(20, 7)]);
  return Buffer.concat([header, ...entries, link, Buffer.alloc(20)]);
}

const names = ['.env', 'a/b/c.key', 'a/long'.padEnd(90, 'x'), 'z.txt'];
const config = text(
  '[core]',
  '\trepositoryformatversion = 0',
  '\tworktree = ../../..',
  '[remote "origin"]',
  '\turl = https://user:secret@example.test/x.git',
  '\tfetch = +refs/heads/*:refs/remotes/origin/*',
  '[branch "main"]',
  '\tremote = origin',
  '\tmerge = refs/heads/main',
  '[http "https://example.test/"]',
  '\textraheader = "AUTHORIZATION: basic x"',
  '[submodule "a \\"b\\""]',
  '\turl = git@example.test:x.git ; remark',
);

export const gitParsers: readonly Parser[] = [
  {
    name: 'git-index',
    modules: ['facts/git-index.ts'],
    seeds: () => [index(2, names), index(3, names), index(4, names)],
    words: ['DIRC', 'TREE', 'link', 'sdir', new Uint8Array([0x81, 0x7f]), new Uint8Array([0xc0, 0x00])],
    mostBytes: 1024 * 1024,
    feed: (bytes) => {
      let seen = 0;
      for (const idBytes of [20, 32] as const)
        readGitIndex(bytes, idBytes, (name, _mode, id) => {
          assert.ok(name.length <= 4096 && id.length === idBytes);
          seen += 1;
        });
      assert.ok(seen <= bytes.length, 'more entries than bytes');
      return undefined;
    },
  },
  {
    name: 'git-config',
    modules: ['facts/parse-git-config.ts', 'facts/sanitise-git-config.ts', 'facts/judge-repository.ts'],
    seeds: () => [config],
    words: [
      '[core]\n',
      '[remote "x"]\n',
      'url = ',
      'https://',
      'a:b@',
      '\\\n',
      '"',
      ';',
      'ext::',
      '[include]\npath = x\n',
      ':a',
      '@',
    ],
    mostBytes: 1024 * 1024,
    feed: (bytes) => {
      const source = bytes.toString('latin1');
      const clean = sanitiseGitConfig(source) ?? source;
      assert.equal(sanitiseGitConfig(clean), null, 'what is clean is not clean');
      assert.doesNotMatch(clean, /\/\/[^/\s"]*:[^/\s"]*@/, 'a password is left');
      assert.doesNotMatch(
        clean,
        /^\s*(extraheader|helper|sshcommand|path|command)\b/im,
        'a program or a header is left',
      );
      usesSha256(source);
      worktreeOf(source);
      return undefined;
    },
  },
  {
    name: 'git-address',
    modules: [],
    seeds: () => [text('https://user:secret@example.test/x.git'), text('git@example.test:x'), text('ssh://git@h/x')],
    words: ['https://', '://', 'a:b@', '@', ':', '::', '/', '?', '#'],
    mostBytes: 1024 * 1024,
    feed: (bytes) => {
      const address = cleanAddress(bytes.toString('latin1'));
      if (address !== null) assert.doesNotMatch(address, /\/\/[^/]*:[^/]*@/, 'a password is left');
      return undefined;
    },
  },
];
