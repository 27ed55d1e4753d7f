import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readProject } from '../../../src/facts/read-project.ts';
import { cpuMilliseconds } from './cpu-time.ts';
import { addFiles, packageNamed, problemIn, problemsIn, temporaryTree, valueIn } from './temporary-tree.ts';

const read = (directory: string, manifestPath: string | null = null) =>
  readProject({ directory, manifestPath, homeDirectory: '/home/nobody', cargoHome: '/home/nobody/.cargo' });

function rolesOf(directory: string) {
  return valueIn(read(directory)).manifests.map(({ role, folder, packageName }) => `${role} ${folder} ${packageName}`);
}

const git = { '.git/HEAD': '' };

test('reads a single package, from any folder below it', (context) => {
  const root = temporaryTree(context, { 'Cargo.toml': packageNamed('one'), 'src/deep/': '' });
  const facts = valueIn(read(join(root, 'src/deep')));
  assert.equal(facts.mountRoot, root);
  assert.equal(facts.workspace, '');
  assert.equal(facts.current, 'src/deep');
  assert.deepEqual(facts.lockfile, { state: 'missing' });
  assert.equal(facts.hasMetadata, false);
  assert.deepEqual(rolesOf(root), ['root  one']);
});

test('finds members by name, glob and path, root first, then sorted', (context) => {
  const root = temporaryTree(context, {
    ...git,
    'ws/Cargo.toml': `[workspace]\nmembers = ["z", "crates/*"]\nexclude = ["crates/no"]\n[workspace.metadata.boxed]\nlayers = []\n`,
    'ws/z/Cargo.toml': packageNamed(
      'z',
      '[dependencies]\nimplicit = { path = "../implicit" }\nno = { path = "../crates/no" }',
    ),
    'ws/implicit/Cargo.toml': packageNamed('implicit', '[dev-dependencies]\nout = { path = "../../out" }'),
    'ws/crates/a/Cargo.toml': packageNamed('a'),
    'ws/crates/no/Cargo.toml': packageNamed('no'),
    'ws/crates/empty/': '',
    'ws/unrelated/Cargo.toml': 'broken',
    'out/Cargo.toml': packageNamed('out', '[dev-dependencies]\nmissing = { path = "/nowhere" }'),
  });
  assert.deepEqual(rolesOf(join(root, 'ws/crates/a')), [
    'root ws null',
    'path-dependency out out',
    'member ws/crates/a a',
    'path-dependency ws/crates/no no',
    'member ws/implicit implicit',
    'member ws/z z',
  ]);
  const facts = valueIn(read(join(root, 'ws/z')));
  assert.equal(facts.mountRoot, root);
  assert.equal(facts.workspace, 'ws');
  assert.equal(facts.hasMetadata, true);
});

test('follows package.workspace, and a member outside of the root that finds the same root', (context) => {
  const root = temporaryTree(context, {
    ...git,
    'root/Cargo.toml': '[workspace]\nmembers = ["../member"]\n',
    'member/Cargo.toml': packageNamed('member', 'workspace = "../root"\n[dependencies]\nother = { path = "../other" }'),
    'other/Cargo.toml': packageNamed('other', 'workspace = "../root"'),
  });
  assert.deepEqual(rolesOf(join(root, 'member')), ['root root null', 'member member member', 'member other other']);
});

test('resolves what a foreign path dependency inherits from its own workspace', (context) => {
  const root = temporaryTree(context, {
    ...git,
    'main/Cargo.toml': packageNamed('main', '[workspace]\n[dependencies]\ndep = { path = "../dep" }'),
    'Cargo.toml':
      '[workspace]\nmembers = ["dep"]\n[workspace.dependencies]\ninner = { path = "inner" }\nunused = { path = "/x" }',
    'dep/Cargo.toml': packageNamed(
      'dep',
      '[dependencies]\ninner.workspace = true\nfar = { path = "/x", optional = true }',
    ),
    'inner/Cargo.toml': packageNamed('inner'),
  });
  assert.deepEqual(rolesOf(join(root, 'main')), [
    'root main main',
    'path-dependency  null',
    'path-dependency dep dep',
    'path-dependency inner inner',
  ]);
});

test('includes what patches and the cargo configuration bring in', (context) => {
  const root = temporaryTree(context, {
    ...git,
    'main/Cargo.toml': packageNamed('main', '[patch.crates-io]\np = { path = "../p" }'),
    'main/.cargo/config.toml': 'paths = ["../q"]\n[patch.crates-io]\nr = { path = "../r" }',
    'p/Cargo.toml': packageNamed('p'),
    'q/Cargo.toml': packageNamed('q'),
    'r/Cargo.toml': packageNamed('r'),
  });
  const roles = rolesOf(join(root, 'main'));
  assert.deepEqual(roles, ['root main main', 'path-dependency p p', 'path-dependency q q', 'path-dependency r r']);
  assert.deepEqual(valueIn(read(join(root, 'main'))).cargoConfig.files, ['main/.cargo/config.toml']);
});

