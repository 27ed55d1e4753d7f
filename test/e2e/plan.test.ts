import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { cleanVariables, engine, plainProgram, project, run, temporaryFolder } from '../support/rig.ts';

test('plan --json prints stable bytes, without a path of the host or a value of a secret', async (context) => {
  const made = project(context, plainProgram('planned', 'fn main() {}\n'));
  const first = await made.boxed(['plan', '--json', 'build']);
  assert.equal(first.status, 0, first.text);
  const variables = { GITHUB_TOKEN: 'canary', AWS_SECRET_ACCESS_KEY: 'canary' };
  const second = await made.boxed(['plan', '--json', 'build'], { variables });
  assert.equal(second.stdout, first.stdout);
  const plan = JSON.parse(first.stdout);
  assert.equal(plan.version, 1);
  assert.equal(plan.engine, engine);
  assert.deepEqual(plan.box.argv.slice(-1), ['build']);
  assert.ok(!first.stdout.includes(made.folder));
});

test('a plan shows no name of a file so that a terminal or a CI service acts on it', async (context) => {
  const made = project(context, plainProgram('planned', 'fn main() {}\n'));
  const names = ['a\u001b]52;c;eA==\u0007.pem', 'b\u009b31m.pem', 'c\u202e##[group]x.pem', "it's;`id`.pem"];
  for (const name of names) made.write(name, 'x');
  for (const how of [[], ['--json'], ['--as', 'shell'], ['--as', 'shell', '--json']]) {
    const { stdout, text } = await made.boxed(['plan', ...how, 'build']);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is there is what is tested
    assert.doesNotMatch(stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/, text);
    for (const end of ['31m.pem', '[group]x.pem']) assert.ok(stdout.includes(end), text);
    if (how[0] !== '--as') assert.doesNotMatch(stdout, /##/);
  }
  const { box } = JSON.parse((await made.boxed(['plan', 'build'])).stdout);
  const targets = box.mounts.map(({ target }: { target: string }) => target);
  for (const name of names) assert.ok(targets.includes(`/box/project/${name}`));
});

test('plan builds nothing', async (context) => {
  const made = project(context, plainProgram('planned', 'fn main() {}\n'));
  assert.equal((await made.boxed(['plan', 'build'])).status, 0);
  assert.ok(!existsSync(made.path('target')));
});

test('plan --as shell prints a command line that does the same without us', async (context) => {
  const made = project(context, plainProgram('by-hand', 'fn main() { println!("built by hand"); }\n'));
  assert.equal((await made.boxed(['build'])).status, 0);
  made.write('src/main.rs', 'fn main() { println!("run by hand"); }\n');
  const printed = await made.boxed(['plan', '--as', 'shell', 'run', '--quiet']);
  assert.equal(printed.status, 0, printed.text);
  const script = join(temporaryFolder(context, 'script'), 'run.sh');
  writeFileSync(script, printed.stdout);
  const ended = await run(['bash', script], { variables: cleanVariables(), currentFolder: '/' });
  assert.equal(ended.status, 0, `${printed.stdout}\n${ended.text}`);
  assert.equal(ended.stdout, 'run by hand\n');
});
