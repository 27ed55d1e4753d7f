import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
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
import { type ExportInputs, type ExportReport, exportArtifacts } from '../../../src/customs/export-artifacts.ts';
import { asRoot, asUser } from '../../support/as-identity.ts';

let scratch = '';
let from = '';
let project = '';
let boxed = '';

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'customs-export-'));
  from = join(scratch, 'out');
  project = join(scratch, 'project');
  boxed = join(project, 'target/boxed');
  mkdirSync(from);
  mkdirSync(project);
});
afterEach(() => {
  execFileSync('chmod', ['-R', 'u+rwX', scratch]);
  rmSync(scratch, { recursive: true, force: true });
});

function put(path: string, content = path, mode = 0o644): string {
  const file = join(from, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  chmodSync(file, mode);
  return file;
}

async function run(more: Partial<ExportInputs> = {}): Promise<ExportReport> {
  const record = join(scratch, 'record/export.json');
  const result = await exportArtifacts({
    from,
    to: { projectRoot: project, relative: 'target/boxed' },
    record,
    ...more,
  });
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

function tree(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

describe('a target directory that the box replaced', () => {
  it('is not followed when it is a link now', async () => {
    const secrets = join(scratch, 'secrets');
    mkdirSync(join(secrets, 'gh'), { recursive: true });
    writeFileSync(join(secrets, 'gh/hosts'), 'a secret');
    rmSync(from, { recursive: true });
    symlinkSync(secrets, from);
    const result = await exportArtifacts({
      from,
      to: { projectRoot: project, relative: 'target/boxed' },
      record: join(scratch, 'record/export.json'),
    });
    assert.equal(result.ok, false);
    assert.equal(existsSync(join(boxed, 'gh/hosts')), false);
  });
});

describe('what is exported', () => {
  it('takes the results of both layouts and leaves the work of cargo', async () => {
    const wanted = [
      'debug/app',
      'debug/libapp.a',
      'debug/libapp.rlib',
      'debug/libapp.so',
      'debug/examples/show',
      'release-lto/app',
      'x86_64-unknown-linux-musl/release/app',
      'x86_64-unknown-linux-musl/release/examples/show',
      'x86_64-unknown-linux-musl/doc/app/index.html',
      'doc/index.html',
      'doc/app/struct.A.html',
      'package/app-0.1.0.crate',
      'cargo-timings/cargo-timing.html',
    ];
    const left = [
      '.rustc_info.json',
      'CACHEDIR.TAG',
      'debug/.cargo-lock',
      'debug/app.d',
      'debug/libapp.rmeta',
      'debug/deps/app-0123456789abcdef',
      'debug/build/app-1/out/x',
      'debug/incremental/a/b',
      'debug/.fingerprint/a/b',
      'debug/examples/show-0123456789abcdef',
      'debug/examples/show.d',
      'debug/odd/folder/x',
      'doc/.lock',
      'package/app-0.1.0/src/lib.rs',
      'cargo-timings/cargo-timing-20261126T000000Z.html',
      'tmp/x',
      'build/x',
      'deps/libevil.rlib',
      'incremental/x',
      'examples/x',
      'x86_64-unknown-linux-musl/CACHEDIR.TAG.d',
      'x86_64-unknown-linux-musl/deps/x',
    ];
    for (const path of [...wanted, ...left]) put(path);
    const report = await run();
    assert.deepEqual(tree(boxed), ['.gitignore', ...wanted].sort());
    assert.deepEqual(
      report.exported.map((file) => file.path),
      [...wanted].sort(),
    );
    assert.deepEqual(report.refused, []);
    assert.equal(readFileSync(join(boxed, 'debug/app'), 'utf8'), 'debug/app');
    assert.equal(readFileSync(join(boxed, '.gitignore'), 'utf8'), '*\n');
  });

  it('looks only where the command can have changed something', async () => {
    put('debug/app');
    put('doc/index.html');
    put('x86_64-unknown-linux-musl/doc/index.html');
    await run({ areas: ['documentation'] });
    assert.deepEqual(tree(boxed), ['.gitignore', 'doc/index.html', 'x86_64-unknown-linux-musl/doc/index.html']);
    rmSync(join(from, 'doc'), { recursive: true });
    await run({ areas: ['programs'] });
    assert.ok(existsSync(join(boxed, 'doc/index.html')), 'another area is not touched');
  });

  it('makes nothing at all when there is nothing to bring', async () => {
    put('debug/deps/x');
    await run();
    assert.deepEqual(readdirSync(project), []);
    rmSync(from, { recursive: true });
    await run();
    assert.deepEqual(readdirSync(project), []);
  });
});

describe('a result that holds a name of this machine', () => {
  const canaries = [{ word: 'laptop-of-ada', what: 'the name of this machine' }];

  it('stays where it is, wherever in it the name stands, and is named', async () => {
    const megabyte = 'x'.repeat(1024 * 1024);
    put('debug/app', 'built on laptop-of-ada', 0o755);
    put('debug/across', `${megabyte.slice(5)}laptop-of-ada`, 0o755);
    put('debug/late', `${megabyte}${megabyte}y laptop-of-ada`, 0o755);
    put('debug/clean', `${megabyte}laptop-of-bob`, 0o755);
    const { exported, refused } = await run({ canaries });
    assert.deepEqual(
      exported.map(({ path }) => path),
      ['debug/clean'],
    );
    assert.deepEqual(refused.map(({ path, reason }) => [path, reason]).sort(), [
      ['debug/across', 'it holds the name of this machine'],
      ['debug/app', 'it holds the name of this machine'],
      ['debug/late', 'it holds the name of this machine'],
    ]);
    assert.deepEqual(tree(boxed), ['.gitignore', 'debug/clean']);
  });

  it('comes out when nothing is looked for', async () => {
    put('debug/app', 'built on laptop-of-ada', 0o755);
    assert.equal((await run()).exported.length, 1);
  });
});

describe('what changes between two exports', () => {
  it('writes only what changed, and sees a rewrite under the old size and time', async () => {
    const app = put('debug/app', 'one');
    put('debug/other', 'same');
    utimesSync(app, 1000, 1000);
    await run();
    const before = lstatSync(join(boxed, 'debug/other')).ino;
    const again = await run();
    assert.deepEqual(new Set(again.exported.map((file) => file.state)), new Set(['unchanged']));
    writeFileSync(app, 'two');
    utimesSync(app, 1000, 1000);
    const third = await run();
    assert.deepEqual(
      third.exported.map((file) => [file.path, file.state]),
      [
        ['debug/app', 'written'],
        ['debug/other', 'unchanged'],
      ],
    );
    assert.equal(readFileSync(join(boxed, 'debug/app'), 'utf8'), 'two');
    assert.equal(lstatSync(join(boxed, 'debug/other')).ino, before);
  });

  it('brings back what the user deleted or changed', async () => {
    put('debug/app', 'one');
    await run();
    rmSync(join(boxed, 'debug/app'));
    await run();
    writeFileSync(join(boxed, 'debug/app'), 'mine');
    await run();
    assert.equal(readFileSync(join(boxed, 'debug/app'), 'utf8'), 'one');
  });

  it('removes what is gone, but never a file that is not ours', async () => {
    put('debug/app');
    put('debug/old');
    put('release/old');
    await run();
    writeFileSync(join(boxed, 'debug/mine'), 'mine');
    writeFileSync(join(boxed, 'debug/old'), 'changed by me');
    rmSync(join(from, 'debug/old'));
    rmSync(join(from, 'release'), { recursive: true });
    const report = await run();
    assert.deepEqual(report.removed, ['release/old']);
    assert.deepEqual(tree(boxed), ['.gitignore', 'debug/app', 'debug/mine', 'debug/old']);
    assert.ok(!existsSync(join(boxed, 'release')));
  });

  it('replaces no file of a folder that is the user’s own', async () => {
    const to = { projectRoot: project, relative: 'scripts' };
    mkdirSync(join(project, 'scripts/release'), { recursive: true });
    writeFileSync(join(project, 'scripts/release/deploy.sh'), 'of the user');
    put('release/deploy.sh', 'of the build', 0o755);
    put('release/app', 'first');
    for (const content of ['second', 'third']) {
      put('release/app', content);
      const { refused } = await run({ to });
      assert.deepEqual(
        refused.map(({ path }) => path),
        ['release/deploy.sh'],
      );
      assert.equal(readFileSync(join(project, 'scripts/release/app'), 'utf8'), content);
    }
    assert.deepEqual(tree(join(project, 'scripts')), ['release/app', 'release/deploy.sh']);
    assert.equal(readFileSync(join(project, 'scripts/release/deploy.sh'), 'utf8'), 'of the user');
  });

  it('takes a broken record for none', async () => {
    put('debug/app');
    await run();
    for (const text of [
      '',
      '{',
      '[]',
      'null',
      '{"version":1,"files":{"../../x":["programs","a","b"]}}',
      '{"version":2}',
    ]) {
      writeFileSync(join(scratch, 'record/export.json'), text);
      const report = await run();
      assert.deepEqual(report.removed, []);
      assert.equal(report.exported[0]?.state, 'written');
    }
  });

  it('removes temporary files of a run that was killed', async () => {
    put('debug/app', 'one');
    await run();
    const ended = Number(execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }));
    const stale = join(boxed, `debug/.cargo-boxed-${ended}-0123456789ab`);
    const own = join(boxed, `debug/.cargo-boxed-${process.pid}-0123456789ab`);
    for (const file of [stale, own]) writeFileSync(file, 'x');
    put('debug/app', 'two');
    await run();
    assert.ok(!existsSync(stale));
    assert.ok(existsSync(own));
  });
});

describe('a hostile target', () => {
  it('brings no link, no FIFO, no folder and nothing through a link', async () => {
    const secret = join(scratch, 'secret');
    mkdirSync(secret);
    writeFileSync(join(secret, 'key'), 'CANARY');
    put('debug/app');
    symlinkSync('/etc/passwd', join(from, 'debug/passwd'));
    symlinkSync(join(secret, 'key'), join(from, 'debug/key'));
    symlinkSync('app', join(from, 'debug/alias'));
    symlinkSync(secret, join(from, 'release'));
    symlinkSync(secret, join(from, 'doc'));
    symlinkSync('/', join(from, 'debug/examples'));
    mkdirSync(join(from, 'package'));
    execFileSync('mkfifo', [join(from, 'debug/fifo'), join(from, 'package/a.crate')]);
    const report = await run();
    assert.deepEqual(tree(boxed), ['.gitignore', 'debug/app']);
    assert.deepEqual(
      report.refused.map((refusal) => `${refusal.path}: ${refusal.reason}`).sort(),
      [
        'debug/alias: it is a symbolic link',
        'debug/examples: it is a symbolic link',
        'debug/fifo: it is a FIFO',
        'debug/key: it is a symbolic link',
        'debug/passwd: it is a symbolic link',
        'doc: it is a symbolic link',
        'package/a.crate: it is a FIFO',
        'release: it is a symbolic link',
      ].sort(),
    );
    assert.equal(report.refusedCount, 8);
  });

  asRoot('brings no device and no socket', async () => {
    put('debug/app');
    execFileSync('mknod', [join(from, 'debug/zero'), 'c', '1', '5']);
    execFileSync('mknod', [join(from, 'debug/disk'), 'b', '254', '99']);
    const report = await run();
    assert.deepEqual(tree(boxed), ['.gitignore', 'debug/app']);
    assert.deepEqual(report.refused.map(({ path, reason }) => `${path}: ${reason}`).sort(), [
      'debug/disk: it is a device',
      'debug/zero: it is a device',
    ]);
  });

  asUser('names what may not be read and goes on', async () => {
    put('debug/app');
    put('debug/none', 'x', 0);
    put('release/app');
    chmodSync(join(from, 'release'), 0);
    const report = await run();
    assert.deepEqual(tree(boxed), ['.gitignore', 'debug/app']);
    assert.deepEqual(report.refused.map(({ path, reason }) => `${path}: ${reason}`).sort(), [
      'debug/none: it cannot be read (EACCES)',
      'release: it cannot be read (EACCES)',
    ]);
  });

  it('strips set-id, sticky and write bits of others, and times of the future', async () => {
    put('debug/app', 'x', 0o7777);
    const future = put('debug/future', 'x', 0o666);
    utimesSync(future, 4_000_000_000, 4_000_000_000);
    const past = put('debug/past', 'x');
    utimesSync(past, 1_000_000, 1_000_000);
    await run({ nowMs: 1_700_000_000_000 });
    assert.equal(statSync(join(boxed, 'debug/app')).mode & 0o7777, 0o755 & ~process.umask());
    assert.equal(statSync(join(boxed, 'debug/future')).mode & 0o7777, 0o644 & ~process.umask());
    assert.equal(statSync(join(boxed, 'debug/future')).mtimeMs, 1_700_000_000_000);
    assert.equal(statSync(join(boxed, 'debug/past')).mtimeMs, 1_000_000_000);
  });

  it('copies a file with several names, and the copy has one', async () => {
    const inner = put('debug/deps/app-0123456789abcdef', 'x');
    linkSync(inner, join(from, 'debug/app'));
    await run();
    assert.equal(statSync(join(boxed, 'debug/app')).nlink, 1);
    assert.notEqual(statSync(join(boxed, 'debug/app')).ino, statSync(inner).ino);
  });

  it('refuses names that are no plain text and shows them escaped', async () => {
    put('debug/app');
    put('debug/a\nb');
    put('debug/\u001b]0;x\u0007');
    put('debug/\u202etxt');
    execFileSync('sh', ['-c', 'printf x > "$1/debug/$(printf "bad\\377")"', 'sh', from]);
    const report = await run();
    assert.deepEqual(tree(boxed), ['.gitignore', 'debug/app']);
    assert.equal(report.refused.length, 4);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is left is what is tested
    for (const refusal of report.refused) assert.doesNotMatch(refusal.path, /[\u0000-\u001f\u007f-\u009f\u202e]/);
  });

  it('refuses what is too large without copying it, and needs no memory for large files', async () => {
    put('debug/app');
    truncateSync(put('debug/huge', ''), 5 * 1024 ** 3);
    const report = await run();
    assert.deepEqual(report.refused, [{ path: 'debug/huge', reason: 'it is too large' }]);
    assert.deepEqual(tree(boxed), ['.gitignore', 'debug/app']);
  });

  it('lists some refusals and counts all', async () => {
    mkdirSync(join(from, 'debug'));
    for (let index = 0; index < 300; index += 1) symlinkSync('/etc/passwd', join(from, `debug/${index}`));
    const report = await run();
    assert.equal(report.refused.length, 100);
    assert.equal(report.refusedCount, 300);
  });

  it('survives documentation that is nested without end', async () => {
    put('doc/index.html');
    let path = 'doc';
    for (let index = 0; index < 60; index += 1) path += '/d';
    put(`${path}/deep.html`);
    const report = await run();
    assert.deepEqual(tree(boxed), ['.gitignore', 'doc/index.html']);
    assert.equal(report.refused[0]?.reason, 'it lies too deep');
  });

  it('takes names of object properties for names', async () => {
    put('debug/__proto__');
    put('debug/constructor');
    await run();
    const report = await run();
    assert.deepEqual(
      report.exported.map((file) => [file.path, file.state]),
      [
        ['debug/__proto__', 'unchanged'],
        ['debug/constructor', 'unchanged'],
      ],
    );
  });
});

describe('a hostile project', () => {
  for (const [what, plant] of [
    ['target', () => symlinkSync('../outside', join(project, 'target'))],
    [
      'target/boxed',
      () => {
        mkdirSync(join(project, 'target'));
        symlinkSync('../../outside', join(project, 'target/boxed'));
      },
    ],
    ['a file for target', () => writeFileSync(join(project, 'target'), 'x')],
    ['a dangling target', () => symlinkSync('nowhere', join(project, 'target'))],
  ] as const) {
    it(`is refused when it has ${what} as a link or file`, async () => {
      mkdirSync(join(scratch, 'outside'));
      plant();
      put('debug/app');
      const record = join(scratch, 'record.json');
      const result = await exportArtifacts({ from, to: { projectRoot: project, relative: 'target/boxed' }, record });
      assert.ok(!result.ok);
      assert.equal(result.problems[0]?.code, 'path');
      assert.deepEqual(readdirSync(join(scratch, 'outside')), []);
    });
  }

  it('gets nothing written through a link below target/boxed', async () => {
    const outside = join(scratch, 'outside');
    mkdirSync(outside);
    mkdirSync(boxed, { recursive: true });
    writeFileSync(join(scratch, 'precious'), 'precious');
    symlinkSync(outside, join(boxed, 'debug'));
    mkdirSync(join(boxed, 'release'));
    symlinkSync(join(scratch, 'precious'), join(boxed, 'release/app'));
    symlinkSync(join(scratch, 'precious'), join(boxed, '.gitignore'));
    mkdirSync(join(boxed, 'release/lib'));
    put('debug/app');
    put('release/app');
    put('release/lib');
    put('release/fine');
    const report = await run();
    assert.deepEqual(readdirSync(outside), []);
    assert.equal(readFileSync(join(scratch, 'precious'), 'utf8'), 'precious');
    assert.deepEqual(
      report.exported.map((file) => file.path),
      ['release/fine'],
    );
    assert.deepEqual(
      report.refused.map((refusal) => refusal.path),
      ['debug/app', 'release/app', 'release/lib'],
    );
  });

  it('leaves no open file behind', async () => {
    put('debug/app');
    put('doc/a/b/c/index.html');
    await run();
    const before = readdirSync('/proc/self/fd').length;
    for (let index = 0; index < 20; index += 1) {
      put('debug/app', String(index));
      await run();
    }
    assert.equal(readdirSync('/proc/self/fd').length, before);
  });
});
