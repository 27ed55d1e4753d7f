import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { keyNames } from '../../../src/config/definition.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { cpuMs } from '../../support/cpu-clock.ts';
import { inputsIn, type Sources } from './config-case.ts';

/** More in the long run: `FUZZ_RUNS=100000`. */
const numRuns = Number(process.env.FUZZ_RUNS ?? 300);
const maximumMs = 1000;

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'cargo-boxed-fuzz-'));
});
after(() => rmSync(folder, { recursive: true }));

/** Whatever the bytes: an end in time, as a configuration or as problems that can be shown. */
async function endsWell(sources: Sources): Promise<void> {
  const inputs = inputsIn(folder, sources);
  const start = cpuMs();
  const result = await loadConfig(sources.project !== undefined ? inputs : { ...inputs, projectFile: null });
  assert.ok(cpuMs() - start < maximumMs);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  if (result.ok) return;
  assert.ok(result.problems.length > 0);
  for (const { what, why = '', fix = '', where } of result.problems) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: no control character may come through
    assert.doesNotMatch(what + why + fix, /[\u0000-\u001f\u007f-\u009f\u202e]/);
    if (where !== undefined) assert.ok((where.line ?? 1) >= 1 && (where.column ?? 1) >= 1);
  }
}

const example = `engine: docker
layers: [zlib, "openssl"] # two
limits: {memory: 4GiB, time: 1h30m, processes: 100}
env:
  pass: [TOKEN]
  set: {A: "b", N: 1.10}
image: >-
  rust:1
`;
const manifest = `[package]
name = "x" # a name
[package.metadata.boxed]
engine = 'docker'
layers = ["zlib", """openssl"""]
limits = { memory = "4GiB", processes = 1_000 }
env.set.A = "b\\n"
[package.metadata.boxed.env]
pass = ["TOKEN"]
[[bin]]
name = "y"
`;

const pieces = [
  ...keyNames.flatMap((name) => name.split('.')),
  ...[
    ': ',
    ':\n  ',
    '- ',
    '\n',
    '\n  ',
    '\t',
    '[',
    ']',
    '{',
    '}',
    ', ',
    '"',
    "'",
    '#',
    '&a ',
    '*a',
    '!!str ',
    '? ',
    '|\n',
    '>\n',
  ],
  ...[
    '<<: ',
    '---\n',
    '...\n',
    '%',
    '@',
    '`',
    '\\',
    '\\u0000',
    '\0',
    '\r',
    '\u2028',
    '\u202e',
    '\ufeff',
    '__proto__',
    'none',
  ],
  ...[
    'true',
    'null',
    '~',
    '0x10',
    '1e999',
    '.inf',
    '4GiB',
    '30m',
    '-',
    '=',
    '.',
    '"""',
    "'''",
    '[[',
    ']]',
    '1979-05-27',
  ],
];

/** An example with stretches of it cut out, doubled or replaced. */
function mutated(text: string): fc.Arbitrary<string> {
  const edit = fc.record({
    at: fc.nat(text.length),
    length: fc.nat(12),
    put: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4, unit: 'binary' }), fc.constant(text)),
  });
  return fc
    .array(edit, { minLength: 1, maxLength: 6 })
    .map((edits) => edits.reduce((now, { at, length, put }) => now.slice(0, at) + put + now.slice(at + length), text));
}

const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => parts.join(''));

test('random bytes in a file', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), (project) => endsWell({ project })),
    { numRuns },
  );
});

test('a file with mutations, and a soup of its pieces', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(mutated(example), soup), (project) => endsWell({ project })),
    { numRuns },
  );
});

test('a manifest with mutations, and a soup of its pieces', async () => {
  const table = fc.oneof(mutated(manifest), soup).map((text) => `${text}\n# boxed`);
  await fc.assert(
    fc.asyncProperty(table, (text) => endsWell({ manifest: text })),
    { numRuns },
  );
});

test('variables and flags with any text', async () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), soup);
  const sources = fc.record({
    variables: fc.dictionary(fc.constantFrom('ENGINE', 'LIMIT', 'LAYERS', 'PINNED', 'ENGIN', 'IMAGE', '\u202e'), text),
    flags: fc.record({ image: text, engine: text, limits: fc.array(text) }),
  });
  await fc.assert(
    fc.asyncProperty(sources, ({ variables, flags }) => {
      const named = Object.entries(variables).map(([name, value]) => [`CARGO_BOXED_${name}`, value]);
      return endsWell({ variables: Object.fromEntries(named), flags });
    }),
    { numRuns },
  );
});
