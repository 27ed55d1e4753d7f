/** What lies in the place of a file that we read: it ends in an error, or is not looked at, and never takes long. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { lockOf, plainProgram, project, temporaryFolder } from '../support/rig.ts';

const read = [
  ...['Cargo.toml', 'Cargo.lock', 'cargo-boxed.yaml', 'cargo-boxed.lock', 'rust-toolchain.toml', 'rust-toolchain'],
  ...['.cargo/config.toml', '.cargo/config', 'member/Cargo.toml', '.git/HEAD', '.git/config', '.git/index', '.git'],
  ...['.env', 'src', 'target', 'vendor'],
];

const kinds: Readonly<Record<string, (file: string, outside: string) => void>> = {
  'a FIFO': (file) => void execFileSync('mkfifo', [file]),
  'a link to an endless device': (file) => symlinkSync('/dev/zero', file),
  'a link to itself': (file) => symlinkSync(file.split('/').at(-1) as string, file),
  'a link to a secret': (file, outside) => symlinkSync(outside, file),
  'a file of 8 GiB': (file) => {
    writeFileSync(file, '');
    truncateSync(file, 8 * 1024 ** 3);
  },
  'a folder': (file) => void mkdirSync(file),
};

const mostMs = 4000;

for (const [kind, put] of Object.entries(kinds)) {
  describe(kind, () => {
    for (const name of read) {
      it(`in the place of ${name}`, async (context) => {
        const outside = join(temporaryFolder(context, 'outside'), 'secret');
        writeFileSync(outside, 'canary-of-the-host = [\n');
        const made = project(context, {
          ...plainProgram('special', 'fn main() {}\n'),
          '.git/HEAD': 'ref: refs/heads/main\n',
          ...(name.startsWith('member')
            ? { 'Cargo.toml': '[workspace]\nmembers = ["member"]\nresolver = "2"\n', 'Cargo.lock': lockOf('special') }
            : {}),
        });
        rmSync(made.path(name), { recursive: true, force: true });
        mkdirSync(dirname(made.path(name)), { recursive: true });
        put(made.path(name), outside);
        const ended = await made.boxed(['plan'], { limitSeconds: 30 });
        assert.ok(ended.status !== null && ended.status !== 70, ended.text);
        assert.ok(ended.milliseconds < mostMs, `${ended.milliseconds} ms`);
        assert.doesNotMatch(ended.text, /canary-of-the-host/);
      });
    }
  });
}
