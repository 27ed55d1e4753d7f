import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, lstatSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { pack } from 'tar-stream';
import {
  type Ended,
  type Project,
  plainProgram,
  project,
  projectIn,
  temporaryFolder,
  withItoa,
} from '../support/rig.ts';

/** A real crate, and a build script that leaves a link. */
function withCrate(context: TestContext): Project {
  return project(context, {
    ...plainProgram('plain', 'fn main() { println!("{}", itoa::Buffer::new().format(7)); }\n'),
    ...withItoa,
    'build.rs': `fn main() {
    let out = std::env::var("OUT_DIR").unwrap();
    std::os::unix::fs::symlink("/etc/passwd", format!("{out}/link")).ok();
    println!("cargo::rerun-if-changed=build.rs");
}
`,
  });
}

function dataOf(ended: Ended) {
  assert.equal(ended.status, 0, ended.text);
  return JSON.parse(ended.stdout);
}

test('what one checkout has built, another one of the same project does not build again', async (context) => {
  const made = withCrate(context);
  assert.equal((await made.boxed(['lock'])).status, 0);
  const built = await made.boxed(['build']);
  assert.equal(built.status, 0, built.text);
  const archive = join(temporaryFolder(context), 'cache.tar');
  const exported = dataOf(await made.boxed(['cache', 'export', archive, '--json']));
  assert.ok(exported.files > 10 && exported.sizeBytes < 700e6, JSON.stringify(exported));

  const other = projectIn(join(temporaryFolder(context), 'elsewhere'));
  cpSync(made.folder, other.folder, { recursive: true, preserveTimestamps: true });
  const imported = dataOf(await other.boxed(['cache', 'import', archive, '--json']));
  assert.equal(imported.target, 'imported');
  const again = await other.boxed(['build']);
  assert.equal(again.status, 0, again.text);
  assert.doesNotMatch(again.stderr, /Compiling/, 'every clock is as it was');
  assert.equal(dataOf(await other.boxed(['cache', 'import', archive, '--json'])).target, 'there already');
  // As it is in a CI: sources of now.
  writeFileSync(other.path('src/main.rs'), 'fn main() { println!("{}", itoa::Buffer::new().format(8)); }\n');
  const newer = await other.boxed(['build']);
  assert.doesNotMatch(newer.stderr, /Compiling itoa/);
  assert.match(newer.stderr, /Compiling plain/);

  // On a machine that has nothing: packages and crates by their sums.
  const home = temporaryFolder(context, 'home');
  const fresh = { variables: { CARGO_BOXED_HOME: home } };
  const first = dataOf(await made.boxed(['cache', 'import', archive, '--json'], fresh));
  assert.ok(first.packages > 50, JSON.stringify(first));
  assert.equal(first.crates, 1);
  assert.equal(first.target, 'imported');
  const folders = readdirSync(join(home, 'cache/fetch-home/registry/cache'));
  const crate = join(home, 'cache/fetch-home/registry/cache', folders[0] ?? '', 'itoa-1.0.15.crate');
  assert.ok(existsSync(crate));
  assert.equal(
    readdirSync(join(home, 'cache')).some((name) => name.startsWith('import-')),
    false,
  );
  const shell = dataOf(await made.boxed(['plan', '--json', 'build'], fresh));
  writeFileSync(made.path('cargo-boxed.yaml'), 'env: {set: {A: b}}\n');
  const otherEnvironment = await made.boxed(['cache', 'import', archive, '--json'], fresh);
  assert.match(dataOf(otherEnvironment).target, /^(another environment|there already)$/);
  assert.ok(shell.identity);
});

interface Entry {
  readonly name: string;
  readonly type?: 'file' | 'directory' | 'symlink' | 'link' | 'fifo' | 'block-device';
  readonly linkname?: string;
  readonly content?: string;
}

async function archiveOf(entries: readonly Entry[]): Promise<Buffer> {
  const archive = pack();
  for (const { content = '', ...header } of entries) archive.entry({ type: 'file', mode: 0o644, ...header }, content);
  archive.finalize();
  return buffer(archive as unknown as NodeJS.ReadableStream);
}

