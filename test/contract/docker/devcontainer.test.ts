import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type DevcontainerCli, devcontainerCli, idsOf } from '../../support/devcontainer-cli.ts';
import { type DockerDaemon, startDockerDaemon } from '../../support/docker-daemon.ts';
import { ownImage } from '../../support/own-image.ts';
import { boxed, type Ended, type Project, plainProgram, projectIn } from '../../support/rig.ts';

// The real devcontainer CLI on a real engine, without a network: what it makes of the file that we write.
// Every Debian has this account, and our image gives its uid to nobody who could write anything.
const someone = 'games';
const [uid, gid] = idsOf(someone);
const asSomeone = { CARGO_BOXED_UID: `${uid}`, CARGO_BOXED_GID: `${gid}` };

let daemon: DockerDaemon;
let folder: string;
let made: Project;
let root: DevcontainerCli;
let user: DevcontainerCli;
let image: string;

/** A build script that tries what a box does not let it, and says how it went. */
const script = `use std::{fs, net};
fn main() {
    let own = std::env::var("CARGO_MANIFEST_DIR").unwrap();
    let tried = |path: &str| if fs::write(format!("{own}/{path}"), "x").is_ok() { "written" } else { "refused" };
    println!("cargo::rustc-env=SOURCE={}", tried("src/from-build-script.txt"));
    println!("cargo::rustc-env=HOOK={}", tried(".git/from-build-script"));
    println!("cargo::rustc-env=DEVCONTAINER={}", tried(".devcontainer/devcontainer.json"));
    println!("cargo::rustc-env=CARGO={}", if fs::write("/box/cargo/config.toml", "x").is_ok() { "written" } else { "refused" });
    println!("cargo::rustc-env=CRATE={}", if fs::write("/box/crates/x", "x").is_ok() { "written" } else { "refused" });
    let reached = net::TcpStream::connect_timeout(&"192.0.2.1:80".parse().unwrap(), std::time::Duration::from_secs(2));
    println!("cargo::rustc-env=NETWORK={:?}", reached.map(|_| ()).map_err(|error| error.kind()));
}
`;
const main = `fn main() {
    let number = itoa::Buffer::new().format(42).to_owned();
    let tried = [env!("SOURCE"), env!("HOOK"), env!("DEVCONTAINER"), env!("CARGO"), env!("CRATE"), env!("NETWORK")];
    println!("{number} {}", tried.join(" "));
}
#[test]
fn passes() { assert_eq!(itoa::Buffer::new().format(7), "7"); }
`;

const docker = (...words: string[]) => daemon.docker(...words);

function tool(...words: string[]): Promise<Ended> {
  const variables = { ...daemon.variables, HOME: process.env.HOME, CARGO_BOXED_ENGINE: 'bwrap' };
  return boxed(words, { currentFolder: made.folder, variables, limitSeconds: 300 });
}

async function succeeds(ended: Promise<Ended>): Promise<Ended> {
  const done = await ended;
  assert.equal(done.status, 0, done.text);
  return done;
}

/** Makes the container anew; gives the id of the image that it really stands on. */
async function up(cli: DevcontainerCli, variables: Record<string, string> = {}): Promise<string> {
  const words = ['up', '--remove-existing-container', '--buildkit', 'never'];
  const ended = await succeeds(cli(words, variables));
  assert.doesNotMatch(ended.stderr, /docker (pull|build)|control manifest/, 'nothing was fetched and nothing built');
  const { containerId } = JSON.parse(ended.stdout.trim().split('\n').at(-1) ?? '');
  return docker('inspect', '--format', '{{.Image}}', containerId);
}

const tried = (ended: Ended) => ended.stdout.trim().split('\n').at(-1);

before(async () => {
  daemon = await startDockerDaemon();
  chmodSync(daemon.socket, 0o666);
  folder = mkdtempSync(join(tmpdir(), 'boxed-devcontainer-'));
  chmodSync(folder, 0o755);
  made = projectIn(join(folder, 'project'));
  const files = { ...plainProgram('tries', main), 'build.rs': script };
  for (const [file, text] of Object.entries(files)) made.write(file, text);
  made.write('Cargo.toml', `${made.read('Cargo.toml')}\n[dependencies]\nitoa = "=1.0.15"\n`);
  made.write('cargo-boxed.yaml', 'layers: { infer: off }\n');
  rmSync(made.path('Cargo.lock'));
  execFileSync('git', ['init', '--quiet', made.folder]);
  root = devcontainerCli(folder, daemon, made.folder, 'root');
  user = devcontainerCli(folder, daemon, made.folder, someone);
  await succeeds(tool('generate-lockfile'));
  await succeeds(tool('lock'));
  const built = await succeeds(tool('image', 'build', '--output', 'docker', '--json'));
  image = JSON.parse(built.stdout).id;
});