test('accepts --manifest-path, relative or absolute, also from outside', (context) => {
  const root = temporaryTree(context, { 'a/Cargo.toml': packageNamed('a'), 'b/': '' });
  const facts = valueIn(read(join(root, 'b'), '../a/Cargo.toml'));
  assert.equal(facts.mountRoot, join(root, 'a'));
  assert.equal(facts.current, '');
  assert.equal(problemIn(read(root, 'a')).code, 'usage');
  assert.equal(problemIn(read(root, 'script.rs')).code, 'usage');
  assert.equal(problemIn(read(root, 'c/Cargo.toml')).code, 'no-manifest');
  assert.equal(problemIn(read(root, 'b/Cargo.toml')).code, 'no-manifest');
});

test('says what is missing where there is no Cargo.toml', (context) => {
  const problem = problemIn(read(temporaryTree(context)));
  assert.equal(problem.code, 'no-manifest');
  assert.ok(problem.where !== undefined && problem.why !== undefined && problem.fix !== undefined);
});

test('refuses what lies outside of the project, and says where it is written', (context) => {
  const root = temporaryTree(context, {
    'p/Cargo.toml': packageNamed('p', '[dependencies]\nx = "1"\n[dependencies.ssh]\npath = "../../.ssh"'),
    'm/Cargo.toml': '[workspace]\nmembers = [\n  "../..",\n]',
    'g/Cargo.toml': '[workspace]\nmembers = ["../*"]',
    'c/Cargo.toml': packageNamed('c'),
    'c/.cargo/config.toml': 'paths = ["/etc"]',
  });
  const places: readonly (readonly [folder: string, file: string, line: number])[] = [
    ['p', 'Cargo.toml', 7],
    ['m', 'Cargo.toml', 3],
    ['g', 'Cargo.toml', 2],
    ['c', '.cargo/config.toml', 1],
  ];
  for (const [folder, file, line] of places) {
    const problem = problemIn(read(join(root, folder)));
    assert.equal(problem.code, 'refused');
    assert.equal(problem.where?.file, join(root, folder, file));
    assert.equal(problem.where?.line, line);
  }
});

test('refuses links that leave the project, and shows nothing of what they lead to', (context) => {
  const secret = temporaryTree(context, { 'Cargo.toml': 'hunter2 is not TOML', 'plain.txt': 'hunter2' });
  const folder = temporaryTree(context, { 'Cargo.toml': packageNamed('a', '[dependencies]\nx = { path = "link" }') });
  symlinkSync(secret, join(folder, 'link'));
  const member = temporaryTree(context, { 'Cargo.toml': '[workspace]\nmembers = ["link"]' });
  symlinkSync(secret, join(member, 'link'));
  const glob = temporaryTree(context, { 'Cargo.toml': '[workspace]\nmembers = ["*"]' });
  symlinkSync(secret, join(glob, 'link'));
  const manifest = temporaryTree(context);
  symlinkSync(join(secret, 'plain.txt'), join(manifest, 'Cargo.toml'));
  const lock = temporaryTree(context, { 'Cargo.toml': packageNamed('a') });
  symlinkSync(join(secret, 'plain.txt'), join(lock, 'Cargo.lock'));
  const dangling = temporaryTree(context, { 'Cargo.toml': packageNamed('a') });
  symlinkSync('/nowhere/at/all', join(dangling, 'Cargo.lock'));
  for (const root of [folder, member, glob, manifest, lock, dangling]) {
    const result = read(root);
    assert.ok(['refused', 'path'].includes(problemIn(result).code));
    assert.doesNotMatch(JSON.stringify(result), /hunter2/);
  }
});

test('follows links that stay within the project', (context) => {
  const root = temporaryTree(context, {
    ...git,
    'Cargo.toml': '[workspace]\nmembers = ["link", "shared"]',
    'real/Cargo.toml': packageNamed('real'),
    'shared/': '',
    'template.toml': packageNamed('shared'),
  });
  symlinkSync('real', join(root, 'link'));
  symlinkSync('../template.toml', join(root, 'shared/Cargo.toml'));
  assert.deepEqual(rolesOf(root), ['root  null', 'member link real', 'member shared shared']);
});

test('resolves links of the start folder once', (context) => {
  const root = temporaryTree(context, { 'real/Cargo.toml': packageNamed('a') });
  symlinkSync('real', join(root, 'link'));
  assert.equal(valueIn(read(join(root, 'link'))).mountRoot, join(root, 'real'));
});