test('a hostile archive writes nothing outside, and nothing of it is used', async (context) => {
  const made = withCrate(context);
  assert.equal((await made.boxed(['lock'])).status, 0);
  const home = temporaryFolder(context, 'home');
  const options = { variables: { CARGO_BOXED_HOME: home } };
  const { identity } = dataOf(await made.boxed(['plan', '--json', 'build'], options));
  const note: Entry = { name: 'cargo-boxed-cache.json', content: `${JSON.stringify({ version: 1, identity })}` };
  const victim = temporaryFolder(context, 'victim');
  const sum = createHash('sha256').update('x').digest('hex');
  const hostile: Readonly<Record<string, readonly Entry[]>> = {
    'not ours': [{ name: 'readme' }],
    'another release': [{ name: note.name, content: '{"version":99,"identity":"x"}' }],
    'a climbing path': [note, { name: 'target/../../outside', content: 'x' }],
    'an absolute path': [note, { name: `${victim}/outside`, content: 'x' }],
    'through a link': [
      note,
      { name: 'target/way', type: 'symlink', linkname: victim },
      { name: 'target/way/outside', content: 'x' },
    ],
    'a link in the place of a folder': [
      note,
      { name: 'target/way', type: 'directory' },
      { name: 'target/way', type: 'symlink', linkname: victim },
      { name: 'target/way/outside', content: 'x' },
    ],
    'a file over a link': [
      note,
      { name: 'target/way', type: 'symlink', linkname: join(victim, 'outside') },
      { name: 'target/way', content: 'x' },
    ],
    'a hard link to elsewhere': [note, { name: 'target/a', type: 'link', linkname: '/etc/passwd' }],
    'a hard link to a link': [
      note,
      { name: 'target/way', type: 'symlink', linkname: '/etc/passwd' },
      { name: 'target/a', type: 'link', linkname: 'target/way' },
    ],
    'a pipe': [note, { name: 'target/a', type: 'fifo' }],
    'a device': [note, { name: 'target/a', type: 'block-device' }],
    'a crate with another content': [note, { name: 'crates/index-0123456789abcdef/itoa-1.0.15.crate', content: 'x' }],
    'a folder of crates that climbs': [note, { name: 'crates/..-0123456789abcdef/itoa-1.0.15.crate', content: 'x' }],
    'a crate that is a link': [
      note,
      { name: 'crates/index-0123456789abcdef/itoa-1.0.15.crate', type: 'symlink', linkname: victim },
    ],
  };
  for (const [what, entries] of Object.entries(hostile)) {
    const file = made.path('../hostile.tar');
    writeFileSync(file, await archiveOf(entries));
    const ended = await made.boxed(['cache', 'import', file], options);
    assert.equal(ended.status, 77, `${what}: ${ended.text}`);
    assert.deepEqual(readdirSync(victim), [], what);
    assert.equal(existsSync(join(home, 'cache/targets')), false, what);
    assert.equal(
      readdirSync(join(home, 'cache')).some((name) => name.startsWith('import-')),
      false,
      what,
    );
    const crates = join(home, 'cache/fetch-home/registry/cache');
    if (existsSync(crates))
      for (const folder of readdirSync(crates)) assert.deepEqual(readdirSync(join(crates, folder)), [], what);
  }
  // What no lock names is passed over.
  const file = made.path('../other.tar');
  writeFileSync(file, await archiveOf([note, { name: `packages/${sum}.deb`, content: 'x' }]));
  const other = dataOf(await made.boxed(['cache', 'import', file, '--json'], options));
  assert.deepEqual([other.packages, other.passedOver], [0, 1]);
  // Cut off in the middle, no tar, no file.
  truncateSync(file, 700);
  assert.equal((await made.boxed(['cache', 'import', file], options)).status, 77);
  writeFileSync(file, 'x'.repeat(5000));
  assert.equal((await made.boxed(['cache', 'import', file], options)).status, 77);
  writeFileSync(file, '');
  assert.equal((await made.boxed(['cache', 'import', file], options)).status, 77);
  assert.equal((await made.boxed(['cache', 'import', made.folder], options)).status, 78);
  const none = await made.boxed(['cache', 'import', made.path('../none.tar'), '--json'], options);
  assert.deepEqual(dataOf(none).found, false);
  assert.equal((await made.boxed(['cache', 'export', '/proc/cache.tar'], options)).status, 74);
  assert.equal((await made.boxed(['cache'], options)).status, 64);
  assert.ok(lstatSync(victim).isDirectory());
});
