/** A build script that wants to change what others have built, with a wall of its own and without. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { describe, it, type TestContext } from 'node:test';
import { lockHead, type Project, plainProgram, project, type RunOptions, tree } from '../support/rig.ts';

/** What it tries, as Rust; `victim` is OUT_DIR of the other, `own` its own. Each must work without the wall. */
const attacks: Readonly<Record<string, string>> = {
  'writes over a file of another': 'fs::write(victim.join("answer"), "evil")',
  'makes a file beside it': 'fs::write(victim.join("more"), "evil")',
  'empties it': 'fs::File::options().write(true).truncate(true).open(victim.join("answer")).map(drop)',
  'empties it, opened for reading':
    'Command::new("perl").args(["-e", "truncate($ARGV[0], 0) or exit 1"]).arg(victim.join("answer")).stderr(Stdio::null()).status().and_then(done)',
  'links it to a folder of its own':
    'fs::hard_link(victim.join("answer"), own.join("link")).and_then(|()| fs::write(own.join("link"), "evil"))',
  'moves it away':
    'fs::rename(victim.join("answer"), own.join("moved")).and_then(|()| fs::write(victim.join("answer"), "evil"))',
  'deletes it': 'fs::remove_file(victim.join("answer")).and_then(|()| fs::write(victim.join("answer"), "evil"))',
  'lets a shell do it':
    'Command::new("sh").args(["-c", "echo evil >$0/answer"]).arg(&victim).stderr(Stdio::null()).status().and_then(done)',
  'had it done before it began': 'if EARLY.load(Ordering::SeqCst) { Ok(()) } else { Err(Error::other("refused")) }',
  'swaps the script of another':
    'scripts(&victim).iter().try_for_each(|script| { fs::rename(script, script.with_extension("old"))?; fs::copy(script.with_extension("old"), script).map(drop) })',
  'writes what cargo noted of another': 'fs::write(victim.parent().unwrap().join("output"), "cargo::warning=evil")',
  'plants a result': 'fs::write(Path::new(&env::var("CARGO_TARGET_DIR").unwrap()).join("debug/planted"), "evil")',
  'writes into the temporary folder of all': 'fs::write("/tmp/planted", "evil")',
  'writes into the home of all': 'fs::write("/box/home/.gitconfig", "evil")',
  'sends a signal to cargo':
    'Command::new("sh").args(["-c", "kill -0 $0"]).arg(std::os::unix::process::parent_id().to_string()).stderr(Stdio::null()).status().and_then(done)',
  'opens the memory of cargo':
    'fs::File::options().write(true).open(format!("/proc/{}/mem", std::os::unix::process::parent_id())).map(drop)',
};

