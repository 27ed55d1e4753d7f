import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { plainProgram, project, temporaryFolder } from '../support/rig.ts';

const talk = `use std::io::{Read, Write};
fn main() {
    let mut socket = std::net::TcpStream::connect("127.0.0.1:PORT").expect("the door");
    socket.write_all(b"hello").unwrap();
    socket.shutdown(std::net::Shutdown::Write).unwrap();
    let mut heard = String::new();
    socket.read_to_string(&mut heard).unwrap();
    println!("{heard} {:?}", std::env::var("GRANTED_TOKEN"));
}
`;

test('a project asks, is refused on one screen, is granted, runs, changes its wish and asks again', async (context) => {
  const server = createServer((socket) => socket.on('data', (heard) => socket.end(`heard ${heard}`)));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  context.after(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const app = project(context, plainProgram('app', talk.replace('PORT', String(port))));
  const config = `network: ["tcp:127.0.0.1:${port}"]\nenv: {pass: [GRANTED_TOKEN]}\n`;
  app.write('cargo-boxed.yaml', config);
  const variables = { GRANTED_TOKEN: 'secret' };

  const refused = await app.boxed(['run'], { variables });
  assert.equal(refused.status, 77, refused.text);
  assert.equal(refused.stdout, '');
  assert.match(refused.stderr, /error\[refused\]: the project asks for more than a box gives/);
  assert.match(refused.stderr, new RegExp(`tcp:127\\.0\\.0\\.1:${port}.*\\n *by .*cargo-boxed\\.yaml:1:11`));
  assert.match(refused.stderr, /`GRANTED_TOKEN`\n *by .*cargo-boxed.yaml:2:14/);
  assert.match(refused.stderr, /`cargo-boxed grant env\.pass network`/);

  const half = await app.boxed(['grant', 'network']);
  assert.equal(half.status, 0, half.text);
  assert.equal((await app.boxed(['run'], { variables })).status, 77);
  assert.equal((await app.boxed(['grant', 'env.pass=GRANTED_TOKEN'])).status, 0);
  const ran = await app.boxed(['run', '--quiet'], { variables });
  assert.equal(ran.status, 0, ran.text);
  assert.equal(ran.stdout, 'heard hello Ok("secret")\n');

  const plan = JSON.parse((await app.boxed(['plan', 'run'], { variables })).stdout);
  assert.deepEqual(plan.box.doors, [{ kind: 'tcp', host: '127.0.0.1', port }]);
  assert.deepEqual(plan.box.passedVariables, ['GRANTED_TOKEN']);
  assert.doesNotMatch(JSON.stringify(plan), /secret/);

  const listed = JSON.parse((await app.boxed(['grants', '--json'])).stdout);
  assert.deepEqual(
    listed.here.asks.map(({ key, grant }: { key: string; grant: object | null }) => [key, grant !== null]),
    [
      ['env.pass', true],
      ['network', true],
    ],
  );

  app.write('cargo-boxed.yaml', config.replace(`:${port}"`, ':5999"'));
  const changed = await app.boxed(['check'], { variables });
  assert.equal(changed.status, 77);
  assert.match(
    changed.stderr,
    new RegExp(`- network: tcp:127\\.0\\.0\\.1:${port} .*\\n *\\+ network: tcp:127\\.0\\.0\\.1:5999`),
  );
  assert.doesNotMatch(changed.stderr, /GRANTED_TOKEN/);

  app.write('cargo-boxed.yaml', config);
  assert.equal((await app.boxed(['revoke', '--all'])).status, 0);
  assert.equal((await app.boxed(['check'], { variables })).status, 77);
});

test('a refusal is data too: what, by which file and line, what was granted before, and the command for each', async (context) => {
  const app = project(context, plainProgram('app', 'fn main() {}'));
  app.write('cargo-boxed.yaml', 'network: ["tcp:127.0.0.1:5111"]\nenv: {pass: [GRANTED_TOKEN]}\n');
  const asks = async () => {
    const ended = await app.boxed(['--json', 'check']);
    assert.equal(ended.status, 77, ended.text);
    const events = ended.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    return events.find(({ event }) => event === 'problem').problem.asks;
  };
  const file = app.path('cargo-boxed.yaml');
  assert.deepEqual(await asks(), [
    {
      key: 'env.pass',
      value: 'GRANTED_TOKEN',
      where: { file, line: 2, column: 14 },
      before: [],
      grant: ['cargo-boxed', 'grant', 'env.pass=GRANTED_TOKEN'],
    },
    {
      key: 'network',
      value: 'tcp:127.0.0.1:5111',
      where: { file, line: 1, column: 11 },
      before: [],
      grant: ['cargo-boxed', 'grant', 'network=tcp:127.0.0.1:5111'],
    },
  ]);
  for (const { grant } of await asks()) assert.equal((await app.boxed(grant.slice(1))).status, 0);
  assert.equal((await app.boxed(['check'])).status, 0);
  app.write('cargo-boxed.yaml', 'network: ["tcp:127.0.0.1:5112"]\n');
  const [changed] = await asks();
  assert.equal(changed.value, 'tcp:127.0.0.1:5112');
  assert.deepEqual(changed.before, ['tcp:127.0.0.1:5111']);
});

test('twenty grants at once lose none, nor do twenty revocations', async (context) => {
  const app = project(context, plainProgram('app', 'fn main() {}'));
  const names = Array.from({ length: 20 }, (_, index) => `GRANTED_${index}`);
  app.write('cargo-boxed.yaml', `env: {pass: [${[...names, 'KEPT'].join(', ')}]}\n`);
  const home = temporaryFolder(context, 'grants');
  const variables = { CARGO_BOXED_HOME: home };
  const granted = async () => {
    const answer = JSON.parse((await app.boxed(['grants', '--json'], { variables })).stdout);
    return answer.projects.flatMap(({ grants }: { grants: { value: string }[] }) => grants.map(({ value }) => value));
  };
  assert.equal((await app.boxed(['grant', 'env.pass=KEPT'], { variables })).status, 0);
  const ended = await Promise.all(names.map((name) => app.boxed(['grant', `env.pass=${name}`], { variables })));
  for (const one of ended) assert.equal(one.status, 0, one.text);
  assert.deepEqual((await granted()).sort(), [...names, 'KEPT'].sort());
  const revoked = await Promise.all(names.map((name) => app.boxed(['revoke', `env.pass=${name}`], { variables })));
  for (const one of revoked) assert.equal(one.status, 0, one.text);
  assert.deepEqual(await granted(), ['KEPT']);
  assert.deepEqual(
    readdirSync(home, { recursive: true }).filter((name) => String(name).includes('.lock')),
    [],
  );
});

const server = `use std::io::{Read, Write};
fn main() {
    let listener = std::net::TcpListener::bind("127.0.0.1:PORT").unwrap();
    println!("ready");
    let (mut socket, _) = listener.accept().unwrap();
    let mut heard = String::new();
    socket.read_to_string(&mut heard).unwrap();
    socket.write_all(format!("the box heard {heard}").as_bytes()).unwrap();
}
`;

test('a server that is run in the box answers at 127.0.0.1 of the host, when its port was granted', async (context) => {
  const free = createServer();
  await new Promise<void>((done) => free.listen(0, '127.0.0.1', done));
  const { port } = free.address() as { port: number };
  await new Promise((done) => free.close(done));
  const app = project(context, plainProgram('app', server.replace('PORT', String(port))));
  app.write('cargo-boxed.yaml', `ports: [${port}]\n`);
  const refused = await app.boxed(['run']);
  assert.equal(refused.status, 77, refused.text);
  assert.match(refused.stderr, new RegExp(`127\\.0\\.0\\.1:${port}.*\n *by .*cargo-boxed\\.yaml:1:9`));
  assert.equal((await app.boxed(['grant', `ports=${port}`])).status, 0);
  // A build starts no server: the port stays free for one that runs meanwhile.
  const { ports } = JSON.parse((await app.boxed(['plan', 'build'])).stdout).box;
  assert.deepEqual(ports, []);
  const ask = (): Promise<string> =>
    new Promise((done) => {
      let heard = '';
      const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true }, () => socket.end('hello'));
      socket.on('data', (bytes) => {
        heard += bytes;
      });
      socket.on('error', () => {});
      socket.once('close', () => done(heard));
    });
  let answer = '';
  let running = true;
  const asking = async () => {
    // Until the program has been built nobody listens, or nobody answers.
    while (running && answer === '') {
      answer = await ask();
      await new Promise((done) => setTimeout(done, 50));
    }
  };
  const asked = asking();
  const ran = await app.boxed(['run', '--quiet']).finally(() => {
    running = false;
  });
  await asked;
  assert.equal(ran.status, 0, ran.text);
  assert.equal(answer, 'the box heard hello');
  assert.equal(await ask(), '');
});