test('does not widen the view for a parent workspace that does not know the package', (context) => {
  const root = temporaryTree(context, {
    ...git,
    'Cargo.toml': '[workspace]\nmembers = []',
    'foreign/.git/HEAD': '',
    'foreign/Cargo.toml': packageNamed('foreign', 'workspace = ".."'),
  });
  const problem = problemIn(read(join(root, 'foreign')));
  assert.match(problem.what, /believes that it is in a workspace/);
});

function hostile(name: string, prepare: (context: TestContext) => string, code: RegExp): void {
  test(`ends quickly and clearly with ${name}`, (context) => {
    const root = prepare(context);
    assert.ok(cpuMilliseconds(() => assert.match(problemIn(read(root)).code, code)) < 5000);
  });
}

hostile(
  'a FIFO for a Cargo.toml',
  (context) => {
    const root = temporaryTree(context);
    execFileSync('mkfifo', [join(root, 'Cargo.toml')]);
    return root;
  },
  /path/,
);
hostile('a folder for a Cargo.toml', (context) => temporaryTree(context, { 'Cargo.toml/': '' }), /path/);
hostile(
  'a Cargo.toml of a gigabyte',
  (context) => {
    const root = temporaryTree(context, { 'Cargo.toml': '' });
    truncateSync(join(root, 'Cargo.toml'), 1024 ** 3);
    return root;
  },
  /path/,
);
hostile(
  'a Cargo.toml that links to itself',
  (context) => {
    const root = temporaryTree(context);
    symlinkSync('Cargo.toml', join(root, 'Cargo.toml'));
    return root;
  },
  /path/,
);
hostile(
  'a path dependency through a circle of links',
  (context) => {
    const root = temporaryTree(context, { 'Cargo.toml': packageNamed('a', '[dependencies]\nx = { path = "loop" }') });
    symlinkSync('loop', join(root, 'loop'));
    return root;
  },
  /path/,
);
hostile(
  'a device behind a link',
  (context) => {
    const root = temporaryTree(context);
    symlinkSync('/dev/zero', join(root, 'Cargo.toml'));
    return root;
  },
  /refused/,
);
hostile(
  'a path with a NUL',
  (context) => {
    return temporaryTree(context, { 'Cargo.toml': packageNamed('a', '[dependencies]\nx = { path = "a\\u0000b" }') });
  },
  /path/,
);
hostile(
  'a very long path',
  (context) => {
    return temporaryTree(context, {
      'Cargo.toml': packageNamed('a', `[dependencies]\nx = { path = "${'a'.repeat(5000)}" }`),
    });
  },
  /path/,
);
hostile(
  'a Cargo.toml that is not UTF-8',
  (context) => {
    const root = temporaryTree(context);
    writeFileSync(join(root, 'Cargo.toml'), Buffer.from([0x5b, 0xff, 0x5d]));
    return root;
  },
  /manifest/,
);
hostile('broken TOML', (context) => temporaryTree(context, { 'Cargo.toml': '[package' }), /manifest/);
hostile(
  'a member that is not there',
  (context) => {
    return temporaryTree(context, { 'Cargo.toml': '[workspace]\nmembers = ["none"]' });
  },
  /manifest/,
);
hostile(
  'a workspace that is none',
  (context) => {
    return temporaryTree(context, {
      'Cargo.toml': packageNamed('a', 'workspace = "b"'),
      'b/Cargo.toml': packageNamed('b'),
    });
  },
  /manifest/,
);
hostile(
  'a hundred thousand members that are not there',
  (context) => {
    const members = Array.from({ length: 100_000 }, (_, index) => `"n${index}"`).join(',\n');
    return temporaryTree(context, { 'Cargo.toml': `[workspace]\nmembers = [\n${members}]\nexclude = [\n${members}]` });
  },
  /manifest/,
);

hostile(
  'a glob of a hundred thousand parts',
  (context) => {
    const glob = `*/${'a/'.repeat(100_000)}`;
    return temporaryTree(context, { 'Cargo.toml': `[workspace]\nmembers = ["${glob}"]`, 'd/': '' });
  },
  /manifest/,
);
hostile(
  'a member whose path has a hundred thousand parts',
  (context) => {
    const path = 'a/'.repeat(100_000);
    return temporaryTree(context, { 'Cargo.toml': `[workspace]\nmembers = ["${path}"]\nexclude = ["b"]` });
  },
  /manifest/,
);
hostile(
  'globs with many parts for many folders',
  (context) => {
    const folders = Array.from({ length: 300 }, (_, index) => [`d${index}/`, ''] as const);
    const globs = Array.from({ length: 10 }, () => `"*/${'a/'.repeat(1000)}"`).join(', ');
    return temporaryTree(context, {
      'Cargo.toml': `[workspace]\nmembers = [${globs}]`,
      ...Object.fromEntries(folders),
    });
  },
  /manifest/,
);
hostile(
  'one large file that is the manifest of every member',
  (context) => {
    const large = `${packageNamed('a')}\n${'#'.repeat(2_000_000)}\n`;
    const root = temporaryTree(context, { 'Cargo.toml': '[workspace]\nmembers = ["m*"]\n', large });
    for (let member = 0; member < 40; member += 1) {
      mkdirSync(join(root, `m${member}`));
      symlinkSync('../large', join(root, `m${member}`, 'Cargo.toml'));
    }
    return root;
  },
  /manifest/,
);
hostile(
  'one large file that is included sixty times',
  (context) => {
    const names = Array.from({ length: 60 }, (_, index) => `c${index}.toml`);
    const root = temporaryTree(context, {
      'Cargo.toml': packageNamed('a'),
      '.cargo/config.toml': `include = [${names.map((name) => `"${name}"`).join(', ')}]\n`,
      large: `#${'#'.repeat(1_900_000)}\n`,
    });
    for (const name of names) symlinkSync('../large', join(root, '.cargo', name));
    return root;
  },
  /config/,
);