after(async () => {
  await daemon?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('strict: the image of the lock, cargo builds and tests, and a build script writes nothing and reaches nobody', async () => {
  await succeeds(tool('devcontainer'));
  assert.equal(await up(root), image);
  await succeeds(root(['exec', 'cargo', 'build']));
  assert.equal(
    tried(await succeeds(root(['exec', 'cargo', 'run', '--quiet']))),
    '42 refused refused refused refused refused Err(NetworkUnreachable)',
  );
  const tested = await succeeds(root(['exec', 'cargo', 'test']));
  assert.match(tested.stdout, /1 passed/);
  assert.equal((await root(['exec', 'touch', '/box/project/x'])).status, 1);
  const state = (await succeeds(root(['exec', 'cat', '/proc/self/status']))).stdout;
  assert.match(state, /^CapBnd:\t0+$/m);
  assert.match(state, /^NoNewPrivs:\t1$/m);
  assert.match(state, /^Uid:\t1000\t/m);
  assert.deepEqual((await succeeds(root(['exec', 'ls', '/sys/class/net']))).stdout.trim(), 'lo');
  assert.ok(!existsSync(made.path('src/from-build-script.txt')));
  await succeeds(tool('devcontainer', '--check'));
});

test('another user of the machine, with a uid that the image does not know, has the same image and a target', async () => {
  assert.equal(await up(user, asSomeone), image);
  assert.equal((await succeeds(user(['exec', 'id', '-u'], asSomeone))).stdout.trim(), `${uid}`);
  const ran = await succeeds(user(['exec', 'cargo', 'run', '--quiet'], asSomeone));
  assert.match(tried(ran) ?? '', /^42 refused refused refused refused refused/);
  await succeeds(user(['exec', 'cargo', 'test'], asSomeone));
});

test('editor: the project may be written, what git and editors run on the machine may not; still no network', async () => {
  await succeeds(tool('devcontainer', '--mode', 'editor'));
  const file = readFileSync(made.path('.devcontainer/devcontainer.json'), 'utf8');
  execFileSync('chown', ['-R', `${uid}:${gid}`, made.folder]);
  try {
    assert.equal(await up(user, asSomeone), image);
    await succeeds(user(['exec', 'cargo', 'build'], asSomeone));
    const ran = await succeeds(user(['exec', 'cargo', 'run', '--quiet'], asSomeone));
    assert.equal(tried(ran), '42 written refused refused refused refused Err(NetworkUnreachable)');
    await succeeds(user(['exec', 'cargo', 'test'], asSomeone));
    await succeeds(user(['exec', 'sh', '-c', 'echo "// saved" >> src/main.rs'], asSomeone));
  } finally {
    execFileSync('chown', ['-R', '0:0', made.folder]);
  }
  assert.ok(existsSync(made.path('src/from-build-script.txt')));
  assert.match(made.read('src/main.rs'), /saved/);
  assert.equal(readFileSync(made.path('.devcontainer/devcontainer.json'), 'utf8'), file);
  await succeeds(tool('devcontainer', '--check'));
});

test('the trap: where the file lets the CLI change the uid, the container stands on another image, and check says so', async () => {
  const path = made.path('.devcontainer/devcontainer.json');
  const before = readFileSync(path, 'utf8');
  const changed = before
    .replace('"updateRemoteUserUID": false', '"updateRemoteUserUID": true')
    .replace(/"(remoteUser|containerUser)": ".*"/g, '"$1": "box"');
  writeFileSync(path, changed);
  const ended = await user(['up', '--remove-existing-container', '--buildkit', 'never']);
  assert.equal(ended.status, 0, ended.text);
  const { containerId } = JSON.parse(ended.stdout.trim().split('\n').at(-1) ?? '');
  assert.notEqual(docker('inspect', '--format', '{{.Image}}', containerId), image);
  writeFileSync(path, before);
  const checked = await tool('devcontainer', '--check', '--json');
  assert.equal(checked.status, 65, checked.text);
  const { drift } = JSON.parse(checked.stdout);
  assert.equal(drift.length, 1);
  assert.match(
    drift[0].what,
    new RegExp(`the container ${containerId.slice(0, 12)} of this folder stands on the image`),
  );
  docker('rm', '--force', containerId);
  await succeeds(tool('devcontainer', '--check'));
});

test('the Feature installs layers into an image of one’s own, which then is another image and has no wall', async () => {
  const other = projectIn(join(folder, 'own'));
  for (const [file, text] of Object.entries(plainProgram('own', 'fn main() {}\n'))) other.write(file, text);
  const variables = { ...daemon.variables, HOME: process.env.HOME, CARGO_BOXED_ENGINE: 'bwrap' };
  await succeeds(other.boxed(['devcontainer', 'feature'], { variables }));
  ownImage(folder, daemon.socket, 'own:1', 'ninja-build', 'the stand-in');
  const cli = devcontainerCli(join(folder, 'own-cli'), daemon, other.folder, 'root');
  const made = async (layers: string) => {
    const features = { './cargo-boxed': { layers } };
    other.write('.devcontainer/devcontainer.json', JSON.stringify({ image: 'own:1', features }));
    return cli(['up', '--remove-existing-container', '--buildkit', 'never']);
  };
  const wrong = await made('no-such-layer');
  assert.equal(wrong.status, 1, wrong.text);
  assert.match(wrong.text, /there is no layer 'no-such-layer' on bookworm/);
  const hostile = await made('ninja;$(touch /hacked)');
  assert.match(hostile.text, /is no name of a layer/);

  const up = await succeeds(made('ninja'));
  const { containerId } = JSON.parse(up.stdout.trim().split('\n').at(-1) ?? '');
  assert.equal((await succeeds(cli(['exec', 'ninja-build']))).stdout.trim(), 'the stand-in');
  assert.notEqual(
    docker('inspect', '--format', '{{.Image}}', containerId),
    docker('image', 'inspect', '--format', '{{.Id}}', 'own:1'),
  );
  // What a Feature cannot say: the project is writable, and the network is whatever the engine gives.
  await succeeds(cli(['exec', 'touch', 'written']));
  assert.notEqual(docker('inspect', '--format', '{{.HostConfig.NetworkMode}}', containerId), 'none');
});
