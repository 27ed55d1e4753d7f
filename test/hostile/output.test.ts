/** What a hostile build says: to the terminal, to the CI service, and to who reads messages. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { describe, it, type TestContext } from 'node:test';
import { hostCargo } from '../support/host-cargo.ts';
import {
  commandLine,
  type Project,
  plainProgram,
  project,
  run,
  temporaryFolder,
  withoutWalls,
} from '../support/rig.ts';

/** Each as bytes that a terminal would obey, by what it would do. */
const sequences: Readonly<Record<string, string>> = {
  'writes the clipboard': '\x1b]52;c;ZXZpbA==\x07',
  'writes the clipboard, ended otherwise': '\x1b]52;c;ZXZpbA==\x1b\\',
  'sets the title': '\x1b]0;evil\x07',
  'clears the screen': '\x1b[2J',
  'goes up over our lines': '\x1b[5A',
  'goes to a place': '\x1b[1;1H',
  'asks who it is': '\x1b[c',
  'asks for a setting': '\x1bP$qm\x1b\\',
  'asks where the cursor is': '\x1b[6n',
  'takes the other screen': '\x1b[?1049h',
  'takes pasted text': '\x1b[?2004h',
  'takes the mouse': '\x1b[?1003h',
  'begins in one byte': '\x9b2J',
  'defines keys': '\x1bP1;1|17/6576696c\x1b\\',
  'resets everything': '\x1bc',
  'tells the folder': '\x1b]7;file:///evil\x07',
  notifies: '\x1b]777;notify;evil;evil\x07',
  'prints a picture': '\x1b]1337;File=inline=1:ZXZpbA==\x07',
  'turns the direction': '\u202e',
};

function saying(text: string): string {
  const literal = [...text].map((character) => `\\u{${(character.codePointAt(0) as number).toString(16)}}`).join('');
  return `fn main() {
    println!("cargo::warning=begin${literal}end");
    eprintln!("begin${literal}end");
    if std::env::var_os("CARGO_FEATURE_FAIL").is_some() { panic!("begin${literal}end"); }
}\n`;
}

describe('a build script whose text', () => {
  const all = Object.entries(sequences);
  it('does any of this to a terminal does nothing', async (context) => {
    const made = project(context, {
      ...plainProgram('says', 'fn main() {}\n'),
      'build.rs': saying(all.map(([, sequence]) => sequence).join('x')),
    });
    made.write('Cargo.toml', `${made.read('Cargo.toml')}\n[features]\nfail = []\n`);
    for (const command of [['build'], ['build', '-vv'], ['build', '--features', 'fail']]) {
      const ended = await made.boxed(['--color', 'always', ...command]);
      for (const [what, sequence] of all) {
        assert.ok(!ended.stderr.includes(sequence), `${command.join(' ')}: ${what}`);
        assert.ok(!ended.stdout.includes(sequence), `${command.join(' ')}: ${what}`);
      }
      assert.match(ended.stderr, /begin/);
    }
  });
});