test('follows a long chain of path dependencies and a circle', (context) => {
  const files: Record<string, string> = {
    ...git,
    'Cargo.toml': packageNamed('root', '[dependencies]\np0 = { path = "p0" }'),
  };
  for (let index = 0; index < 300; index++) {
    const next = `p${(index + 1) % 300}`;
    files[`p${index}/Cargo.toml`] = packageNamed(`p${index}`, `[dependencies]\n${next} = { path = "../${next}" }`);
  }
  assert.equal(valueIn(read(temporaryTree(context, files))).manifests.length, 301);
});

test('works on paths with strange names', (context) => {
  for (const name of ['with space', 'a,b', 'q"uo\'te', 'new\nline', '-rf', '[x]', 'a:b', 'ü', '*']) {
    const root = temporaryTree(context, { [`${name}/Cargo.toml`]: '[workspace]\nmembers = ["m*"]' });
    addFiles(join(root, name), { 'm1/Cargo.toml': packageNamed('m') });
    assert.deepEqual(rolesOf(join(root, name)), ['root  null', 'member m1 m']);
  }
});

test('says so where a path is not UTF-8', (context) => {
  const root = temporaryTree(context, { 'Cargo.toml': '[workspace]\nmembers = ["m*"]' });
  const name = Buffer.concat([Buffer.from(`${root}/m`), Buffer.from([0xff])]);
  mkdirSync(name);
  assert.match(problemIn(read(root)).what, /not UTF-8/);
  assert.match(problemIn(read(name.toString())).why ?? '', /not UTF-8/);
});

test('collects the problems of all manifests', (context) => {
  const root = temporaryTree(context, {
    'Cargo.toml': '[workspace]\nmembers = ["a", "b"]',
    'a/Cargo.toml': 'x',
    'b/Cargo.toml': 'y',
    '.cargo/config.toml': 'z',
  });
  assert.equal(problemsIn(read(root)).length, 3);
});

test('names the inputs of the fetch by content', (context) => {
  const files = { ...git, 'Cargo.toml': packageNamed('a'), 'Cargo.lock': 'version = 4\n', 'src/lib.rs': '' };
  const root = temporaryTree(context, files);
  const before = valueIn(read(root));
  assert.equal(before.lockfile.state, 'present');
  assert.equal(valueIn(read(temporaryTree(context, files))).fetchInputs, before.fetchInputs);
  addFiles(root, { 'src/lib.rs': 'pub fn x() {}' });
  assert.equal(valueIn(read(root)).fetchInputs, before.fetchInputs);
  const changes = { 'Cargo.toml': packageNamed('b'), 'Cargo.lock': 'version = 3\n', '.cargo/config.toml': 'a = 1\n' };
  for (const [file, content] of Object.entries(changes)) {
    const changed = temporaryTree(context, { ...files, [file]: content });
    assert.notEqual(valueIn(read(changed)).fetchInputs, before.fetchInputs);
  }
});

test('takes less than a millisecond a member', (context) => {
  const files: Record<string, string> = { ...git, 'Cargo.toml': '[workspace]\nmembers = ["crates/*"]' };
  for (let index = 0; index < 300; index++) {
    const dependencies = Array.from({ length: 10 }, (_, at) => `d${at} = { version = "1", features = ["x"] }`).join(
      '\n',
    );
    const next = `n = { path = "../c${(index + 1) % 300}" }`;
    files[`crates/c${index}/Cargo.toml`] = packageNamed(`c${index}`, `[dependencies]\n${dependencies}\n${next}`);
  }
  const root = temporaryTree(context, files);
  const spent = cpuMilliseconds(() => assert.equal(valueIn(read(root)).manifests.length, 301));
  assert.ok(spent < 300, `${spent} ms for 300 members`);
});