test('a device is an ask, is the one of its driver or refused, and is there when it was granted', async (context) => {
  const app = project(context, plainProgram('app', 'fn main() {}'));
  app.write('cargo-boxed.yaml', 'devices: [/dev/sda]\n');
  const never = await app.boxed(['exec', '--', 'true']);
  assert.equal(never.status, 78, never.text);
  assert.match(never.stderr, /cargo-boxed\.yaml:1:11[\s\S]*not a device that can be given to a box/);
  app.write('cargo-boxed.yaml', 'devices: [/dev/hwrng]\n');
  const look = ['exec', '--', 'stat', '--format', '%F %t:%T', '/dev/hwrng'];
  const refused = await app.boxed(look);
  assert.equal(refused.status, 77, refused.text);
  assert.match(refused.stderr, /the device `\/dev\/hwrng` of this machine\n *by .*cargo-boxed\.yaml:1:11/);
  assert.equal((await app.boxed(['grant', 'devices'])).status, 0);
  const seen = await app.boxed(look);
  if (lstatSync('/dev/hwrng', { throwIfNoEntry: false })?.isCharacterDevice() === true) {
    assert.equal(seen.stdout, 'character special file a:b7\n', seen.text);
  } else {
    assert.equal(seen.status, 77, seen.text);
    assert.match(seen.stderr, /the device `\/dev\/hwrng` cannot be given to the box[\s\S]*there is nothing/);
  }
  assert.equal((await app.boxed(['revoke', 'devices'])).status, 0);
  assert.equal((await app.boxed(look)).status, 77);
  assert.notEqual((await app.boxed(look, { variables: { CARGO_BOXED_DEVICES: '' } })).status, 0);
});

