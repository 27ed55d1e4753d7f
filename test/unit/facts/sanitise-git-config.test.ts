import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { gitConfigText, parseGitConfig } from '../../../src/facts/parse-git-config.ts';
import { cleanAddress, sanitiseGitConfig, usesSha256 } from '../../../src/facts/sanitise-git-config.ts';
import { cpuMs } from '../../support/cpu-clock.ts';

const plain = `[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = false
\tlogallrefupdates = true
[remote "origin"]
\turl = https://host.example/owner/name.git
\tfetch = +refs/heads/*:refs/remotes/origin/*
[branch "main"]
\tremote = origin
\tmerge = refs/heads/main
`;

test('leaves what git itself writes as it is', () => {
  assert.equal(sanitiseGitConfig(plain), null);
});

test('drops credentials, programs, includes, aliases and comments', () => {
  const dirty = `# canary-comment
[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = false
\tlogallrefupdates = true
\tsshCommand = ssh -i canary
\tfsmonitor = canary
\thooksPath = canary
[http "https://host.example/"]
\textraheader = AUTHORIZATION: basic canary
[credential]
\thelper = "!echo password=canary"
[url "https://canary@host.example/"]
\tinsteadOf = x:
[include]
\tpath = canary
[alias]
\tx = !canary
[filter "lfs"]
\tclean = canary
[user]
\tname = canary
[remote "origin"]
\turl = https://user:canary@host.example/owner/name.git?token=canary
\tpushurl = https://canary@host.example/x
\tproxy = http://canary@proxy.example
\tfetch = +refs/heads/*:refs/remotes/origin/*
[remote "https://canary@host.example/"]
\tfetch = x
[branch "main"]
\tremote = origin
\tmerge = refs/heads/main
`;
  assert.equal(sanitiseGitConfig(dirty), plain);
});

test('an address keeps no user but that of ssh', () => {
  const cases: readonly (readonly [string, string | null])[] = [
    ['https://u:p@host.example/x.git', 'https://host.example/x.git'],
    ['https://token@host.example:8443/x', 'https://host.example:8443/x'],
    ['https://a@b@host.example/x', 'https://host.example/x'],
    ['https://host.example/x?private=1#y', 'https://host.example/x'],
    ['HTTPS://u:p@host.example', 'HTTPS://host.example'],
    ['ssh://git@host.example/x', 'ssh://git@host.example/x'],
    ['ssh://u:p@host.example/x', 'ssh://host.example/x'],
    ['git@host.example:owner/name', 'git@host.example:owner/name'],
    ['https://proxy.example/https://canary@host.example/x', null],
    ['u:p@host.example:owner', null],
    ['https://proxy.example/https:/u:canary@host.example/x', null],
    ['https://host.example//u:canary@host.example/x', null],
    ['../other', '../other'],
    ['/home/u/other', null],
    ['~/other', null],
    ['file:///home/u/other', null],
    ['ext::sh -c canary', null],
    ['helper::https://u:p@host.example', null],
  ];
  const swallowed = '[core]\n\tworktree = ../x\turl = https:[]//u:canary@host.example/x\n';
  assert.doesNotMatch(sanitiseGitConfig(swallowed) ?? swallowed, /canary/);
  for (const [address, wanted] of cases) assert.equal(cleanAddress(address), wanted, address);
});

test('reads what git reads', () => {
  const text = `\ufeff[a]x=1 ; no\n y = "q # ; \\" \\\\ \\t" z \n\tflag\n[B "s\\"u\\\\b"] Key-1 = two \\\nwords  # c\n[c.SUB]\nk = a"  "b   \n`;
  const lines = parseGitConfig(text).map(({ section, subsection, name, value }) => {
    const key = [section.toLowerCase(), ...(subsection === null ? [] : [subsection]), name.toLowerCase()].join('.');
    return value === null ? key : `${key}\n${value}`;
  });
  const listed = execFileSync('git', ['config', '--list', '--null', '--file', '-'], { input: text, encoding: 'utf8' });
  assert.deepEqual(lines, listed.split('\0').slice(0, -1));
});

test('stops where git would refuse the file', () => {
  for (const bad of ['[a', '[a]\nx = "open\n', '[a]\nx = \\q\n', '[a]\n1x = 1\n', 'x = 1\n', '[a]\nx y\n']) {
    assert.deepEqual(parseGitConfig(bad), [], bad);
    assert.equal(sanitiseGitConfig(bad), '');
  }
});

test('what it writes is read as the same, and is clean itself', () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
  const setting = fc.record({
    section: fc.constantFrom('core', 'remote', 'branch', 'extensions', 'http'),
    subsection: fc.option(fc.string({ maxLength: 12 }).filter((text) => !/[\n\0]/.test(text))),
    name: fc.oneof(word, fc.constantFrom('url', 'fetch', 'remote', 'merge', 'bare', 'filemode')),
    value: fc.option(fc.string({ maxLength: 24 }).filter((text) => !/[\r\0\b]/.test(text))),
  });
  fc.assert(
    fc.property(fc.array(setting, { maxLength: 6 }), (settings) => {
      const text = gitConfigText(settings);
      assert.deepEqual(
        parseGitConfig(text),
        settings.map((one) => ({ ...one })),
      );
      const clean = sanitiseGitConfig(text);
      if (clean !== null) assert.equal(sanitiseGitConfig(clean), null);
    }),
    { numRuns: 2000 },
  );
});

test('no user of an address gets through, whatever surrounds it', () => {
  const noise = fc.constantFrom('\n', ' ', '\t', '"', '\\', '#', ';', '[', ']', '=', '[remote "a"]', 'url = ', 'x = ');
  const secret = fc.constantFrom('https://canary@h.example/x', 'https://u:canary@h.example', 'token = canary');
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 3, arbitrary: noise }, secret), { maxLength: 30 }), (parts) => {
      const text = parts.join('');
      assert.doesNotMatch(sanitiseGitConfig(text) ?? text, /canary@/);
    }),
    { numRuns: 5000 },
  );
});

test('is quick with a megabyte of anything', () => {
  const begin = cpuMs();
  for (const part of ['[a]\nx = ', ' ', '"', '\\\n', '#', '[', 'x = y ; z\n', '\t \r']) {
    parseGitConfig(`[a]\nx = ${part.repeat(1_000_000 / part.length)}`);
    parseGitConfig(part.repeat(1_000_000 / part.length));
  }
  assert.ok(cpuMs() - begin < 3000);
});

test('knows a repository that names its objects by sha256', () => {
  assert.ok(usesSha256('[extensions]\n\tobjectFormat = SHA256\n'));
  assert.ok(!usesSha256(plain));
});
