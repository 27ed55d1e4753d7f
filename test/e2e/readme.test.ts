import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { cleanVariables, commandLine, plainProgram, project, run, temporaryFolder, tree } from '../support/rig.ts';

/**
 * Commands of the README, from its ```console blocks: lines that start with `$ cargo-boxed` or `$ cargo boxed`. What
 * needs a terminal, a network or another machine says so with a comment at its end: `# not run here: …`.
 */
function readmeCommands(): readonly { line: string; runs: boolean }[] {
  const readme = readFileSync(join(tree, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/^```(?:console|shell-session)\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? '');
  return blocks
    .flatMap((block) => block.split('\n'))
    .flatMap((line) => /^\$ cargo[- ]boxed\b(.*)$/.exec(line)?.[1] ?? [])
    .map((line) => {
      const [command = '', comment = ''] = line.split(/\s#\s?/, 2);
      return { line: `cargo-boxed${command}`, runs: !comment.startsWith('not run here') };
    });
}

test('the README shows commands', () => {
  assert.ok(existsSync(join(tree, 'README.md')));
  assert.ok(readmeCommands().length >= 5, 'at least five commands in console blocks');
});

test('every command of the README works in a small project', async (context) => {
  const made = project(context, {
    ...plainProgram('from-readme', 'fn main() { println!("from the README"); }\n'),
    'tests/passes.rs': '#[test]\nfn passes() {}\n',
  });
  const programs = temporaryFolder(context, 'programs');
  writeFileSync(join(programs, 'cargo-boxed'), `#!/bin/sh\nexec '${process.execPath}' '${commandLine}' "$@"\n`);
  chmodSync(join(programs, 'cargo-boxed'), 0o755);
  const variables = { ...cleanVariables(), PATH: `${programs}:${process.env.PATH}` };
  for (const { line, runs } of readmeCommands()) {
    if (!runs) continue;
    const ended = await run(['bash', '-c', line], { currentFolder: made.folder, variables });
    // A limit that was asked for and that this host cannot hold for this user is refused: that is what is promised.
    if (line.includes('--limit') && ended.status === 77) assert.match(ended.stderr, /not-enforceable/);
    else assert.equal(ended.status, 0, `${line}\n${ended.text}`);
  }
});

test('every box option that the README names is one that help names', async (context) => {
  const made = project(context, plainProgram('from-readme', 'fn main() {}\n'));
  const help = (await made.boxed(['help'])).stdout;
  const own = ['--engine', '--environment', '--image', '--config', '--pinned', '--no-export', '--json', '--limit'];
  const readme = readFileSync(join(tree, 'README.md'), 'utf8');
  for (const option of own.filter((name) => readme.includes(name))) assert.ok(help.includes(option), option);
});
