import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { git, startGitServer } from '../support/git-server.ts';
import { type Project, project, temporaryFolder } from '../support/rig.ts';
import { type SshServer, startSshServer } from '../support/ssh-server.ts';

interface Place {
  readonly server: SshServer;
  /** What a person has who uses ssh: a home with known hosts and an agent. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  knownHosts(line: string): void;
  cargoConfig(text: string): void;
  /** A repository with one crate, reached by ssh; its URL. */
  repository(name: string): string;
}

async function place(context: TestContext): Promise<Place> {
  const folder = temporaryFolder(context, 'ssh');
  const server = await startSshServer(folder);
  context.after(() => server.stop());
  const home = join(folder, 'home');
  mkdirSync(join(home, '.ssh'), { recursive: true, mode: 0o700 });
  mkdirSync(join(home, '.cargo'));
  // A key in a file, as everybody has one: no box sees it.
  writeFileSync(join(home, '.ssh/id_ed25519'), 'canary of a private key\n', { mode: 0o600 });
  const knownHosts = (line: string) => writeFileSync(join(home, '.ssh/known_hosts'), `${line}\n`);
  knownHosts(server.knownHost);
  return {
    server,
    variables: { HOME: home, CARGO_HOME: join(home, '.cargo'), SSH_AUTH_SOCK: server.agentSocket },
    knownHosts,
    cargoConfig: (text) => writeFileSync(join(home, '.cargo/config.toml'), text),
    repository(name) {
      const sources = join(folder, name);
      mkdirSync(join(sources, 'src'), { recursive: true });
      writeFileSync(join(sources, 'Cargo.toml'), '[package]\nname = "dep"\nversion = "0.1.0"\nedition = "2021"\n');
      writeFileSync(join(sources, 'src/lib.rs'), 'pub fn answer() -> u32 { 42 }\n');
      commit(sources);
      return `${server.url}${sources}`;
    },
  };
}

function commit(sources: string): void {
  git(['init', '--quiet', '--initial-branch=main'], sources);
  git(['add', '--all'], sources);
  git(['commit', '--quiet', '--message', 'sources'], sources);
}

/** Prints what the dependency says, and what of SSH the build script and the program find: nothing. */
function uses(context: TestContext, url: string): Project {
  const look =
    'let found = [std::env::var("SSH_AUTH_SOCK").is_ok(), std::fs::read_dir("/box").unwrap().chain(std::fs::read_dir("/box/home").unwrap()).flatten().any(|entry| { let name = entry.file_name(); name.to_string_lossy().contains("ssh") })];';
  return project(context, {
    'Cargo.toml': `[package]\nname = "uses"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\ndep = { git = "${url}" }\n`,
    'build.rs': `fn main() { ${look} println!("cargo::rustc-env=FOUND={found:?}"); }\n`,
    'src/main.rs': `fn main() { ${look} println!("{} {} {found:?}", dep::answer(), env!("FOUND")); }\n`,
  });
}
const answered = '42 [false, false] [false, false]\n';

test('a git dependency over ssh comes by the user’s agent; the box of the build sees neither agent nor keys', async (context) => {
  const { server, variables, repository } = await place(context);
  const ended = await uses(context, repository('by-library')).boxed(['run', '--quiet'], { variables });
  assert.equal(ended.stdout, answered, ended.text);
  assert.match(server.log(), /Accepted publickey/);
  assert.match(server.log(), /remote software version libssh2/);
});

test('net.git-fetch-with-cli: git itself, with the same agent and known hosts', async (context) => {
  const { server, variables, repository, cargoConfig, knownHosts } = await place(context);
  cargoConfig('[net]\ngit-fetch-with-cli = true\n');
  const ended = await uses(context, repository('by-git')).boxed(['run', '--quiet'], { variables });
  assert.equal(ended.stdout, answered, ended.text);
  assert.match(server.log(), /remote software version OpenSSH/);
  assert.doesNotMatch(server.log(), /remote software version libssh2/);

  knownHosts('');
  const unknown = await uses(context, repository('by-git-unknown')).boxed(['build'], {
    variables: { ...variables, CARGO_NET_RETRY: '0' },
  });
  assert.equal(unknown.status, 75, unknown.text);
  assert.match(unknown.stderr, /the SSH host key of \[127\.0\.0\.1\]:\d+ is not known/);
});

test('a host whose key is not known, or another than the known one, gets nothing', async (context) => {
  const { server, variables, repository, knownHosts, cargoConfig } = await place(context);
  knownHosts('');
  const made = uses(context, repository('closed'));
  const unknown = await made.boxed(['build'], { variables });
  assert.equal(unknown.status, 75, unknown.text);
  assert.match(unknown.stderr, /error\[fetch-failed\]: the SSH host key of \[127\.0\.0\.1\]:\d+ is not known/);
  knownHosts(server.knownHost.replace(/AAAA\S{60}/, (key) => `${key.slice(0, 40)}${'B'.repeat(key.length - 40)}`));
  const changed = await made.boxed(['build'], { variables });
  assert.equal(changed.status, 75, changed.text);
  assert.match(changed.stderr, /has another SSH host key/);
  assert.doesNotMatch(server.log(), /Accepted/);
  assert.deepEqual(readdirSync(made.folder).sort(), ['Cargo.toml', 'build.rs', 'src']);

  knownHosts('');
  cargoConfig(`[net.ssh]\nknown-hosts = ["${server.knownHost}"]\n`);
  const configured = await made.boxed(['run', '--quiet'], { variables });
  assert.equal(configured.stdout, answered, configured.text);
});

test('without an agent: what is missing, and how to mend it', async (context) => {
  const { variables, repository } = await place(context);
  const made = uses(context, repository('no-agent'));
  const ended = await made.boxed(['build'], { variables: { ...variables, SSH_AUTH_SOCK: undefined } });
  assert.equal(ended.status, 75, ended.text);
  assert.match(ended.stderr, /SSH agent.*ssh-add/s);
});

test('a submodule over ssh of a repository that is not', async (context) => {
  const { variables, repository } = await place(context);
  const host = await startGitServer();
  context.after(() => host.stop());
  const inner = repository('inner');
  const outer = temporaryFolder(context, 'outer');
  writeFileSync(
    join(outer, 'Cargo.toml'),
    '[package]\nname = "dep"\nversion = "0.1.0"\nedition = "2021"\n[lib]\npath = "native/src/lib.rs"\n',
  );
  writeFileSync(join(outer, '.gitmodules'), `[submodule "native"]\npath = native\nurl = ${inner}\n`);
  git(['init', '--quiet', '--initial-branch=main'], outer);
  git(['-c', 'protocol.file.allow=always', 'clone', '--quiet', new URL(inner).pathname, 'native'], outer);
  host.commit('outer', outer);
  const ended = await uses(context, `${host.url}/outer.git`).boxed(['run', '--quiet'], { variables });
  assert.equal(ended.stdout, answered, ended.text);
});
