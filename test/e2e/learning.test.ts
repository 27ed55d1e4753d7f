import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { engine, plainProgram, project, sharedHome } from '../support/rig.ts';

/** A program that links ALSA, through a package of its own that asks pkg-config as most do. */
const sound = {
  'Cargo.toml':
    '[package]\nname = "sound"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nasound-sys = { path = "sys" }\n',
  'src/main.rs': 'fn main() { println!("{}", asound_sys::version()); }\n',
  'sys/Cargo.toml': '[package]\nname = "asound-sys"\nversion = "0.1.0"\nedition = "2021"\nlinks = "asound"\n',
  'sys/src/lib.rs': [
    'extern "C" { fn snd_asoundlib_version() -> *const std::ffi::c_char; }',
    'pub fn version() -> String { unsafe { std::ffi::CStr::from_ptr(snd_asoundlib_version()) }.to_string_lossy().into() }',
    '',
  ].join('\n'),
  'sys/build.rs': [
    'fn main() {',
    '  let asked = std::process::Command::new("pkg-config").args(["--libs", "alsa"]).output().unwrap();',
    '  if !asked.status.success() { SAID; std::process::exit(1); }',
    '  println!("cargo:rustc-link-lib=asound");',
    '}',
    '',
  ].join('\n'),
};
/** What its script says when there is no ALSA. */
const saying = (words: string) => ({ ...sound, 'sys/build.rs': sound['sys/build.rs'].replace('SAID', words) });
const loud = saying('eprint!("{}", String::from_utf8_lossy(&asked.stderr))');
const silent = saying('eprintln!("it failed")');

test('a build that lacks a library gets its layer, says why, and is right the next time', async (context) => {
  const made = project(context, loud);

  const built = await made.boxed(['run']);
  assert.equal(built.status, 0, built.text);
  assert.match(built.stdout, /^1\.\d+\.\d+$/m);
  assert.match(built.stderr, /The layer alsa is added: asound-sys looked for the pkg-config module alsa/);
  const again = await made.boxed(['build']);
  assert.equal(again.status, 0, again.text);
  assert.doesNotMatch(again.stderr, /error|Learning|Compiling/);
  const held = await made.boxed(['layers', '--json']);
  const [layer, ...more] = JSON.parse(held.stdout).layers;
  assert.deepEqual([layer.name, layer.why, more], ['alsa', 'asound-sys looked for the pkg-config module alsa', []]);
  for (const name of ['cargo-boxed.yaml', 'cargo-boxed.lock']) assert.ok(!existsSync(made.path(name)), name);
});

test('a script that says nothing is known by what it asked, and `lock` writes what was learned', async (context) => {
  const made = project(context, silent);

  const locked = await made.boxed(['lock']);
  assert.equal(locked.status, 0, locked.text);
  const pins = JSON.parse(made.read('cargo-boxed.lock'));
  const count = pins.debian.packages.length + pins.debian.added.packages.length;
  assert.match(locked.stdout, new RegExp(`Debian bookworm: ${count} packages, with the layers alsa`));
  assert.deepEqual(pins.debian.layers, ['alsa']);
  assert.deepEqual(pins.learned, [
    { crate: 'asound-sys', kind: 'layer', name: 'alsa', wanted: 'the pkg-config module alsa' },
  ]);
  const pinned = await made.boxed(['--pinned', 'build']);
  assert.equal(pinned.status, 0, pinned.text);
  assert.match((await made.boxed(['lock'])).stdout, /as before/);
});

test('a program that fails where all is built has nothing said about learning', async (context) => {
  const made = project(context, plainProgram('panics', 'fn main() { panic!("on purpose"); }\n'));

  const ended = await made.boxed(['run']);
  assert.equal(ended.status, 101, ended.text);
  assert.match(ended.stderr, /on purpose/);
  assert.doesNotMatch(ended.stderr, /Learning/);
});

test('what got a build script through stays, and the error after it is seen', async (context) => {
  const made = project(context, { ...loud, 'sys/src/lib.rs': 'compile_error!("on purpose");\n' });

  const built = await made.boxed(['build']);
  assert.equal(built.status, 101, built.text);
  assert.match(built.stderr, /The layer alsa is added/);
  assert.match(built.stderr, /error: on purpose/);
  assert.doesNotMatch(built.stderr, /fails too/);
});