const attacker = `use std::{env, fs, io::Error, path::*, process::*, sync::atomic::*};
static EARLY: AtomicBool = AtomicBool::new(false);
#[used]
#[link_section = ".init_array"]
static CONSTRUCTOR: extern "C" fn() = before_main;
extern "C" fn before_main() {
    let Ok(victim) = env::var("DEP_VICTIM_OUT") else { return };
    EARLY.store(fs::write(Path::new(&victim).join("early"), "evil").is_ok(), Ordering::SeqCst);
}
fn done(status: ExitStatus) -> Result<(), Error> { if status.success() { Ok(()) } else { Err(Error::other("refused")) } }
/// The compiled scripts that lie around: which is whose does not matter here, but one's own is running.
fn scripts(victim: &Path) -> Vec<PathBuf> {
    let Ok(own) = env::current_exe() else { return vec![] };
    let builds = victim.parent().unwrap().parent().unwrap();
    fs::read_dir(builds).unwrap().map(|entry| entry.unwrap().path().join("build-script-build")).filter(|path| path.exists() && *path != own).collect()
}
fn main() {
    let victim = PathBuf::from(env::var("DEP_VICTIM_OUT").unwrap());
    let own = PathBuf::from(env::var("OUT_DIR").unwrap());
${Object.entries(attacks)
  .map(
    ([name, code]) => `    let result: Result<(), Error> = (|| ${code})();
    println!("cargo::warning=[${name}] {}", if result.is_ok() { "reached" } else { "refused" });
    let _ = fs::write(victim.join("answer"), "evil");`,
  )
  .join('\n')}
    for folder in [own.clone(), env::temp_dir(), PathBuf::from(env::var("HOME").unwrap())] {
        fs::create_dir_all(folder.join("a/b")).unwrap();
        fs::write(folder.join("a/b/file"), "own").unwrap();
        fs::rename(folder.join("a/b/file"), folder.join("a/moved")).unwrap();
        fs::hard_link(folder.join("a/moved"), folder.join("a/b/linked")).unwrap();
        std::os::unix::fs::symlink("a", folder.join("symbolic")).unwrap();
        fs::remove_dir_all(folder.join("a")).unwrap();
    }
    fs::remove_dir_all(&own).unwrap();
    fs::create_dir(&own).unwrap();
    fs::write(own.join("again"), "own").unwrap();
    for device in ["/dev/null", "/dev/stderr", "/dev/stdout", "/proc/self/fd/2"] { fs::write(device, "\\n").unwrap(); }
    println!("cargo::warning=[all of its own] {}", env::temp_dir() != Path::new("/tmp"));
}
`;

function neighbours(context: TestContext, more: Readonly<Record<string, string>> = {}): Project {
  return project(context, {
    'Cargo.toml': `[workspace]\nmembers = ["victim"]\n[package]\nname = "attacker"\nversion = "0.1.0"\nedition = "2021"
[dependencies]\nvictim = { path = "victim" }\n`,
    'Cargo.lock': `${lockHead}\n\n[[package]]\nname = "attacker"\nversion = "0.1.0"\ndependencies = [\n "victim",\n]\n\n[[package]]\nname = "victim"\nversion = "0.1.0"\n`,
    'build.rs': attacker,
    'src/main.rs': 'fn main() { print!("{}", std::fs::read_to_string(format!("{}/answer", victim::OUT)).unwrap()); }\n',
    'victim/Cargo.toml': '[package]\nname = "victim"\nversion = "0.1.0"\nedition = "2021"\nlinks = "victim"\n',
    'victim/build.rs': `fn main() {
    let out = std::env::var("OUT_DIR").unwrap();
    std::fs::write(format!("{out}/answer"), "good").unwrap();
    println!("cargo::metadata=out={out}");
}\n`,
    'victim/src/lib.rs': 'pub const OUT: &str = env!("OUT_DIR");\n',
    ...more,
  });
}

/** What each attack came to, and what the program then finds in the place of the victim's output. */
async function attacked(made: Project, variables: RunOptions['variables'] = {}) {
  const ran = await made.boxed(['run'], { variables });
  assert.equal(ran.status, 0, ran.text);
  const said = new Map([...ran.text.matchAll(/\[([a-z ,]+)\] (\w+)/g)].map(([, name = '', word = '']) => [name, word]));
  return { said, found: ran.stdout };
}

describe('behind its wall a build script that', () => {
  for (const [how, variables] of [
    ['is linked as usual', {}],
    ['is linked statically', { RUSTFLAGS: '-C target-feature=+crt-static' }],
  ] as const) {
    it(`${how} changes nothing of another, and has all of its own`, async (context) => {
      const { said, found } = await attacked(neighbours(context), variables);
      for (const name of Object.keys(attacks)) assert.equal(said.get(name), 'refused', name);
      assert.equal(said.get('all of its own'), 'true');
      assert.equal(found, 'good');
    });
  }

  it('gets other folders and another name from the configuration of cargo changes nothing', async (context) => {
    const forced = ['OUT_DIR', 'TMPDIR', 'HOME'].map((name) => `${name} = { value = "/box/target", force = true }\n`);
    const more = {
      '.cargo/config.toml': `[env]\n${forced.join('')}CARGO_PKG_NAME = { value = "free", force = true }\n`,
    };
    const made = neighbours(context, {
      ...more,
      'build.rs': attacker.replace(/ {4}for folder in [\s\S]*?\n {4}}\n/, ''),
    });
    const { said, found } = await attacked(made, { CARGO_BOXED_UNWALLED_BUILD_SCRIPTS: 'free' });
    for (const name of Object.keys(attacks)) assert.equal(said.get(name), 'refused', name);
    assert.equal(found, 'good');
  });
});

