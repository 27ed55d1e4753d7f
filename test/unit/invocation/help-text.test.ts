import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cargoCommands } from '../../../src/invocation/command-table.ts';
import { helpText } from '../../../src/invocation/help-text.ts';
import { boxOptions, optionName } from '../../../src/invocation/options.ts';
import { ownCommands } from '../../../src/invocation/own-commands.ts';

test('the overview has every option and command of ours, and fits a terminal', () => {
  const help = helpText();
  for (const option of boxOptions) assert.ok(help.includes(`${optionName(option)}`), optionName(option));
  for (const command of ownCommands) assert.match(help, new RegExp(`^ {2}${command.name} `, 'm'));
  for (const line of help.split('\n')) assert.ok(line.length <= 100, line);
  assert.ok(help.split('\n').length <= 68);
  assert.ok(help.endsWith('\n') && !help.endsWith('\n\n'));
});

test('every command has its help', () => {
  for (const { name } of ownCommands) assert.match(helpText(name), new RegExp(`Usage: .* ${name}`));
  for (const { name, refusal } of cargoCommands) {
    if (name === 'help' || name === 'version') continue;
    const help = helpText(name);
    assert.match(help, /In the box: /, name);
    if (refusal !== undefined) assert.ok(help.includes(refusal.fix), name);
  }
  assert.equal(helpText('b'), helpText('build'));
  assert.equal(helpText('no-such-topic'), helpText());
});
