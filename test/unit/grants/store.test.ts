import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { readGrants } from '../../../src/commands/pipeline/read-grants.ts';
import { matchesProject } from '../../../src/grants/match-project.ts';
import { forgetImported, readImported, writeImported } from '../../../src/grants/organisation.ts';
import { readAllGrants, readProjectGrants, wishHash, writeProjectGrants } from '../../../src/grants/store.ts';
import { locations } from '../../../src/host/locations.ts';
import { sha256 } from '../../../src/host/project-key.ts';
import { cpuMs } from '../../support/cpu-clock.ts';

const stored = (key: string, value: string) => ({ key, value, sha256: wishHash({ key, value }), when: '2026-01-01' });

function place(context: TestContext) {
  const home = mkdtempSync(join(tmpdir(), 'cargo-boxed-grants-'));
  context.after(() => rmSync(home, { recursive: true, force: true }));
  const where = locations({ CARGO_BOXED_HOME: home });
  const folder = join(where.data, 'grants');
  const file = () => join(folder, readdirSync(folder).find((name) => name.endsWith('.json')) ?? '');
  return { where, folder, file };
}

describe('the store of grants', () => {
  it('gives back what was granted, to that project only, in a file for the user alone', (context) => {
    const { where, file } = place(context);
    assert.deepEqual(readProjectGrants(where, '/p/a'), { ok: true, value: [] });
    assert.ok(writeProjectGrants(where, '/p/a', [stored('env.pass', 'A')]).ok);
    assert.deepEqual(readProjectGrants(where, '/p/a'), { ok: true, value: [stored('env.pass', 'A')] });
    assert.deepEqual(readProjectGrants(where, '/q/a'), { ok: true, value: [] });
    assert.equal(statSync(file()).mode & 0o777, 0o600);
    assert.ok(writeProjectGrants(where, '/p/a', []).ok);
    assert.deepEqual(readAllGrants(where), { ok: true, value: [] });
  });

  it('does not take the file of another project for its own', (context) => {
    const { where, file } = place(context);
    writeProjectGrants(where, '/p/a', [stored('env.pass', 'A')]);
    writeFileSync(file(), readFileSync(file(), 'utf8').replace('/p/a', '/p/b'));
    assert.deepEqual(readProjectGrants(where, '/p/a'), { ok: true, value: [] });
  });

  it('refuses a file that somebody else could have written', (context) => {
    const { where, file, folder } = place(context);
    writeProjectGrants(where, '/p/a', [stored('env.pass', 'A')]);
    const refused = (why: RegExp) => {
      const read = readProjectGrants(where, '/p/a');
      assert.ok(!read.ok);
      assert.match(read.problems[0]?.why ?? '', why);
    };
    chmodSync(file(), 0o620);
    refused(/others can write it/);
    chmodSync(file(), 0o600);
    chmodSync(folder, 0o777);
    refused(/others can write it/);
    chmodSync(folder, 0o700);
    const name = file();
    const text = readFileSync(name, 'utf8');
    rmSync(name);
    writeFileSync(join(where.data, 'elsewhere'), text);
    symlinkSync(join(where.data, 'elsewhere'), name);
    refused(/ELOOP/);
  });

  it('takes no grant out of hostile JSON', (context) => {
    const { where, file } = place(context);
    writeProjectGrants(where, '/p/a', [stored('env.pass', 'A')]);
    const name = file();
    const whole = { version: 1, project: '/p/a', grants: [stored('env.pass', 'A')] };
    const cases = [
      '',
      'null',
      '[]',
      '{"version":1}',
      JSON.stringify({ ...whole, version: 2 }),
      JSON.stringify({ ...whole, grants: {} }),
      JSON.stringify({ ...whole, grants: [{ ...stored('env.pass', 'A'), value: 'B' }] }),
      JSON.stringify({ ...whole, grants: [{ ...stored('env.pass', 'A'), value: ['A'] }] }),
      JSON.stringify({ ...whole, grants: [null] }),
      '{"version":1,"project":"/p/a","grants":[{"__proto__":{"key":"env.pass","value":"A"},"sha256":"","when":""}]}',
      '['.repeat(100_000),
    ];
    for (const text of cases) {
      writeFileSync(name, text);
      assert.ok(!readProjectGrants(where, '/p/a').ok, text.slice(0, 80));
    }
  });
});

describe("an organisation's grants", () => {
  const text = `- {project: /work/*/app, key: env.pass, value: [A, B]}
- {project: "**/app", key: limits.memory, value: 8192MiB}
- {project: /work/x/app, key: mounts, value: {source: ~/d, target: /d}}
- {project: /other, key: network, value: "tcp:db:5432"}
`;

  it('hold for the projects whose path fits, by the value that a project would write', async (context) => {
    const { where } = place(context);
    assert.ok(writeImported(where, text).ok);
    const grants = await readGrants(where, '/work/x/app');
    assert.ok(grants.ok, JSON.stringify(grants));
    assert.deepEqual(
      grants.value.map(({ key, value }) => `${key} ${value}`),
      ['env.pass A', 'env.pass B', 'limits.memory 8GiB', 'mounts {"access":"read-only","source":"~/d","target":"/d"}'],
    );
    assert.ok(forgetImported(where, sha256(text)));
    assert.ok(!forgetImported(where, '../../x'));
    assert.deepEqual(await readGrants(where, '/work/x/app'), { ok: true, value: [] });
  });

  it('are refused when the copy is not what was pinned', (context) => {
    const { where, folder } = place(context);
    writeImported(where, text);
    writeFileSync(join(folder, 'organisation', `${sha256(text)}.yaml`), `${text}- {}\n`);
    assert.ok(!readImported(where).ok);
  });

  it('name their faults with a place', async (context) => {
    const { where, folder } = place(context);
    for (const wrong of [
      'x: 1',
      '- {project: /a, key: color, value: never}',
      '- {project: a, key: export, value: true}',
      '- {project: /a, key: network, value: open}',
      '- {project: /a, key: mounts, value: {source: /a, target: /usr}}',
      '- {project: /a, value: 1}',
      '- 1',
    ]) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeImported(where, wrong);
      const read = await readGrants(where, '/a');
      assert.ok(!read.ok, wrong);
      assert.equal(read.problems[0]?.where?.line, 1, wrong);
    }
  });

  it('match whole paths, part by part, in no time', () => {
    const fits: readonly (readonly [string, string, boolean])[] = [
      ['/a/b', '/a/b', true],
      ['/a/b', '/a/*', true],
      ['/a/b/c', '/a/*', false],
      ['/a/b/c', '/a/**', true],
      ['/a/b/c', '**/c', true],
      ['/a/b/cc', '**/c', false],
      ['/a/app-1', '/a/app-*', true],
      ['/a/aa', '/a/a*a', true],
      ['/a/a', '/a/a*a', false],
      ['/a/.b', '/a/*', true],
    ];
    for (const [path, pattern, expected] of fits)
      assert.equal(matchesProject(path, pattern), expected, `${path} ${pattern}`);
    const start = cpuMs();
    matchesProject(`/${'a/'.repeat(500)}b`, `${'**/a*a*a*/'.repeat(100)}c`);
    assert.ok(cpuMs() - start < 1000);
  });
});
