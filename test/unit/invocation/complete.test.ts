import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { completionScript } from '../../../src/invocation/complete.ts';
import { boxOptions, optionName } from '../../../src/invocation/options.ts';
import { ownCommands, type Shell, shells } from '../../../src/invocation/own-commands.ts';

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'invocation-complete-'));
  for (const shell of shells) writeFileSync(join(folder, shell), completionScript(shell));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const missing = (shell: Shell) =>
  spawnSync(shell, ['--version']).status === 0 ? false : `${shell} is not installed here`;

function run(shell: Shell, words: readonly string[]): string {
  const variables = { PATH: process.env.PATH ?? '', HOME: folder, LC_ALL: 'C.UTF-8' };
  const ended = spawnSync(shell, words, { encoding: 'utf8', env: variables, cwd: folder });
  assert.equal(ended.stderr, '');
  assert.equal(ended.status, 0);
  return ended.stdout;
}

for (const shell of shells) {
  test(`${shell} can read its script`, { skip: missing(shell) }, () => {
    run(shell, ['-n', join(folder, shell)]);
  });

  test(`the script for ${shell} has every option and command of ours and starts no program`, () => {
    const script = completionScript(shell);
    for (const option of boxOptions) assert.ok(script.includes(optionName(option).replace(/^-+/, '')));
    for (const { name } of ownCommands) assert.ok(script.includes(name));
    assert.doesNotMatch(script, /\$\((?!compgen)[^(]|`cargo|\((cargo|cargo-boxed) /);
  });
}

const cases: [string[], string[]][] = [
  [['bu'], ['build']],
  [['--eng'], ['--engine']],
  [['--engine', 'd'], ['docker']],
  [['--engine', 'docker', 'tre'], ['tree']],
  [['-Z', 'x', 'tre'], ['tree']],
  [['build', '--rel'], ['--release']],
  [['completions', 'z'], ['zsh']],
  [
    ['plan', '--a'],
    ['--add-missing', '--as'],
  ],
  [['plan', '--as', ''], ['shell']],
  [['plan', 'bu'], ['build']],
  [['plan', 'build', '--rel'], ['--release']],
  [['status', '--j'], ['--json']],
  [['cargo', 'tre'], ['tree']],
  [['publi'], []],
];

test('bash offers what fits', () => {
  for (const [words, expected] of cases) {
    const line = ['cargo-boxed', ...words].map((word) => `'${word}'`).join(' ');
    const script = `compopt() { :; }; source ./bash; COMP_WORDS=(${line}); COMP_CWORD=${words.length}
      _cargo_boxed; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const offered = run('bash', ['--norc', '-c', script]).split('\n').filter(Boolean);
    assert.deepEqual(offered, expected, words.join(' '));
  }
});

test('fish offers what fits', { skip: missing('fish') }, () => {
  for (const [words, expected] of cases) {
    if (words.at(-1) === 'publi') continue;
    const line = ['cargo-boxed', ...words].join(' ');
    const offered = run('fish', ['--no-config', '-c', `source ./fish; complete -C '${line}'`]);
    const found = offered
      .split('\n')
      .filter(Boolean)
      .map((row) => row.split('\t')[0] ?? '');
    assert.deepEqual(found, expected, words.join(' '));
  }
});
