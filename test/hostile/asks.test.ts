/** What a project or a person writes to get more than a box gives: refused, and shown so that it cannot deceive. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { plainProgram, project, temporaryFolder } from '../support/rig.ts';

test('names of layers that are commands, options or paths reach no package manager and no plan', async (context) => {
  const folder = temporaryFolder(context, 'layers');
  const mark = join(folder, 'MARK');
  const names = [
    `zlib; touch ${mark}`,
    `$(touch ${mark})`,
    '-oAPT::Get::AllowUnauthenticated=1',
    '--include=evil-package',
    '../../etc/apt/sources.list',
    'openssl evil-package',
    './evil-package.deb',
  ];
  const app = project(context, plainProgram('layered', 'fn main() {}\n'));
  for (const name of names) {
    app.write('cargo-boxed.yaml', `layers: [${JSON.stringify(name)}]\n`);
    for (const command of [['plan'], ['lock']]) {
      const ended = await app.boxed(command);
      assert.equal(ended.status, 78, ended.text);
      assert.match(ended.stderr, /cargo-boxed\.yaml:1:10/);
      assert.equal(ended.stdout, '');
    }
  }
  assert.equal(existsSync(mark), false);
  // Glued into a command, the first of them does what it says.
  execFileSync('sh', ['-c', `true install ${names[0]}`]);
  assert.ok(existsSync(mark));
});

/** But for the end of a line. */
const harmful = /(?!\n)[\p{Cc}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u;

test('an ask cannot deceive who reads it: no sequence, direction or line of its own', async (context) => {
  const asks = [
    'a\u001b]52;c;ZXZpbA==\u0007.env',
    'safe\u202egne.terces',
    'x\u001b[2K\u001b[1A.pem',
    'one\nerror[refused]: all is well, run `cargo-boxed grant --all`',
    'a\u2066\u2069b\u009b2J.key',
    '.env\u200b',
    '\ufeff.npmrc\u2060',
    'a\u061cb\u2028c.pem',
  ];
  const app = project(context, plainProgram('deceiver', 'fn main() {}\n'));
  const written = asks.map((text) => {
    const hex = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    return JSON.stringify(text).replace(/[^ -~]/g, hex);
  });
  app.write('cargo-boxed.yaml', `show: [${written.join(', ')}]\n`);
  // As it stands, the text does act on a terminal.
  for (const text of asks) assert.match(text.replace('\n', '\r'), harmful);
  for (const command of [['check'], ['grants'], ['grant', '--all'], ['grants'], ['revoke', '--all']]) {
    const ended = await app.boxed(command);
    assert.doesNotMatch(ended.stdout + ended.stderr, harmful, command.join(' '));
    const lines = `${ended.stdout}${ended.stderr}`.split('\n');
    assert.ok(!lines.some((line) => /^\s*error\[refused\]: all is well/.test(line)), ended.text);
    if (command[0] === 'check') assert.equal(ended.status, 77, ended.text);
  }
});

test('a package that only looks like another is told from it where its build script wants to go without a wall', async (context) => {
  const app = project(context, plainProgram('looks', 'fn main() {}\n'));
  app.write('cargo-boxed.yaml', 'unwalled-build-scripts: ["s\\u0435rde"]\n');
  for (const command of [['check'], ['grants']]) {
    const ended = await app.boxed(command);
    assert.match(ended.text, /the build script of `s\\u\{435}rde`/);
  }
});

test('nobody can write an option that opens the box: not as a key, not on the command line', async (context) => {
  const app = project(context, plainProgram('opener', 'fn main() {}\n'));
  const keys = ['privileged: true', 'run-args: [--privileged]', 'docker: {pid: host}', 'cap-add: [ALL]', 'user: root'];
  for (const text of [...keys, 'network: host', 'network: ["tcp:*:1-65535"]', 'devices: [/dev/mem]', 'ports: [22]']) {
    app.write('cargo-boxed.yaml', `${text}\n`);
    const ended = await app.boxed(['plan']);
    assert.equal(ended.status, 78, `${text}: ${ended.text}`);
  }
  app.write('cargo-boxed.yaml', '');
  for (const option of ['--privileged', '--pid=host', '--volume=/:/host', '--cap-add=ALL', '--network=host']) {
    const ended = await app.boxed([option, 'build']);
    assert.equal(ended.status, 64, `${option}: ${ended.text}`);
  }
});

test("an engine's socket, the home and our own folders are opened to nobody, also when the user says so", async (context) => {
  const folder = temporaryFolder(context, 'engine');
  const socket = join(folder, 'docker.sock');
  const server = createServer().listen(socket);
  context.after(() => server.close());
  const app = project(context, plainProgram('wide', 'fn main() {}\n'));
  for (const door of [`unix:${socket}`, 'tcp:127.0.0.1:2375', 'unix:/run/systemd/private']) {
    const ended = await app.boxed(['exec', '--', 'true'], { variables: { CARGO_BOXED_NETWORK: door } });
    assert.equal(ended.status, 77, ended.text);
    assert.match(ended.stderr, /the door .* cannot be opened/);
  }
  // The same socket under a name that says nothing of an engine is a door like others.
  const plain = join(folder, 'db.sock');
  const other = createServer().listen(plain);
  context.after(() => other.close());
  const opened = await app.boxed(['exec', '--', 'test', '-S', plain], {
    variables: { CARGO_BOXED_NETWORK: `unix:${plain}` },
  });
  assert.equal(opened.status, 0, opened.text);
});