test('messages for programs come once, as if it had been built at once', async (context) => {
  const made = project(context, loud);

  const built = await made.boxed(['build', '--message-format=json']);
  assert.equal(built.status, 0, built.text);
  const ends = built.stdout.split('\n').filter((line) => line.includes('"build-finished"'));
  assert.deepEqual(ends, ['{"reason":"build-finished","success":true}']);
});

test('switched off it only says which layer has it; the option switches it on for once', async (context) => {
  const made = project(context, { ...loud, 'cargo-boxed.yaml': 'layers: {use: [], infer: off}\n' });

  const failed = await made.boxed(['build', '--message-format=json']);
  assert.equal(failed.status, 101, failed.text);
  assert.match(failed.stderr, /cargo-boxed layers add alsa/);
  assert.doesNotMatch(failed.stderr, /Learning/);
  assert.match(failed.stdout, /"build-finished","success":false/);
  const learned = await made.boxed(['--add-missing', 'build']);
  assert.equal(learned.status, 0, learned.text);
});

test('a build that is learned from writes its notes where they are bounded, deleted and not followed', async (context) => {
  // A link in the place of the notes, and folders in each other: what looks there must neither follow nor fail.
  const hostile = [
    'let _ = std::fs::remove_file("/box/record/records");',
    'let _ = std::os::unix::fs::symlink("/etc/hostname", "/box/record/records");',
    'let _ = std::fs::create_dir_all(format!("/box/record/{}", "d/".repeat(1500)));',
    'eprint!("{}", String::from_utf8_lossy(&asked.stderr))',
  ].join(' ');
  const made = project(context, saying(hostile));
  const built = await made.boxed(['build']);
  assert.equal(built.status, 0, built.text);
  assert.deepEqual(readdirSync(join(sharedHome, 'cache/records')), []);
});