describe('without a wall the same build script', () => {
  for (const names of ['*', 'attacker']) {
    it(`does all of it (${names})`, async (context) => {
      const { said, found } = await attacked(neighbours(context), { CARGO_BOXED_UNWALLED_BUILD_SCRIPTS: names });
      for (const name of Object.keys(attacks)) assert.equal(said.get(name), 'reached', name);
      assert.equal(found, 'evil');
    });
  }
});

test('around its wall gets a build script that has the compiler load its code: SECURITY.md says so', async (context) => {
  const made = neighbours(context, {
    'build.rs': `use std::{env, fs, process::Command};
fn main() {
    let (out, victim) = (env::var("OUT_DIR").unwrap(), env::var("DEP_VICTIM_OUT").unwrap());
    assert!(fs::write(format!("{victim}/answer"), "evil").is_err());
    fs::write(format!("{out}/evil.c"), r##"
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
__attribute__((constructor)) static void evil(void) {
  char *path = getenv("VICTIM");
  int file = path ? open(path, O_WRONLY | O_TRUNC) : -1;
  if (file >= 0) write(file, "evil", 4);
}"##).unwrap();
    let made = Command::new("cc").current_dir(&out).args(["-shared", "-fPIC", "-w", "-o", "evil.so", "evil.c"]).status();
    assert!(made.unwrap().success());
    println!("cargo::rustc-env=LD_PRELOAD={out}/evil.so");
    println!("cargo::rustc-env=VICTIM={victim}/answer");
}\n`,
  });
  const ran = await made.boxed(['run']);
  assert.equal(ran.status, 0, ran.text);
  assert.equal(ran.stdout, 'evil');
  assert.match(readFileSync(join(tree, 'SECURITY.md'), 'utf8'), /a build script that lets the compiler load its code/);
});

test('a wall is there for a cargo that a program of the project starts, too', async (context) => {
  const made = neighbours(context, {
    'src/main.rs': `fn main() {
    let status = std::process::Command::new(env!("CARGO")).args(["build", "--target-dir", "/tmp/inner"]).status();
    assert!(status.unwrap().success());
}\n`,
  });
  const ran = await made.boxed(['run'], { variables: { CARGO_BOXED_UNWALLED_BUILD_SCRIPTS: undefined } });
  assert.equal(ran.status, 0, ran.text);
  const inner = ran.text.slice(ran.text.indexOf('Running'));
  assert.match(inner, /\[writes over a file of another\] refused/, ran.text);
});

test('a project may only ask to go without, and a refused write is explained', async (context) => {
  const writes = `fn main() { std::fs::write(concat!("/box/target/", "x"), "x").unwrap(); }\n`;
  const made = project(context, { ...plainProgram('writes', 'fn main() {}\n'), 'build.rs': writes });
  const stopped = await made.boxed(['build']);
  assert.equal(stopped.status, 101, stopped.text);
  assert.match(
    stopped.stderr,
    /build script of writes may write only below OUT_DIR.*unwalled-build-scripts: \[writes\]/,
  );
  made.write('cargo-boxed.yaml', 'unwalled-build-scripts: [writes]\n');
  const asked = await made.boxed(['build']);
  assert.equal(asked.status, 77, asked.text);
  assert.match(asked.stderr, /the build script of `writes` may write over what others have built/);
  assert.equal((await made.boxed(['grant', 'unwalled-build-scripts'])).status, 0);
  const granted = await made.boxed(['build']);
  assert.equal(granted.status, 0, granted.text);
});
