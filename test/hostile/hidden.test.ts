/** What a repository can commit so that the secrets which lie in its checkout are not hidden. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import { plainProgram, project } from '../support/rig.ts';

const readsAll = `fn main() {
    for path in [".env", "sub/.env", "sub/key.pem", ".git/config"] {
        println!("{path} {:?}", std::fs::read_to_string(path));
    }
}
`;

/** Folders that tools make, which a walk could take for theirs and not look into: in the root and below it. */
const disguises: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a repository without a worktree': { HEAD: 'x', 'objects/x': '', 'refs/x': '', config: '[core]\n\tbare = true\n' },
  'a target directory of cargo': {
    'CACHEDIR.TAG': 'Signature: 8a477f597d28d172789f06886806bc55',
    '.rustc_info.json': '',
  },
  'a vendored crate': { '.cargo-checksum.json': '{"files":{".env":"x","key.pem":"x"}}' },
};

for (const [what, files] of Object.entries(disguises)) {
  test(`a project that is laid out like ${what} shows no secret`, async (context) => {
    const committed = { ...plainProgram('disguised', readsAll), 'sub/other.txt': '', ...files };
    const below = Object.fromEntries(Object.entries(files).map(([path, text]) => [`sub/${path}`, text]));
    const made = project(context, { ...committed, ...below });
    const git = (...words: readonly string[]) => execFileSync('git', ['-C', made.folder, ...words]);
    git('init', '--quiet');
    git('config', 'remote.origin.url', 'https://user:canary@host.example/owner/name');
    for (const path of ['.env', 'sub/.env', 'sub/key.pem']) made.write(path, 'canary\n');
    const ran = await made.boxed(['run']);
    assert.equal(ran.status, 0, ran.text);
    assert.match(ran.stdout, /^\.env /m);
    assert.doesNotMatch(ran.stdout, /canary/);
  });
}
