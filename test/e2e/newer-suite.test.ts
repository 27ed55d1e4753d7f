import assert from 'node:assert/strict';
import test from 'node:test';
import { engine, project } from '../support/rig.ts';

/** A package whose build script runs a command, says what that said, and fails as it does. */
const runs = (command: string, ...words: readonly string[]) => ({
  'Cargo.toml': '[package]\nname = "wants"\nversion = "0.1.0"\nedition = "2021"\n',
  'src/main.rs': 'fn main() { println!("it runs"); }\n',
  'CMakeLists.txt': 'cmake_minimum_required(VERSION 3.30)\nproject(wants NONE)\n',
  'build.rs': [
    'fn main() {',
    `  let asked = std::process::Command::new("${command}").args(${JSON.stringify(words).replace('[', '&[')}).output().unwrap();`,
    '  eprint!("{}", String::from_utf8_lossy(&asked.stderr));',
    '  if !asked.status.success() { std::process::exit(1); }',
    '}',
    '',
  ].join('\n'),
});
const withCmake = runs('sh', '-c', 'cmake -S . -B $OUT_DIR');
/** The root of the next suite is made by the first that needs it. */
const patient = { limitSeconds: 400 };
const suiteOf = (text: string) => /^suite +(\w+)(?: +(.*\S))?$/m.exec(text)?.slice(1) ?? [];

// Which suite is chosen does not depend on the engine: once is enough.
if (engine === 'bwrap') {
  test('what is too old in the default suite is taken from the next one, and the lock says why', async (context) => {
    const made = project(context, withCmake);

    const built = await made.boxed(['run'], patient);
    assert.equal(built.status, 0, built.text);
    assert.match(built.stderr, /Debian trixie is tried: wants looked for CMake 3\.30 or newer/);
    assert.match(built.stderr, /Debian trixie is taken/);
    assert.match(built.stdout, /it runs/);
    const [suite, origin] = suiteOf((await made.boxed(['status'])).stdout);
    assert.deepEqual([suite, origin], ['trixie', 'learned: wants looked for CMake 3.30 or newer']);
    assert.match((await made.boxed(['layers'])).stdout, /^Debian trixie: wants looked for CMake 3\.30 or newer$/m);
    const again = await made.boxed(['build']);
    assert.equal(again.status, 0, again.text);
    assert.doesNotMatch(again.stderr, /Learning|tried|Compiling/);

    const locked = await made.boxed(['lock']);
    assert.equal(locked.status, 0, locked.text);
    const pins = JSON.parse(made.read('cargo-boxed.lock'));
    assert.equal(pins.debian.suite, 'trixie');
    assert.deepEqual(pins.learned, [{ crate: 'wants', kind: 'suite', name: 'trixie', wanted: 'CMake 3.30 or newer' }]);
    const pinned = await made.boxed(['--pinned', 'build']);
    assert.equal(pinned.status, 0, pinned.text);
    assert.match((await made.boxed(['lock'])).stdout, /as before/);
  });

  test('`lock` finds out the same before anything was built', async (context) => {
    const made = project(context, withCmake);

    const locked = await made.boxed(['lock'], patient);
    assert.equal(locked.status, 0, locked.text);
    assert.match(locked.stdout, /Debian trixie: \d+ packages/);
    const pinned = await made.boxed(['--pinned', 'build']);
    assert.equal(pinned.status, 0, pinned.text);
  });

  test('a suite that does not help either is left again, which is said at each failure and tried once', async (context) => {
    const file = { 'CMakeLists.txt': withCmake['CMakeLists.txt'].replace('3.30', '9.30') };
    const made = project(context, { ...withCmake, ...file });

    const failed = await made.boxed(['build'], patient);
    assert.equal(failed.status, 101, failed.text);
    assert.match(failed.stderr, /Debian trixie is tried/);
    const again = await made.boxed(['build']);
    assert.equal(again.status, 101, again.text);
    assert.doesNotMatch(again.stderr, /Learning|is tried/);
    for (const { stderr } of [failed, again]) {
      assert.match(stderr, /Debian trixie was tried, and wants fails there too: .*CMake 9\.30 or higher is required/);
      assert.match(stderr, /wants wants CMake 9\.30 or newer, and bookworm has 3\.\d+\.\d+\. An older version/);
      assert.doesNotMatch(stderr, /suite: trixie/);
    }
    assert.deepEqual(suiteOf((await made.boxed(['status'])).stdout), ['bookworm', 'default']);
  });

  test('a suite that somebody has named stays: the message says what the next one has', async (context) => {
    const made = project(context, { ...withCmake, 'cargo-boxed.yaml': 'suite: bookworm\n' });

    const failed = await made.boxed(['build']);
    assert.equal(failed.status, 101, failed.text);
    assert.doesNotMatch(failed.stderr, /is tried/);
    assert.match(failed.stderr, /Debian trixie has newer ones: `suite: trixie`/);
  });

  test('what only the next suite has is known by its layer', async (context) => {
    const made = project(context, runs('pkg-config', '--libs', '--print-errors', 'sdl3'));

    const built = await made.boxed(['build'], patient);
    assert.equal(built.status, 0, built.text);
    assert.match(built.stderr, /Debian trixie is tried: wants looked for the pkg-config module sdl3/);
    assert.match(built.stderr, /The layer sdl3 is added/);
  });
}
