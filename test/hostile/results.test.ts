/** What comes out of a box that wants to plant, to read and to be followed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { hostCargo } from '../support/host-cargo.ts';
import { engine, plainProgram, project, run, sharedHome, temporaryFolder, withoutWalls } from '../support/rig.ts';

/** A build script that gets the target directory as `target`. */
function script(body: string): string {
  return `use std::{fs, os::unix::fs::*, path::*, process::*, time::*};
#[allow(unused_variables, unused_imports)]
fn main() {
    let target = PathBuf::from(std::env::var("CARGO_TARGET_DIR").unwrap());
    let debug = target.join("debug");
    fs::create_dir_all(&debug).unwrap();
${body}
}
`;
}

function everything(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
}

test('links, devices, set-id bits, odd names and times of the future do not come out', async (context) => {
  const secret = join(temporaryFolder(context, 'secret'), 'secret');
  writeFileSync(secret, 'canary-of-the-host');
  const made = project(context, {
    ...plainProgram('odd', 'fn main() {}\n'),
    'build.rs': script(`
    symlink("/etc/passwd", debug.join("link-to-system")).unwrap();
    symlink(${JSON.stringify(secret)}, debug.join("link-to-secret")).unwrap();
    symlink("/", target.join("release")).unwrap();
    symlink("/proc/self/root", target.join("other-profile")).unwrap();
    symlink("loop", debug.join("loop")).unwrap();
    Command::new("mkfifo").arg(debug.join("fifo")).status().unwrap();
    std::os::unix::net::UnixListener::bind(debug.join("socket")).unwrap();
    for (name, mode) in [("set-id", 0o6755), ("open-to-all", 0o777), ("sticky", 0o1644)] {
        fs::write(debug.join(name), name).unwrap();
        fs::set_permissions(debug.join(name), fs::Permissions::from_mode(mode)).unwrap();
    }
    fs::write(debug.join("future"), "x").unwrap();
    fs::File::open(debug.join("future")).unwrap().set_modified(SystemTime::now() + Duration::from_secs(1 << 33)).unwrap();
    for name in ["esc\\u{1b}]52;c;eA==\\u{7}", "line\\n::error::x", "right\\u{202e}left", "-rf", "a b"] {
        let _ = fs::write(debug.join(name), "x");
    }
    let _ = fs::write(debug.join(std::ffi::OsStr::new("x")).with_file_name(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"bad\\xff")), "x");
    fs::write(target.join("debug/.hidden"), "x").unwrap();
    let _ = fs::hard_link("/etc/passwd", debug.join("hard"));
    let _ = fs::hard_link("Cargo.toml", debug.join("hard-project"));`),
  });
  const built = await made.boxed(['build'], { variables: withoutWalls });
  assert.equal(built.status, 0, built.text);
  const exported = everything(made.path('target/boxed'));
  assert.ok(exported.includes(made.path('target/boxed/debug/odd')), built.text);
  for (const path of exported) {
    const stat = lstatSync(path);
    assert.ok(stat.isFile() || stat.isDirectory(), `${path} is neither file nor folder`);
    assert.equal(stat.mode & 0o7022, 0, `${path} has mode ${stat.mode.toString(8)}`);
    assert.ok(stat.mtimeMs <= Date.now() + 1000, `${path} is of the future`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is there is what is tested
    assert.doesNotMatch(path, /[\u0000-\u001f\u202e\ufffd]/);
    if (stat.isFile()) assert.ok(!readFileSync(path).includes('canary-of-the-host'), path);
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is there is what is tested
  assert.doesNotMatch(built.stderr, /\u001b\]52/);
  assert.match(built.stderr, /Not exported: debug\/link-to-secret/);
  // Where results lie as they were made, the links lead to the secret, and the bits are set.
  await hostCargo(made, ['build']);
  const open = join(`${made.folder}.target`, 'debug');
  assert.equal(readFileSync(join(open, 'link-to-secret'), 'utf8'), 'canary-of-the-host');
  assert.equal(lstatSync(join(open, 'set-id')).mode & 0o6000, 0o6000);
});

test('a committed link in the place of `target` leads no result out, and one in the place of a source none in', async (context) => {
  const outside = temporaryFolder(context, 'outside');
  writeFileSync(join(outside, 'secret.rs'), '"canary-of-the-host"');
  const made = project(context, plainProgram('linked', 'fn main() {}\n'));
  symlinkSync(outside, made.path('target'));
  const built = await made.boxed(['build']);
  assert.notEqual(built.status, 70, built.text);
  assert.notEqual(built.status, 0, built.text);
  assert.deepEqual(readdirSync(outside), ['secret.rs']);
  for (const name of ['vendor', '.cargo', 'src/inner']) {
    const other = project(
      context,
      plainProgram('reads', `const KEY: &str = include!("../${name}/secret.rs");\nfn main() { println!("{KEY}"); }\n`),
    );
    symlinkSync(outside, other.path(name));
    const ran = await other.boxed(['run']);
    assert.notEqual(ran.status, 0, ran.text);
    assert.doesNotMatch(ran.text, /canary-of-the-host/);
    const open = await hostCargo(other, ['run', '--quiet']);
    assert.equal(open.stdout, 'canary-of-the-host\n', open.text);
  }
  await hostCargo(made, ['build'], made.folder, { CARGO_TARGET_DIR: made.path('target') });
  assert.ok(existsSync(join(outside, 'debug/linked')), 'without a box results go where the link leads');
});

test('a host cargo loads nothing that a box has built; of its own target it loads a macro that was swapped', async (context) => {
  const mark = join(temporaryFolder(context, 'poison'), 'MARK');
  const files = {
    'Cargo.toml': '[workspace]\nmembers = ["app", "macros", "evil"]\nresolver = "2"\n',
    'app/Cargo.toml':
      '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nmacros = { path = "../macros" }\n',
    'app/src/main.rs': 'macros::say!();\nfn main() {}\n',
    'macros/Cargo.toml': '[package]\nname = "macros"\nversion = "0.1.0"\nedition = "2021"\n[lib]\nproc-macro = true\n',
    'macros/src/lib.rs':
      '#[proc_macro]\npub fn say(_: proc_macro::TokenStream) -> proc_macro::TokenStream { Default::default() }\n',
    'evil/Cargo.toml': '[package]\nname = "evil"\nversion = "0.1.0"\nedition = "2021"\n',
    'evil/src/main.rs': `const SOURCE: &str = r##"extern crate proc_macro;
#[proc_macro]
pub fn say(_: proc_macro::TokenStream) -> proc_macro::TokenStream { std::fs::write("${mark}", "loaded").unwrap(); Default::default() }
"##;
fn main() {
    let target = std::env::args().nth(1).unwrap();
    std::fs::write(format!("{target}/evil.rs"), SOURCE).unwrap();
    for folder in ["debug", "debug/deps"] {
        for entry in std::fs::read_dir(format!("{target}/{folder}")).into_iter().flatten().flatten() {
            let path = entry.path();
            if !path.extension().is_some_and(|end| end == "so") { continue; }
            let time = std::fs::metadata(&path).unwrap().modified().unwrap();
            std::fs::remove_file(&path).unwrap();
            let made = std::process::Command::new("rustc").args(["--crate-type=proc-macro", "--crate-name=macros", "-o"]).arg(&path).arg(format!("{target}/evil.rs")).status();
            assert!(made.unwrap().success());
            std::fs::File::open(&path).unwrap().set_modified(time).unwrap();
            println!("swapped");
        }
    }
}
`,
  };
  const boxed = project(context, files);
  assert.equal((await boxed.boxed(['build'])).status, 0);
  const swapped = await boxed.boxed(['run', '--package', 'evil', '--', '/box/target/out']);
  assert.match(swapped.stdout, /swapped/, swapped.text);
  boxed.write('app/src/main.rs', 'macros::say!();\nfn main() { }\n');
  const own = { CARGO_TARGET_DIR: boxed.path('target') };
  const after = await hostCargo(boxed, ['build', '--verbose'], boxed.folder, own);
  assert.match(after.stderr, /Running .*--crate-name macros/, 'it is compiled by the host itself');
  assert.equal(after.status, 0, after.text);
  assert.equal(existsSync(mark), false);
  const open = project(context, files);
  const target = `${open.folder}.target`;
  assert.equal((await hostCargo(open, ['build'])).status, 0);
  assert.match((await hostCargo(open, ['run', '--package', 'evil', '--', target])).stdout, /swapped/);
  open.write('app/src/main.rs', 'macros::say!();\nfn main() { }\n');
  const taken = await hostCargo(open, ['build', '--verbose']);
  assert.ok(existsSync(mark), taken.text);
});

test('a target directory that was swapped for a link is not followed', async (context) => {
  const host = temporaryFolder(context, 'host');
  mkdirSync(join(host, 'tokens'));
  writeFileSync(join(host, 'tokens/hosts'), 'canary-of-the-host');
  const made = project(context, {
    ...plainProgram('swap', 'fn main() {}\n'),
    'build.rs': script(`
    let wait = format!("while ! test -e {0}/debug/swap.d; do sleep 0.01; done; mv {0} {0}.moved; ln -s '${host}' {0}", target.display());
    Command::new("setsid").args(["sh", "-c", &wait]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();`),
  });
  for (let round = 0; round < 2; round += 1) {
    const built = await made.boxed(['build'], { variables: withoutWalls });
    assert.notEqual(built.status, 70, built.text);
    const exported = everything(made.path('target'));
    assert.ok(!exported.some((path) => path.includes('tokens')), exported.join('\n'));
  }
  const again = await made.boxed(['reset']);
  assert.equal(again.status, 0, again.text);
  assert.ok(existsSync(join(host, 'tokens/hosts')));
});

test('a hundred thousand files neither hang the export nor fill the project', async (context) => {
  const made = project(context, {
    ...plainProgram('many', 'fn main() {}\n'),
    'build.rs': script(`
    for number in 0..100_001 { fs::File::create(debug.join(format!("file-{number}"))).unwrap(); }`),
  });
  const started = performance.now();
  const built = await made.boxed(['build'], { limitSeconds: 120, variables: withoutWalls });
  assert.equal(built.status, 0, built.text);
  assert.ok(performance.now() - started < 100_000);
  assert.ok(readdirSync(made.path('target/boxed/debug')).length <= 100_001);
  assert.match(built.stderr, /too many files/);
});

test('what a hostile build leaves is deleted without following it', async (context) => {
  const host = temporaryFolder(context, 'kept');
  writeFileSync(join(host, 'kept'), '');
  const made = project(context, {
    ...plainProgram('leaves', 'fn main() {}\n'),
    'build.rs': script(`
    symlink(${JSON.stringify(host)}, target.join("link")).unwrap();
    let mut deep = std::env::var("OUT_DIR").unwrap();
    std::env::set_current_dir(&deep).unwrap();
    for _ in 0..4000 { fs::create_dir("d").unwrap(); std::env::set_current_dir("d").unwrap(); }
    deep.clear();
    std::env::set_current_dir(std::env::var("OUT_DIR").unwrap()).unwrap();
    for name in ["locked", "-rf", "new\\nline", "\\u{1b}[2J"] {
        fs::create_dir(name).unwrap();
        fs::write(Path::new(name).join("inner"), "x").unwrap();
        fs::set_permissions(name, fs::Permissions::from_mode(0o000)).unwrap();
    }`),
  });
  const built = await made.boxed(['build'], { variables: withoutWalls });
  assert.equal(built.status, 0, built.text);
  const ended = await made.boxed(['reset']);
  assert.equal(ended.status, 0, ended.text);
  assert.ok(existsSync(join(host, 'kept')));
});

test('nothing of the host is baked in at compile time', async (context) => {
  const made = project(context, {
    ...plainProgram(
      'captures',
      `const TEXTS: &[Option<&str>] = &[option_env!("BOXED_CANARY"), option_env!("AWS_SECRET_ACCESS_KEY"), option_env!("SSH_AUTH_SOCK")];
const BYTES: &[&[u8]] = &[include_bytes!("/proc/self/environ"), include_bytes!("/etc/passwd"), include_bytes!("/proc/1/cmdline")];
fn main() { println!("{TEXTS:?}"); for bytes in BYTES { println!("{}", String::from_utf8_lossy(bytes)); } }
`,
    ),
  });
  const canary = `canary-${process.pid}-variable`;
  const variables = { BOXED_CANARY: canary, AWS_SECRET_ACCESS_KEY: canary, SSH_AUTH_SOCK: `/tmp/${canary}` };
  const ran = await made.boxed(['run', '--quiet'], { variables });
  assert.equal(ran.status, 0, ran.text);
  const built = await made.boxed(['build'], { variables });
  assert.equal(built.status, 0, built.text);
  const bytes = readFileSync(made.path('target/boxed/debug/captures'));
  for (const word of [canary, made.folder]) {
    assert.ok(!ran.stdout.includes(word), word);
    assert.ok(!bytes.includes(word), word);
  }
  const open = await hostCargo(made, ['run', '--quiet'], made.folder, variables);
  assert.ok(open.stdout.includes(canary) && open.stdout.includes('root:x:0:0'), open.text);
});

test('a file on the host outside of the project cannot be compiled in', async (context) => {
  const secret = join(temporaryFolder(context, 'secret'), 'id_ed25519');
  writeFileSync(secret, 'canary-of-the-host');
  const made = project(
    context,
    plainProgram(
      'reads',
      `const KEY: &str = include_str!(${JSON.stringify(secret)});\nfn main() { println!("{KEY}"); }\n`,
    ),
  );
  symlinkSync(secret, made.path('link'));
  for (const main of [made.read('src/main.rs'), 'fn main() { println!("{}", include_str!("../link")); }\n']) {
    made.write('src/main.rs', main);
    const ran = await made.boxed(['run']);
    assert.equal(ran.status, 101, ran.text);
    assert.doesNotMatch(ran.text, /canary-of-the-host/);
    assert.equal((await hostCargo(made, ['run', '--quiet'])).stdout, 'canary-of-the-host\n');
  }
});

test('one project does not see the target of another', async (context) => {
  const first = project(context, {
    ...plainProgram('first', 'fn main() {}\n'),
    'build.rs': script('    fs::write(target.join("canary-of-first"), "x").unwrap();'),
  });
  assert.equal((await first.boxed(['build'], { variables: withoutWalls })).status, 0);
  const second = project(context, plainProgram('second', 'fn main() {}\n'));
  const found = await second.boxed([
    'exec',
    '--',
    'sh',
    '-c',
    'find / -xdev -name "canary-of-first" 2>/dev/null; find /box /tmp /proc/1/root/tmp -name "canary-of-first" 2>/dev/null; true',
  ]);
  assert.equal(found.status, 0, found.text);
  assert.equal(found.stdout, '');
  const targets = join(sharedHome, 'cache/targets');
  // Another test prunes meanwhile, which `find` ends with 1 for.
  const { stdout: held } = spawnSync('find', [targets, '-name', 'canary-of-first'], { encoding: 'utf8' });
  assert.match(held, /canary-of-first/, 'on the host it is found');
});

test('nothing of a command is left for the next one outside of its target', async (context) => {
  const made = project(context, plainProgram('twice', 'fn main() {}\n'));
  const plant =
    'mkdir -p $HOME/.cargo; echo evil >$HOME/.cargo/config.toml; echo evil >$HOME/.gitconfig; echo evil >/tmp/planted; touch /dev/shm/planted; sleep 600 &';
  assert.equal((await made.boxed(['exec', '--', 'sh', '-c', plant])).status, 0);
  const look = 'ls -A $HOME /tmp /dev/shm; ps -e 2>/dev/null | grep sleep; true';
  const seen = await made.boxed(['exec', '--', 'sh', '-c', look]);
  assert.doesNotMatch(seen.stdout, /planted|\.gitconfig|\.cargo|sleep/, `${engine}: ${seen.text}`);
  // Without a box one command finds all that the one before it has left, its process too.
  const home = temporaryFolder(context, 'home');
  const shell = (script: string) =>
    run(['sh', '-c', script.replaceAll('/tmp', '$HOME/tmp').replaceAll('/dev/shm', '$HOME/tmp').replace('600', '5')], {
      variables: { PATH: '/usr/bin:/bin', HOME: home },
    });
  mkdirSync(join(home, 'tmp'));
  await shell(plant.replace('&', '>/dev/null 2>&1 &'));
  const open = await shell(look);
  for (const word of ['planted', '.gitconfig', '.cargo', 'sleep']) assert.ok(open.stdout.includes(word), open.text);
});
