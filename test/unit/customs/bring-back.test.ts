import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { bringBack } from '../../../src/customs/bring-back.ts';
import type { BringBackClass } from '../../../src/customs/what-comes-back.ts';
import { makeWritableCopy, type WritableCopy } from '../../../src/customs/writable-copy.ts';

let scratch = '';
let project = '';
let copyFolder = '';

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'customs-copy-'));
  project = join(scratch, 'project');
  copyFolder = join(scratch, 'copy');
  mkdirSync(project);
  mkdirSync(copyFolder);
  put(project, 'Cargo.toml', '[package]');
  put(project, 'src/lib.rs', 'pub  fn a(){}');
  put(project, 'README.md', 'text');
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

function put(root: string, path: string, content: string | Buffer = path): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

async function copied(exclude: string[] = ['target']): Promise<WritableCopy> {
  const result = await makeWritableCopy({ projectRoot: project, to: copyFolder, exclude });
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

function back(copy: WritableCopy, wanted: BringBackClass = { kind: 'sources' }) {
  const result = bringBack({ projectRoot: project, copy, class: wanted });
  assert.ok(result.ok, JSON.stringify(result));
  return {
    written: result.value.written.map((file) => `${file.state} ${file.path}`),
    dropped: result.value.dropped.map((refusal) => `${refusal.path}: ${refusal.reason}`).sort(),
  };
}

describe('a writable copy', () => {
  it('has the sources, links as links, and neither target nor .git nor special files', async () => {
    put(project, 'target/debug/app');
    put(project, '.env', 'SECRET');
    put(project, '.git/config', 'secret');
    symlinkSync('/etc/passwd', join(project, 'link'));
    execFileSync('mkfifo', [join(project, 'fifo')]);
    chmodSync(put(project, 'run.sh', 'x'), 0o4755);
    const copy = await copied(['target', '.env']);
    assert.deepEqual(readdirSync(copyFolder).sort(), ['.git', 'Cargo.toml', 'README.md', 'link', 'run.sh', 'src']);
    assert.deepEqual(readdirSync(join(copyFolder, '.git')), []);
    assert.equal(readlinkSync(join(copyFolder, 'link')), '/etc/passwd');
    assert.equal(statSync(join(copyFolder, 'run.sh')).mode & 0o7777, 0o755);
    assert.deepEqual(copy.skipped, ['fifo: it is a FIFO']);
    assert.deepEqual(back(copy), { written: [], dropped: [] });
  });
});

describe('what fmt and fix bring back', () => {
  it('brings changed sources and manifests with their mode, and names the rest', async () => {
    chmodSync(join(project, 'src/lib.rs'), 0o640);
    const copy = await copied();
    put(copyFolder, 'src/lib.rs', 'pub fn a() {}');
    put(copyFolder, 'Cargo.toml', '[package]\nedition = "2024"');
    put(copyFolder, 'README.md', 'changed');
    put(copyFolder, 'src/new.rs');
    put(copyFolder, '.cargo/config.toml', '[build]');
    put(copyFolder, 'target/debug/app');
    chmodSync(join(copyFolder, 'src/lib.rs'), 0o4777);
    assert.deepEqual(back(copy), {
      written: ['changed Cargo.toml', 'changed src/lib.rs'],
      dropped: [
        '.cargo: a new folder',
        'README.md: changed, and not of the kind that comes back',
        'src/new.rs: a new file',
      ],
    });
    assert.equal(readFileSync(join(project, 'src/lib.rs'), 'utf8'), 'pub fn a() {}');
    assert.equal(statSync(join(project, 'src/lib.rs')).mode & 0o7777, 0o640);
    assert.deepEqual(readdirSync(project).sort(), ['Cargo.toml', 'README.md', 'src']);
  });

  it('sees a change under the old size and time', async () => {
    const copy = await copied();
    const file = join(copyFolder, 'src/lib.rs');
    const before = statSync(file);
    writeFileSync(file, 'pub  fn b(){}');
    utimesSync(file, before.atime, before.mtime);
    assert.deepEqual(back(copy).written, ['changed src/lib.rs']);
  });

  it('writes nothing where the same bytes were written again', async () => {
    const copy = await copied();
    const before = statSync(join(project, 'src/lib.rs')).ino;
    put(copyFolder, 'src/lib.rs', 'pub  fn a(){}');
    put(copyFolder, 'README.md', 'text');
    assert.deepEqual(back(copy), { written: [], dropped: [] });
    assert.equal(statSync(join(project, 'src/lib.rs')).ino, before);
  });

  it('repeats no deletion and no renaming', async () => {
    put(project, 'src/gone/a.rs');
    const copy = await copied();
    rmSync(join(copyFolder, 'README.md'));
    rmSync(join(copyFolder, 'src/gone'), { recursive: true });
    assert.deepEqual(back(copy).dropped, [
      'README.md: deleted there; the project keeps it',
      'src/gone: deleted there; the project keeps it',
    ]);
    assert.ok(existsSync(join(project, 'src/gone/a.rs')));
  });

  it('keeps what was edited, removed or turned into a link in the project meanwhile', async () => {
    for (const name of ['a', 'b', 'c', 'd/x', 'e/x']) put(project, `src/${name}.rs`);
    const copy = await copied();
    for (const name of ['a', 'b', 'c', 'd/x', 'e/x']) put(copyFolder, `src/${name}.rs`, 'from the box');
    put(project, 'src/a.rs', 'edited');
    rmSync(join(project, 'src/b.rs'));
    rmSync(join(project, 'src/c.rs'));
    symlinkSync('../README.md', join(project, 'src/c.rs'));
    rmSync(join(project, 'src/d'), { recursive: true });
    renameSync(join(project, 'src/e'), join(scratch, 'elsewhere'));
    symlinkSync(join(scratch, 'elsewhere'), join(project, 'src/e'));
    const report = back(copy);
    assert.deepEqual(report.written, []);
    assert.equal(report.dropped.length, 5);
    assert.equal(readFileSync(join(project, 'src/a.rs'), 'utf8'), 'edited');
    assert.equal(readFileSync(join(project, 'README.md'), 'utf8'), 'text');
    assert.equal(readFileSync(join(scratch, 'elsewhere/x.rs'), 'utf8'), 'src/e/x.rs');
  });

  it('brings no link, FIFO, folder or gigabyte in place of a source', async () => {
    for (const name of ['a', 'b', 'c', 'd']) put(project, `src/${name}.rs`);
    const copy = await copied();
    for (const name of ['a', 'b', 'c']) rmSync(join(copyFolder, `src/${name}.rs`));
    symlinkSync('/etc/passwd', join(copyFolder, 'src/a.rs'));
    execFileSync('mkfifo', [join(copyFolder, 'src/b.rs')]);
    mkdirSync(join(copyFolder, 'src/c.rs'));
    truncateSync(join(copyFolder, 'src/d.rs'), 1024 ** 3);
    rmSync(join(copyFolder, 'README.md'));
    symlinkSync('Cargo.toml', join(copyFolder, 'README.md'));
    const report = back(copy);
    assert.deepEqual(report.written, []);
    assert.deepEqual(report.dropped, [
      'README.md: it is a symbolic link',
      'src/a.rs: it is a symbolic link',
      'src/b.rs: it is a FIFO',
      'src/c.rs: a new folder',
      'src/d.rs: it has 1073741824 bytes, more than the 16777216 that are taken',
    ]);
    assert.ok(lstatSync(join(project, 'src/a.rs')).isFile());
  });

  it('does not follow a folder that became a link', async () => {
    const outside = join(scratch, 'outside');
    put(outside, 'lib.rs', 'OUTSIDE');
    const copy = await copied();
    rmSync(join(copyFolder, 'src'), { recursive: true });
    symlinkSync(outside, join(copyFolder, 'src'));
    const report = back(copy);
    assert.deepEqual(report.written, []);
    assert.equal(readFileSync(join(project, 'src/lib.rs'), 'utf8'), 'pub  fn a(){}');
  });

  it('shows names escaped and handles names of any bytes', async () => {
    writeFileSync(Buffer.concat([Buffer.from(`${project}/src/`), Buffer.from([0xff]), Buffer.from('.rs')]), 'old');
    const copy = await copied();
    writeFileSync(Buffer.concat([Buffer.from(`${copyFolder}/src/`), Buffer.from([0xff]), Buffer.from('.rs')]), 'new');
    put(copyFolder, 'src/\u001b[2J.rs');
    const report = back(copy);
    assert.deepEqual(report.dropped, ['src/\\u{1b}[2J.rs: a new file']);
    assert.equal(report.written.length, 1);
    const file = Buffer.concat([Buffer.from(`${project}/src/`), Buffer.from([0xff]), Buffer.from('.rs')]);
    assert.equal(readFileSync(file, 'utf8'), 'new');
  });
});

describe('what new and init bring back', () => {
  it('brings the new package, the change of the workspace and an empty repository of ours', async () => {
    const copy = await copied();
    put(copyFolder, 'Cargo.toml', '[workspace]\nmembers = ["crates/x"]');
    put(copyFolder, 'crates/x/Cargo.toml');
    put(copyFolder, 'crates/x/src/main.rs');
    put(copyFolder, 'crates/x/.gitignore', '/target\n');
    put(copyFolder, 'crates/x/.git/HEAD', 'ref: refs/heads/main\n');
    put(copyFolder, 'crates/x/.git/config', '[core]\n\tfsmonitor = touch /pwned');
    put(copyFolder, 'crates/x/.git/hooks/post-checkout', 'evil');
    put(copyFolder, 'crates/x/build.sh');
    put(copyFolder, 'crates/x/src/deep/er.rs');
    put(copyFolder, 'src/lib.rs', 'changed');
    const report = back(copy, { kind: 'creating', folder: 'crates/x' });
    assert.deepEqual(report.written, [
      'changed Cargo.toml',
      'created crates/x/.git',
      'created crates/x/.gitignore',
      'created crates/x/Cargo.toml',
      'created crates/x/src/main.rs',
    ]);
    assert.deepEqual(report.dropped, [
      'crates/x/build.sh: a new file',
      'crates/x/src/deep: a new folder',
      'src/lib.rs: changed, and not of the kind that comes back',
    ]);
    const repository = join(project, 'crates/x/.git');
    assert.deepEqual(readdirSync(repository).sort(), ['HEAD', 'config', 'objects', 'refs']);
    assert.doesNotMatch(readFileSync(join(repository, 'config'), 'utf8'), /fsmonitor/);
    const branch = execFileSync('git', ['symbolic-ref', 'HEAD'], { cwd: dirname(repository), encoding: 'utf8' });
    assert.equal(branch, 'refs/heads/main\n');
  });

  it('takes no branch name that is not a plain word', async () => {
    const copy = await copied();
    for (const [index, head] of ['ref: refs/heads/../../x\n', 'abc\n', '', 'ref: refs/heads/a\nevil'].entries()) {
      put(copyFolder, `x${index}/.git/HEAD`, head);
      const report = back(copy, { kind: 'creating', folder: `x${index}` });
      assert.deepEqual(report.written, []);
    }
  });

  it('makes a package in the folder itself', async () => {
    rmSync(join(project, 'Cargo.toml'));
    const copy = await copied();
    put(copyFolder, 'Cargo.toml', '[package]');
    put(copyFolder, '.gitignore', '/target\n');
    assert.deepEqual(back(copy, { kind: 'creating', folder: '' }).written, [
      'created .gitignore',
      'created Cargo.toml',
    ]);
  });
});

it('changes of more bytes than sources have stay in the copy', async () => {
  for (let file = 0; file < 40; file += 1) put(project, `src/file${file}.rs`, 'a');
  const copy = await copied();
  for (let file = 0; file < 40; file += 1) truncateSync(join(copyFolder, `src/file${file}.rs`), 16 * 1024 * 1024);
  const { written, dropped } = back(copy);
  assert.equal(written.length, 32);
  assert.ok(dropped.some((line) => line.includes('too large')));
});