// What is looked up, and where, does not depend on the engine: once is enough.
if (engine === 'bwrap') {
  test('an error of the program itself starts nothing; what nothing has is said each time, and looked for once', async (context) => {
    const own = project(context, { ...loud, 'sys/build.rs': 'fn main() {}\n', 'src/main.rs': 'fn main() { wrong }\n' });
    const failed = await own.boxed(['build']);
    assert.equal(failed.status, 101, failed.text);
    assert.doesNotMatch(failed.stderr, /Learning/);
    const nowhere = project(
      context,
      saying('eprintln!("Package \'nowhere-lib\' was not found in the pkg-config search path")'),
    );
    nowhere.write('sys/build.rs', nowhere.read('sys/build.rs').replace('"alsa"', '"nowhere-lib"'));
    const first = await nowhere.boxed(['build']);
    assert.equal(first.status, 101, first.text);
    const unknown = /looked for the pkg-config module nowhere-lib; nothing in bookworm( or trixie)? provides it/;
    assert.match(first.stderr, unknown);
    const again = await nowhere.boxed(['build']);
    assert.doesNotMatch(again.stderr, /Learning/);
    assert.match(again.stderr, unknown);
    nowhere.write('sys/build.rs', loud['sys/build.rs']);
    const mended = await nowhere.boxed(['build']);
    assert.equal(mended.status, 0, mended.text);
    assert.match(mended.stderr, /The layer alsa is added/);
  });

  test('a header that lies where compilers do not look is found, and said how they do', async (context) => {
    const made = project(context, {
      'Cargo.toml': '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n',
      'src/main.rs': 'fn main() {}\n',
      'a.c': '#include <serd/serd.h>\n',
      'build.rs':
        'fn main() {\n  let cc = std::process::Command::new("cc").args(["-fsyntax-only", "a.c"]).status();\n' +
        '  assert!(cc.unwrap().success());\n}\n',
    });
    const advice = /`packages: \[libserd-dev\]` with `env: \{set: \{CPATH: \/usr\/include\/serd-0\}\}`/;
    for (const time of ['first', 'second']) {
      const failed = await made.boxed(['build']);
      assert.equal(failed.status, 101, failed.text);
      assert.match(failed.stderr, advice, time);
    }
    made.write('cargo-boxed.yaml', 'packages: [libserd-dev]\nenv: {set: {CPATH: /usr/include/serd-0}}\n');
    const built = await made.boxed(['build']);
    assert.equal(built.status, 0, built.text);
  });

  test('a program that is looked for by `which` is found without a word of it', async (context) => {
    const made = project(context, {
      'Cargo.toml': '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n',
      'src/main.rs': 'fn main() {}\n',
      'build.rs':
        'fn main() {\n  let found = std::process::Command::new("which").arg("dtc").output().unwrap();\n' +
        '  if found.stdout.is_empty() {\n    std::process::exit(1);\n  }\n}\n',
    });
    const built = await made.boxed(['build']);
    assert.equal(built.status, 0, built.text);
    assert.match(built.stderr, /The layer dtc is added: app looked for the program dtc/);
  });

  test('Debian packages can be named where no layer has them, and nothing else that apt knows', async (context) => {
    const made = project(context, { ...silent, 'cargo-boxed.yaml': 'packages: [libasound2-dev]\n' });

    assert.equal((await made.boxed(['build'])).status, 0);
    for (const [name, exit, said] of [
      ['no-such-package-dev', 78, /Debian has no package `no-such-package-dev`/],
      ['--purge', 78, /the name of a Debian package/],
      ['libasound2-dev=1.0', 78, /the name of a Debian package/],
      ['libasound2-dev/trixie', 78, /the name of a Debian package/],
    ] as const) {
      made.write('cargo-boxed.yaml', `packages: ["${name}"]\n`);
      const refused = await made.boxed(['build']);
      assert.equal(refused.status, exit, refused.text);
      assert.match(refused.stderr, said);
    }
  });

  test('what did not help is taken back at the end with the reason, what helped another package stays, and it is looked for once', async (context) => {
    const broken = saying('eprint!("{}", String::from_utf8_lossy(&asked.stderr))');
    const other = (name: string, module: string, after: string) => ({
      [`${name}/Cargo.toml`]: `[package]\nname = "${name}-sys"\nversion = "0.1.0"\nedition = "2021"\n`,
      [`${name}/src/lib.rs`]: '',
      [`${name}/build.rs`]: broken['sys/build.rs']
        .replace('"alsa"', `"${module}"`)
        .replace(/ {2}println.*\n/, `  ${after}\n`)
        .replace('fn main() {', 'fn main() {\n  println!("cargo:rerun-if-env-changed=MOON_DIR");'),
    });
    const made = project(context, {
      ...other('lame', 'libpulse', 'panic!("the wrong moon");'),
      ...other('good', 'libudev', ''),
      'Cargo.toml': '[workspace]\nmembers = ["lame", "good"]\nresolver = "2"\n',
    });
    const failed = await made.boxed(['build', '--workspace']);
    assert.equal(failed.status, 101, failed.text);
    assert.match(failed.stderr, /The layer pulse is added: lame-sys looked for/);
    assert.match(failed.stderr, /The layer udev is added: good-sys looked for/);
    assert.match(
      failed.stderr,
      /The layer pulse has what lame-sys looked for, and with it lame-sys fails too .*the wrong moon/,
    );
    assert.match(
      failed.stderr,
      /\{MOON_DIR: PATH\}.* says where\. What `layers: \[pulse\]` .*brings is in \/usr\/lib\//,
    );
    assert.doesNotMatch(failed.stderr, /layers add/);
    const held = JSON.parse((await made.boxed(['layers', '--json'])).stdout);
    assert.deepEqual(
      held.layers.map(({ name }: { name: string }) => name),
      ['udev'],
    );
    const again = await made.boxed(['build', '--workspace']);
    assert.equal(again.status, 101, again.text);
    assert.doesNotMatch(again.stderr, /Learning|is added|layers add/);
    assert.match(again.stderr, /with it lame-sys fails too .*the wrong moon/);
  });

  test('what cannot be had beside the rest is said and taken back', async (context) => {
    const script = saying('eprintln!("try: apt install libcurl4-gnutls-dev")');
    const made = project(context, { ...script, 'cargo-boxed.yaml': 'packages: [libcurl4-openssl-dev]\n' });
    made.write('sys/build.rs', made.read('sys/build.rs').replace('"alsa"', '"never-there"'));
    const failed = await made.boxed(['build']);
    assert.equal(failed.status, 101, failed.text);
    assert.match(
      failed.stderr,
      /The Debian package libcurl4-gnutls-dev is added: asound-sys looked for the Debian package/,
    );
    assert.match(failed.stderr, /exclude each other[\s\S]*libcurl4-gnutls-dev : Conflicts: libcurl4-openssl-dev/);
    assert.doesNotMatch((await made.boxed(['build'])).stderr, /Learning/);
    const held = JSON.parse((await made.boxed(['layers', '--json'])).stdout);
    assert.deepEqual(
      held.packages.map(({ name }: { name: string }) => name),
      ['libcurl4-openssl-dev'],
    );
    assert.equal((await made.boxed(['tree'])).status, 0);
  });
}