test("an organisation's file counts only with the hash that was named", async (context) => {
  const app = project(context, { ...plainProgram('app', 'fn main() {}'), 'cargo-boxed.yaml': 'env: [ORGANISED]\n' });
  const file = join(temporaryFolder(context), 'grants.yaml');
  const text = `- {project: ${app.folder}, key: env.pass, value: ORGANISED}\n`;
  const hash = createHash('sha256').update(text).digest('hex');
  writeFileSync(file, `${text}- {project: "**/x", key: env.pass, value: MORE}\n`);
  assert.equal((await app.boxed(['grant', '--import', file, '--sha256', hash])).status, 65);
  assert.equal((await app.boxed(['check'])).status, 77);
  writeFileSync(file, text);
  const imported = await app.boxed(['grant', '--import', file, '--sha256', hash]);
  assert.equal(imported.status, 0, imported.text);
  assert.equal((await app.boxed(['check'])).status, 0);
  assert.equal((await app.boxed(['revoke', '--imported', hash])).status, 0);
  assert.equal((await app.boxed(['check'])).status, 77);
});

test('what would give the box the machine is refused, whoever asks', async (context) => {
  const app = project(context, plainProgram('app', 'fn main() {}'));
  for (const opened of ['network: ["unix:/run/docker.sock"]', 'mounts: [{source: /run, target: /mnt/x}]']) {
    app.write('cargo-boxed.yaml', `${opened}\n`);
    assert.equal((await app.boxed(['grant', '--all'])).status, 0);
    const refused = await app.boxed(['check']);
    assert.equal(refused.status, 77, refused.text);
    assert.match(refused.stderr, /cannot be opened/);
  }
});

test('a granted folder beside the project is there, read-only; another one is not', async (context) => {
  const app = project(context, {
    'Cargo.toml':
      '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nlib = { path = "../lib" }\n',
    'src/main.rs': 'fn main() { println!("{}", lib::answer()) }',
    '../lib/Cargo.toml': '[package]\nname = "lib"\nversion = "0.1.0"\nedition = "2021"\n',
    '../lib/src/lib.rs': 'pub fn answer() -> u8 { 42 }',
    '../other/file': '',
  });
  const refused = await app.boxed(['run']);
  assert.equal(refused.status, 77, refused.text);
  assert.match(refused.stderr, /Cargo\.toml:6:\d+[\s\S]*`cargo-boxed grant path-dependency`/);
  assert.equal((await app.boxed(['grant', 'path-dependency'])).status, 0);
  const ran = await app.boxed(['run', '--quiet']);
  assert.equal(ran.status, 0, ran.text);
  assert.equal(ran.stdout, '42\n');
  assert.ok((await app.boxed(['tree'])).stdout.includes(`(${app.path('../lib')})`));
  const seen = await app.boxed(['exec', '--', 'sh', '-c', 'ls -d /box/lib /box/other; touch /box/lib/x']);
  assert.match(seen.stdout, /^\/box\/lib\n$/);
  assert.match(seen.stderr, /Read-only file system/);
});
