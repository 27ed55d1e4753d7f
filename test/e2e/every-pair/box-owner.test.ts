import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { engine, identity, plainProgram, project } from '../../support/rig.ts';

const program = plainProgram('who', 'fn main() { println!("hello"); }\n');
const caller = process.getuid?.() ?? 0;
/** Who a box is: on docker a box of root's is run as a stranger, and bubblewrap maps everybody to its own user. */
const expected = engine === 'bwrap' ? 1000 : identity === 'root' ? 65_533 : caller;

/** Everything below a folder that does not belong to the caller. */
function foreign(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => lstatSync(join(folder, name)).uid !== caller,
  );
}

test('nobody is root in a box, and all that comes out belongs to the caller', async (context) => {
  const made = project(context, program);
  const git = (...words: string[]) => execFileSync('git', ['-C', made.folder, ...words], { stdio: 'ignore' });
  git('init', '--quiet');
  git('-c', 'user.email=a@example', '-c', 'user.name=a', 'commit', '--quiet', '--allow-empty', '--message', 'first');
  const said = await made.boxed(['exec', '--', 'sh', '-c', 'id -u; touch /box/target/mine && git rev-parse HEAD']);
  assert.equal(said.status, 0, said.text);
  assert.match(said.stdout, new RegExp(`^${expected}\n[0-9a-f]{40}\n$`), said.text);
  const built = await made.boxed(['build']);
  assert.equal(built.status, 0, built.text);
  assert.doesNotMatch(built.stderr, /as root/);
  made.write('src/main.rs', 'fn   main()   {println!("hello")}\n');
  const formatted = await made.boxed(['fmt']);
  assert.equal(formatted.status, 0, formatted.text);
  assert.equal(made.read('src/main.rs'), 'fn main() {\n    println!("hello")\n}\n');
  assert.deepEqual(foreign(made.folder), []);
});

test('a project that others may not read builds all the same; a box of root’s on docker says what it is then', async (context) => {
  const made = project(context, program);
  chmodSync(made.path('src/main.rs'), 0o600);
  const built = await made.boxed(['build']);
  assert.equal(built.status, 0, built.text);
  const isSaid = /runs as root, without rights: src\/main\.rs may not be read by others/.test(built.stderr);
  assert.equal(isSaid, engine === 'docker' && identity === 'root', built.text);
  chmodSync(made.path('src/main.rs'), 0o644);
  chmodSync(made.folder, 0o700);
  const again = await made.boxed(['build']);
  assert.equal(again.status, 0, again.text);
  assert.deepEqual(foreign(made.folder), []);
});

test('a command that is killed in the middle leaves a target that the next one can use', async (context) => {
  const slow =
    'fn main() { println!("cargo::warning=waits"); std::thread::sleep(std::time::Duration::from_secs(600)); }\n';
  const made = project(context, { ...program, 'build.rs': slow });
  const killed = await made.boxed(['build'], {
    onStart: (running) => {
      const timer = setInterval(() => {
        if (!/Compiling/.test(running.stderr())) return;
        clearInterval(timer);
        setTimeout(() => running.kill('SIGKILL'), 1500);
      }, 100);
    },
  });
  assert.equal(killed.signal, 'SIGKILL', killed.text);
  made.write('build.rs', 'fn main() {}\n');
  const built = await made.boxed(['build']);
  assert.equal(built.status, 0, built.text);
});