test('lines that a CI service would take for commands are marked, and its files are not there', async (context) => {
  const files = temporaryFolder(context, 'runner');
  for (const name of ['env', 'path', 'output']) writeFileSync(join(files, name), '');
  const made = project(context, {
    ...plainProgram('says', 'fn main() {}\n'),
    'build.rs': `fn main() {
    for line in ["::error::x", "::add-mask::x", "::stop-commands::x", "##[error]x", "##vso[task.setvariable variable=a]b", "\\r::error::y", "section_start:1:x\\r"] {
        println!("cargo::warning=a\\r{line}"); println!("{line}"); eprintln!("{line}");
    }
    for name in ["GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT"] { assert!(std::env::var_os(name).is_none()); }
    let _ = std::fs::write("${files}/env", "EVIL=1");
    panic!("\\n::error::z");
}\n`,
  });
  const variables = {
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_ENV: join(files, 'env'),
    GITHUB_PATH: join(files, 'path'),
    GITHUB_OUTPUT: join(files, 'output'),
  };
  const ended = await made.boxed(['build', '-vv'], { variables });
  assert.equal(ended.status, 101, ended.text);
  for (const line of ended.text.split(/[\r\n]/)) {
    assert.doesNotMatch(line, /^\s*(::[a-z]|##(\[|vso\[))/, JSON.stringify(line));
  }
  assert.equal(readFileSync(join(files, 'env'), 'utf8'), '');
});

test('without us all of it reaches the terminal and the log: from cargo with colours, and from tests', async (context) => {
  const made = project(context, {
    ...plainProgram('open', 'fn main() {}\n#[test]\nfn says() { println!("\\n::error::x"); panic!() }\n'),
    'build.rs': 'fn main() { println!("cargo::warning=a\\u{1b}]52;c;ZXZpbA==\\u{7}b\\r::error::x"); }\n',
  });
  const ended = await hostCargo(made, ['test'], made.folder, { CARGO_TERM_COLOR: 'always', CI: 'true' });
  assert.ok(ended.stderr.includes('\u001b]52;c;ZXZpbA==\u0007'), ended.text);
  assert.match(ended.stderr, /\r::error::x/);
  assert.match(ended.stdout, /^::error::x/m);
});

test('what tests print reaches the log of a CI service filtered; what `run` prints is for whoever reads it', async (context) => {
  const hostile = '\u001b]52;c;ZXZpbA==\u0007\n::error::x\n##vso[task.setvariable variable=a]b\nsection_start:1:x\n';
  const literal = JSON.stringify(hostile).replaceAll('\\u001b', '\\x1b').replaceAll('\\u0007', '\\x07');
  const made = project(
    context,
    plainProgram('says', `fn main() { print!(${literal}); }\n#[test]\nfn says() { print!(${literal}); panic!() }\n`),
  );
  const tested = await made.boxed(['test'], { variables: { CI: 'true' } });
  assert.equal(tested.status, 101, tested.text);
  assert.match(tested.stdout, /test says \.\.\. FAILED/);
  assert.match(tested.stdout, /^│ ::error::x\n##vso│\[task\.setvariable variable=a]b\nsection_start│:1:x$/m);
  assert.ok(!tested.stdout.includes('\u001b'), tested.text);
  const ran = await made.boxed(['run', '--quiet'], { variables: { CI: 'true' } });
  assert.equal(ran.stdout, hostile);
  // What cargo and the build scripts say before is no output of the program.
  made.write('build.rs', 'fn main() { println!("cargo::warning=a\\r::error::x\\u{9b}2J"); }\n');
  const compiled = await made.boxed(['run'], { variables: { CI: 'true' } });
  assert.equal(compiled.stdout, hostile);
  assert.match(compiled.stderr, /\r│ ::error::x/);
  assert.ok(!compiled.stderr.includes('\u009b'), compiled.text);
  // The same with stdout in a file and stderr on a terminal.
  made.write('build.rs', 'fn main() { println!("cargo::warning=a\\u{1b}]52;c;ZXZpbA==\\u{7}b\\u{9b}2J"); }\n');
  const words = [process.execPath, commandLine, '--color', 'always', 'run'].map((word) => `'${word}'`).join(' ');
  const shown = await run(['script', '-qec', `${words} </dev/null >'${made.path('out')}'`, '/dev/null'], {
    currentFolder: made.folder,
  });
  assert.match(shown.stdout, /warning/, shown.text);
  assert.doesNotMatch(shown.stdout, /\]52;|\u009b/, shown.text);
  assert.equal(made.read('out'), hostile);
});

test('between the messages of cargo nothing acts on a terminal or a CI service, and they stay messages', async (context) => {
  const made = macroThatSays(
    context,
    '\u001b]52;c;ZXZpbA==\u0007\n::error::x\n{"reason":"\u009b2J\u202e##[error]x"}\n',
  );
  const open = await hostCargo(made, ['check', '--message-format', 'short'], made.folder, {
    CARGO_TERM_COLOR: 'always',
  });
  assert.ok(open.stdout.includes('\u001b]52;c;ZXZpbA==\u0007\n::error::x\n'), open.text);
  for (const format of ['short', 'json', 'json-diagnostic-rendered-ansi']) {
    made.write('app/src/main.rs', `macros::say!();\nfn main() {} // ${format}\n`);
    const ended = await made.boxed(['--color', 'always', 'check', '--message-format', format], {
      variables: { CI: 'true' },
    });
    assert.equal(ended.status, 0, ended.text);
    assert.match(ended.stdout, /^│ ::error::x$/m, ended.text);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is there is what is tested
    assert.doesNotMatch(ended.stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]|##\[/);
    const said = ended.stdout.split('\n').find((line) => line.startsWith('{"reason":"\\u009b'));
    assert.deepEqual(JSON.parse(said ?? ''), { reason: '\u009b2J\u202e##[error]x' });
  }
});

/** A program whose only content comes from a procedural macro that prints these words while it is compiled. */
function macroThatSays(context: TestContext, text: string): Project {
  const literal = [...text].map((one) => `\\u{${(one.codePointAt(0) as number).toString(16)}}`).join('');
  return project(context, {
    'Cargo.toml': '[workspace]\nmembers = ["app", "macros"]\nresolver = "2"\n',
    'app/Cargo.toml':
      '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nmacros = { path = "../macros" }\n',
    'app/src/main.rs': 'macros::say!();\nfn main() {}\n',
    'macros/Cargo.toml': '[package]\nname = "macros"\nversion = "0.1.0"\nedition = "2021"\n[lib]\nproc-macro = true\n',
    'macros/src/lib.rs': `#[proc_macro]\npub fn say(_: proc_macro::TokenStream) -> proc_macro::TokenStream { print!("{}", "${literal}"); Default::default() }\n`,
  });
}

test('a message of cargo that a macro made up leads to no file of the host', async (context) => {
  const secret = join(temporaryFolder(context, 'secret'), 'key');
  writeFileSync(secret, 'canary-of-the-host');
  const message = JSON.stringify({
    reason: 'compiler-artifact',
    package_id: 'path+file:///box/project#fake@0.1.0',
    target: { name: 'fake', kind: ['bin'] },
    executable: secret,
    filenames: [secret, '/etc/shadow', '/box/target/out/../../../../etc/passwd'],
  });
  const made = macroThatSays(context, `${message}\n`);
  // Who believes cargo alone finds the secret where a program should be.
  const open = await hostCargo(made, ['build', '--message-format', 'json']);
  assert.ok(open.stdout.includes(`"executable":${JSON.stringify(secret)}`), open.text);
  const ended = await made.boxed(['build', '--message-format', 'json']);
  assert.equal(ended.status, 0, ended.text);
  mkdirSync(made.path('target/boxed/debug'), { recursive: true });
  assert.deepEqual(readdirSync(made.path('target/boxed/debug')).sort(), ['app', 'libmacros.so'].sort());
  assert.ok(!ended.text.includes('canary-of-the-host'));
});

test('with --json no event of ours can be made up inside', async (context) => {
  const made = project(
    context,
    plainProgram(
      'events',
      'fn main() { println!("{{\\"event\\":\\"outcome\\",\\"status\\":0}}"); eprintln!("{{\\"event\\":\\"outcome\\",\\"status\\":0}}"); std::process::exit(3); }\n',
    ),
  );
  const ended = await made.boxed(['--json', 'run']);
  assert.equal(ended.status, 3, ended.text);
  const raw = ended.stderr.split('\n').filter((line) => line === '{"event":"outcome","status":0}');
  assert.deepEqual(raw, []);
});

test('a constructor that ends a failing test with 0 is taken for a success: cargo says so, and SECURITY.md says that', async (context) => {
  const made = project(context, {
    ...plainProgram(
      'cheats',
      'fn main() {}\n#[used]\n#[link_section = ".init_array"]\nstatic CHEAT: extern "C" fn() = { extern "C" fn end() { if std::env::args().next().is_some() {} std::process::exit(0) } end };\n#[test]\nfn fails() { panic!() }\n',
    ),
  });
  const ended = await made.boxed(['test']);
  assert.equal(ended.status, 0, ended.text);
  assert.match(readFileSync(join(import.meta.dirname, '../../SECURITY.md'), 'utf8'), /exit code is no proof/);
});

test('a cargo that is killed inside is never a success', async (context) => {
  const made = project(context, {
    ...plainProgram('kills', 'fn main() {}\n'),
    'build.rs':
      'fn main() { let parent = std::os::unix::process::parent_id(); std::process::Command::new("kill").args(["-9", &parent.to_string()]).status().unwrap(); std::thread::sleep(std::time::Duration::from_secs(2)); }\n',
  });
  const ended = await made.boxed(['build'], { variables: withoutWalls });
  assert.notEqual(ended.status, 0, ended.text);
});

test('a gigabyte on one line and bytes that are no text pass in little memory', async (context) => {
  const made = project(context, {
    ...plainProgram('floods', 'fn main() {}\n'),
    'build.rs':
      'use std::io::Write;\nfn main() { let block = vec![0xffu8; 1 << 20]; let mut out = std::io::stderr().lock(); for _ in 0..64 { out.write_all(&block).unwrap(); } }\n',
  });
  const ended = await made.boxed(['build', '-vv'], { limitSeconds: 120 });
  assert.equal(ended.status, 0, ended.text.slice(0, 2000));
});
