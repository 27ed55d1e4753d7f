import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import test from 'node:test';
import { lockOf, type Project, plainProgram, project } from '../support/rig.ts';

/** Says of each file what a build sees of it, and what git says in the box. */
const buildScript = `use std::{fs, process::Command};
fn main() {
    println!("cargo::rerun-if-changed=looked-at");
    for path in include_str!("looked-at").lines() {
        let seen = fs::read_to_string(path).map(|text| text.replace('\\n', "|"));
        println!("cargo::warning=SAW {path} {seen:?}");
    }
    println!("cargo::warning=SOCKET {:?}", std::os::unix::net::UnixStream::connect("agent").is_ok());
    for words in [["describe", "--tags"], ["rev-parse", "HEAD"], ["remote", "--verbose"]] {
        let output = Command::new("git").args(words).output().unwrap();
        println!("cargo::warning=GIT {} {}", words[0], String::from_utf8_lossy(&output.stdout).replace('\\n', "|"));
    }
}
`;
const lookedAt = [
  ...['.env', 'tests/.env', 'tests/key.pem', 'deploy/id_ed25519', '.aws/credentials', 'link/production', 'src/main.rs'],
  ...['.cargo-home/credentials.toml', '.cargo-home/config.toml', '.git/config', '.git/git-crypt/keys/default'],
];

function git(made: Project, ...words: readonly string[]): string {
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
  return execFileSync('git', ['-C', made.folder, ...who, ...words], { encoding: 'utf8' }).trim();
}

/** A repository as developers have it: some secrets tracked for tests, their own beside them. */
function secretive(context: test.TestContext): Project {
  const made = project(context, {
    ...plainProgram('secretive', 'fn main() {}\n'),
    'build.rs': buildScript,
    'looked-at': `${lookedAt.join('\n')}\n`,
    'tests/.env': 'TEST=tracked\n',
    'tests/key.pem': 'tracked\n',
    '.cargo-home/config.toml': '# tracked\n',
  });
  git(made, 'init', '--quiet');
  git(made, 'add', '--force', '.');
  git(made, 'commit', '--quiet', '--message', 'one');
  git(made, 'tag', 'v1.2.3');
  git(made, 'remote', 'add', 'origin', 'https://user:canary@host.example/owner/name.git');
  git(made, 'config', 'http.extraheader', 'AUTHORIZATION: basic canary');
  for (const file of ['.env', 'deploy/id_ed25519', '.aws/credentials', '.git/git-crypt/keys/default']) {
    made.write(file, 'canary\n');
  }
  made.write('.cargo-home/credentials.toml', '[registry]\ntoken = "canary"\n');
  made.write('link/production', 'canary\n');
  symlinkSync('link/production', made.path('.npmrc'));
  return made;
}

const inCheckout = (made: Project) => ({ variables: { CARGO_HOME: made.path('.cargo-home') } });

