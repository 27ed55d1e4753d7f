import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { type RegistryStandIn, startRegistry } from '../support/registry-stand-in.ts';
import { type Project, project, projectIn, temporaryFolder } from '../support/rig.ts';

// `--config` and `-Z` on cargo's own command line: what they say of where crates come from, the fetch phase has to know.

const library = (name: string, version: string, says: string) => ({
  'Cargo.toml': `[package]\nname = "${name}"\nversion = "${version}"\nedition = "2021"\n`,
  'src/lib.rs': `pub const SAYS: &str = "${says}";\n`,
});

async function registry(context: TestContext): Promise<RegistryStandIn> {
  const made = await startRegistry();
  context.after(() => made.stop());
  for (const version of ['1.0.0', '1.1.0'])
    await made.publish({ name: 'leaf', version, files: library('leaf', version, version) });
  return made;
}

function uses(context: TestContext, index: string | null): Project {
  const mine = library('leaf', '1.9.0', 'mine');
  return project(context, {
    'Cargo.toml': `[package]\nname = "uses"\nversion = "0.1.0"\nedition = "2021"\n
[dependencies]\nleaf = { version = "1.0", registry = "local" }\n`,
    'src/main.rs': 'fn main() { println!("{}", leaf::SAYS); }\n',
    'tools/mine/Cargo.toml': mine['Cargo.toml'],
    'tools/mine/src/lib.rs': mine['src/lib.rs'],
    'tools/ci/patch.toml': '[patch.local]\nleaf = { path = "mine" }\n',
    ...(index === null ? {} : { '.cargo/config.toml': `[registries.local]\nindex = "${index}"\n` }),
  });
}

test('a registry that only the command line names', async (context) => {
  const { index } = await registry(context);
  const made = uses(context, null);
  const ended = await made.boxed(['run', '--quiet', '--config', `registries.local.index="${index}"`]);
  assert.equal(ended.stdout, '1.1.0\n', ended.text);
  const again = await made.boxed(['run', '--quiet', '--offline', `--config=registries.local.index="${index}"`]);
  assert.equal(again.stdout, '1.1.0\n', again.text);
});

test('a patch on the command line, by its path from where one stands, by its whole path, and by a file', async (context) => {
  const { index } = await registry(context);
  const below = uses(context, index);
  const ended = await below.boxed(['run', '--quiet', '--config', 'patch.local.leaf.path="mine"'], {
    currentFolder: below.path('tools'),
  });
  assert.equal(ended.stdout, 'mine\n', ended.text);
  assert.match(below.read('Cargo.lock'), /name = "leaf"\nversion = "1\.9\.0"\n(?!source)/);

  const absolute = uses(context, index);
  const whole = `patch.local.leaf.path="${absolute.path('tools/mine')}"`;
  const inside = await absolute.boxed(['run', '--quiet', '--config', whole]);
  assert.equal(inside.stdout, 'mine\n', inside.text);

  const byFile = uses(context, index);
  const file = await byFile.boxed(['run', '--quiet', '--config', 'tools/ci/patch.toml']);
  assert.equal(file.stdout, 'mine\n', file.text);
  const updated = await byFile.boxed(['update']);
  assert.equal(updated.status, 0, updated.text);
  assert.match(
    byFile.read('Cargo.lock'),
    /version = "1\.1\.0"\nsource/,
    'without it the lock names the registry again',
  );
  const patched = await byFile.boxed(['update', '--config', 'tools/ci/patch.toml']);
  assert.equal(patched.status, 0, patched.text);
  assert.match(byFile.read('Cargo.lock'), /version = "1\.9\.0"/);
});

test('a patch that leads out of the project is refused, and one beside it is an ask that only a file can have granted', async (context) => {
  const { index } = await registry(context);
  const made = uses(context, index);
  const outside = temporaryFolder(context, 'outside');
  const away = await made.boxed(['build', '--config', `patch.local.leaf.path="${outside}"`]);
  assert.equal(away.status, 77, away.text);
  assert.ok(away.stderr.includes(outside), away.text);
  const beside = projectIn(made.path('..', 'leaf'));
  beside.write('Cargo.toml', library('leaf', '1.9.0', '')['Cargo.toml']);
  const asked = await made.boxed(['build', '--config', 'patch.local.leaf.path="../leaf"']);
  assert.equal(asked.status, 77, asked.text);
  assert.match(asked.stderr, /Write it into `\.cargo\/config\.toml`/);
});

test('a folder that was granted, and that only the command line still names, is mounted without its secrets', async (context) => {
  const { index } = await registry(context);
  const around = projectIn(temporaryFolder(context, 'around'));
  const made = projectIn(around.path('app'));
  const template = uses(context, index);
  for (const file of ['Cargo.toml', 'src/main.rs', '.cargo/config.toml']) made.write(file, template.read(file));
  const mine = library('leaf', '1.9.0', '');
  around.write('leaf/Cargo.toml', mine['Cargo.toml']);
  around.write('leaf/src/lib.rs', 'pub const SAYS: &str = concat!("[", include_str!("../.env"), "]");\n');
  around.write('leaf/.env', 'TOKEN=canary');
  const config = made.read('.cargo/config.toml');
  made.write('.cargo/config.toml', `${config}[patch.local]\nleaf = { path = "../leaf" }\n`);
  assert.equal((await made.boxed(['grant', 'path-dependency'])).status, 0);
  made.write('.cargo/config.toml', config);
  const ended = await made.boxed(['run', '--quiet', '--config', 'patch.local.leaf.path="../leaf"']);
  assert.equal(ended.stdout, '[]\n', ended.text);
  assert.equal((await made.boxed(['revoke', '--all'])).status, 0);
});

test('a source in the place of a registry', async (context) => {
  const { index } = await registry(context);
  const other = await startRegistry();
  context.after(() => other.stop());
  await other.publish({ name: 'leaf', version: '1.0.0', files: library('leaf', '1.0.0', 'other') });
  const made = uses(context, index);
  const replaced = ['source.original.registry', 'source.original.replace-with', 'source.mirror.registry'];
  const values = [index, 'mirror', other.index];
  const words = replaced.flatMap((key, at) => ['--config', `${key}="${values[at]}"`]);
  const ended = await made.boxed(['run', '--quiet', ...words]);
  assert.equal(ended.stdout, 'other\n', ended.text);
});

test('of a configuration on the line of a command with a network only what may is used', async (context) => {
  const { index } = await registry(context);
  const made = uses(context, index);
  const nowhere = [
    'http.proxy="http://127.0.0.1:1"',
    'build.rustc="/nowhere"',
    'registries.local.credential-provider="/nowhere"',
  ];
  made.write(
    '.cargo/config.toml',
    `[registries.local]\nindex = "${index}"\n[alias]\nup = ${JSON.stringify(['update', ...nowhere.flatMap((text) => ['--config', text])])}\n`,
  );
  const ended = await made.boxed(['up']);
  assert.equal(ended.status, 0, ended.text);
  assert.match(made.read('Cargo.lock'), /version = "1\.1\.0"/);
});

test('-Zdirect-minimal-versions decides what a missing lock gets', async (context) => {
  const { index } = await registry(context);
  const made = uses(context, index);
  const variables = { RUSTC_BOOTSTRAP: '1', CARGO_BOXED_ENV_PASS: 'RUSTC_BOOTSTRAP' };
  const ended = await made.boxed(['run', '--quiet', '-Zdirect-minimal-versions'], { variables });
  assert.equal(ended.stdout, '1.0.0\n', ended.text);
});