test('a build script sees tracked files and none of the secrets beside them', async (context) => {
  const made = secretive(context);
  const agent = createServer().listen(made.path('agent'));
  context.after(() => agent.close());
  const ended = await made.boxed(['build'], inCheckout(made));
  assert.equal(ended.status, 0, ended.text);
  assert.doesNotMatch(ended.text, /canary/);
  const seen = (path: string) =>
    ended.stderr
      .split('\n')
      .find((line) => line.includes(`SAW ${path} `))
      ?.split(`SAW ${path} `)[1];
  assert.equal(seen('tests/.env'), 'Ok("TEST=tracked|")');
  assert.equal(seen('tests/key.pem'), 'Ok("tracked|")');
  assert.equal(seen('.cargo-home/config.toml'), 'Ok("# tracked|")');
  assert.match(seen('src/main.rs') ?? '', /Ok\("fn main/);
  for (const path of ['.env', 'deploy/id_ed25519', 'link/production', '.cargo-home/credentials.toml']) {
    assert.equal(seen(path), 'Ok("")', path);
  }
  for (const path of ['.aws/credentials', '.git/git-crypt/keys/default']) assert.match(seen(path) ?? '', /NotFound/);
  assert.match(ended.stderr, /SOCKET false/);
});

test('git works in the box, on a configuration without credentials', async (context) => {
  const made = secretive(context);
  const ended = await made.boxed(['build'], inCheckout(made));
  assert.match(ended.stderr, /GIT describe v1\.2\.3\|/, ended.text);
  assert.ok(ended.stderr.includes(`GIT rev-parse ${git(made, 'rev-parse', 'HEAD')}|`), ended.text);
  assert.match(ended.stderr, /GIT remote origin\thttps:\/\/host\.example\/owner\/name\.git \(fetch\)/);
  assert.match(made.read('.git/config'), /canary/);
});

test('the plan shows what is covered, in stable bytes without a path or a secret', async (context) => {
  const made = secretive(context);
  const first = await made.boxed(['plan', '--json', 'build'], inCheckout(made));
  const second = await made.boxed(['plan', '--json', 'build'], inCheckout(made));
  assert.equal(first.stdout, second.stdout);
  assert.doesNotMatch(first.stdout, /canary/);
  assert.ok(!first.stdout.includes(made.folder));
  const mounts: { source?: { anchor: string }; target: string }[] = JSON.parse(first.stdout).box.mounts;
  const covered = mounts.filter(({ source }) => source?.anchor === 'nothing' || source?.anchor === 'cleaned');
  assert.deepEqual(covered.map(({ target }) => target.slice('/box/project/'.length)).sort(), [
    '.aws',
    '.cargo-home/credentials.toml',
    '.env',
    '.git/config',
    '.git/git-crypt',
    '.git/logs/refs',
    'deploy/id_ed25519',
    'link/production',
    'target',
  ]);
});

test('a writable copy has no secrets either, and they stay where they are', async (context) => {
  const made = secretive(context);
  made.write('src/main.rs', 'fn   main() {}\n');
  const ended = await made.boxed(['fmt'], inCheckout(made));
  assert.equal(ended.status, 0, ended.text);
  assert.equal(made.read('src/main.rs'), 'fn main() {}\n');
  assert.doesNotMatch(ended.stderr, /Not brought back|Not in the copy/);
  const fixed = await made.boxed(['fix', '--allow-dirty'], inCheckout(made));
  assert.equal(fixed.status, 0, fixed.text);
  assert.match(fixed.stderr, /SAW \.env Err/);
  assert.match(fixed.stderr, /SAW tests\/\.env Ok/);
  assert.doesNotMatch(fixed.text, /canary/);
  assert.equal(made.read('.env'), 'canary\n');
});

test('a writable copy has no credentials of a repository that lies in the project', async (context) => {
  const made = project(context, {
    ...plainProgram('app', 'fn main() {}'),
    'Cargo.lock': lockOf('app'),
    'cargo-boxed.yaml': 'project-files: copy\n',
    'mirror.git/HEAD': 'ref: refs/heads/main\n',
    'mirror.git/objects/info/packs': '',
    'mirror.git/refs/heads/.keep': '',
    'mirror.git/config': '[remote "origin"]\n\turl = https://user:canary@host.example/x\n',
  });
  const ended = await made.boxed(['exec', '--', 'sh', '-c', 'ls mirror.git; grep -rl canary .']);
  assert.equal(ended.stdout, 'HEAD\nobjects\nrefs\n', ended.text);
  assert.match(made.read('mirror.git/config'), /canary/);
});

test('a program in the box can neither see nor uncover them', async (context) => {
  const made = secretive(context);
  const script = 'cat .env .aws/credentials; umount .env; rm -f .env; echo x > .env; grep -rl canary . | sort';
  const ended = await made.boxed(['exec', '--', 'sh', '-c', script], inCheckout(made));
  assert.equal(ended.stdout, '', ended.text);
  assert.equal(made.read('.env'), 'canary\n');
});

test('of granted folders outside of the project the secrets are hidden too', async (context) => {
  const made = project(context, {
    ...plainProgram('app', 'fn main() { lib::nothing() }'),
    'Cargo.toml':
      '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nlib = { path = "../lib" }\n',
    'Cargo.lock': `${lockOf('app')}dependencies = [\n "lib",\n]\n\n[[package]]\nname = "lib"\nversion = "0.1.0"\n`,
    '../lib/Cargo.toml': '[package]\nname = "lib"\nversion = "0.1.0"\nedition = "2021"\n',
    '../lib/src/lib.rs': 'pub fn nothing() {}',
    '../lib/.env': 'canary',
    '../lib/.git/config': '[remote "origin"]\n\turl = https://user:canary@host.example/x\n',
    '../lib/.git/HEAD': 'ref: refs/heads/main\n',
    '../lib/target/debug/app': 'canary',
    '../data/kept': 'seen',
    '../data/deep/id_ed25519': 'canary',
    '../data/.aws/credentials': 'canary',
    '../one/secret.pem': 'named',
  });
  const [data, one] = [made.path('../data'), made.path('../one/secret.pem')];
  made.write(
    'cargo-boxed.yaml',
    `mounts:\n- {source: ${data}, target: /data, access: read-write}\n- {source: ${one}, target: /mnt/secret.pem}\n`,
  );
  const granted = await made.boxed(['grant', '--all']);
  assert.equal(granted.status, 0, granted.text);
  const script = [
    'cat /data/kept /mnt/secret.pem; echo',
    'grep -rl canary /data /box/lib',
    'echo x > /data/deep/id_ed25519',
    'rm -rf /data/.aws',
    'ls /box/lib/target /data/.aws | grep -v :',
    'touch /data/new',
  ];
  const seen = await made.boxed(['exec', '--', 'sh', '-c', script.join('; ')]);
  assert.equal(seen.stdout.trim(), 'seennamed', seen.text);
  assert.equal(made.read('../data/deep/id_ed25519'), 'canary');
  assert.equal(made.read('../data/.aws/credentials'), 'canary');
  assert.equal(made.read('../data/new'), '');
  const built = await made.boxed(['build']);
  assert.equal(built.status, 0, built.text);
});

test("a box does not see the results of the host's own cargo, nor its own of before", async (context) => {
  const made = project(context, {
    ...plainProgram('app', 'fn main() {}'),
    'build.rs':
      'fn main() { println!("cargo::warning=SAW {:?}", std::fs::read_dir("target").map(|all| all.count())); }',
  });
  assert.match((await made.boxed(['build'])).stderr, /SAW Err\(.*NotFound/);
  made.write('target/debug/app', 'canary');
  made.write('target/.env', 'canary');
  for (const folder of ['other/results', 'target']) {
    made.write(`${folder}/CACHEDIR.TAG`, 'Signature: 8a477f597d28d172789f06886806bc55');
    made.write(`${folder}/.rustc_info.json`, '{}');
  }
  made.write('build.rs', made.read('build.rs').replace('SAW', 'SAW AGAIN'));
  const built = await made.boxed(['build']);
  assert.equal(built.status, 0, built.text);
  assert.match(built.stderr, /SAW AGAIN Ok\(0\)/);
  const looked = await made.boxed(['exec', '--', 'sh', '-c', 'ls -A target other/results; touch target/x']);
  assert.equal(looked.stdout, 'other/results:\n\ntarget:\n', looked.text);
  assert.equal(made.read('target/debug/app'), 'canary');
  assert.ok(existsSync(made.path('target/boxed/debug/app')));
});

test('a failure says once what is hidden and how it is shown, and each time when the output names it', async (context) => {
  const made = project(context, plainProgram('fails', 'fn main() { undefined() }\n'));
  for (const name of ['.env', 'a.pem', 'b.pem', 'c.pem', 'd.pem', 'e.pem']) made.write(name, 'canary\n');
  const first = await made.boxed(['check']);
  assert.match(
    first.stderr,
    /Hidden from the box .*: \.env, a\.pem, b\.pem, c\.pem, d\.pem and 1 more\. .*show: \[\.env\]/,
  );
  assert.doesNotMatch((await made.boxed(['check'])).stderr, /Hidden from/);
  made.write('src/main.rs', 'fn main() { println!(include_str!("../missing/c.pem")) }\n');
  for (let run = 0; run < 2; run += 1) {
    const named = await made.boxed(['check']);
    assert.match(named.stderr, /The output names what is hidden .*: c\.pem\. .*CARGO_BOXED_SHOW=c\.pem/);
  }
  made.write('src/main.rs', 'fn main() {}\n');
  assert.doesNotMatch((await made.boxed(['check'])).stderr, /hidden|show/i);
});

test('no name of a file becomes a command for the shell that somebody copies', async (context) => {
  const made = project(context, plainProgram('fails', 'fn main() { undefined() }\n'));
  made.write('$(MARK;id).env', 'canary\n');
  const only = await made.boxed(['check']);
  assert.match(only.stderr, /Hidden from the box .*MARK.*name it in `show`/);
  assert.doesNotMatch(only.stderr, /CARGO_BOXED_SHOW|show: /);
  made.write('x.pem', 'canary\n');
  assert.match((await made.boxed(['check'])).stderr, /show: \[x\.pem\].*CARGO_BOXED_SHOW=x\.pem/);
});

test('a file is shown when the user says so; the project can only ask', async (context) => {
  const made = project(context, plainProgram('shows', 'fn main() { print!("{}", include_str!("../.env")) }\n'));
  made.write('.env', 'shown\n');
  const hidden = await made.boxed(['run', '--quiet']);
  assert.equal(hidden.stdout, '', hidden.text);
  const shown = await made.boxed(['run', '--quiet'], { variables: { CARGO_BOXED_SHOW: '.env' } });
  assert.equal(shown.stdout, 'shown\n', shown.text);
  assert.equal((await made.boxed(['--show', '.env', 'run', '--quiet'])).stdout, 'shown\n');
  assert.equal((await made.boxed(['run', '--quiet'])).stdout, '');
  made.write('cargo-boxed.yaml', 'show: [.env]\n');
  const asked = await made.boxed(['run', '--quiet']);
  assert.equal(asked.status, 77, asked.text);
  assert.match(asked.stderr, /cargo-boxed\.yaml:1:8/);
});
