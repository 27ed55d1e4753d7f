import assert from 'node:assert/strict';
import test from 'node:test';
import { originsOf, originsWithin } from '../../../src/verify/name-crates.ts';

const hash = '0123456789abcdef';
const graph = [
  { name: 'app', dependencies: ['middle', 'other 1.0.0'] },
  { name: 'tool', dependencies: ['other'] },
  { name: 'middle', dependencies: ['deep-sys'] },
  { name: 'deep-sys', dependencies: [] },
  { name: 'other', dependencies: [] },
];
const notes = [
  `build/release/.fingerprint/app-${hash}/bin-the-app`,
  `build/release/.fingerprint/tool-${hash}/bin-tool`,
  `build/release/.fingerprint/deep-sys-${hash}/lib-deep_sys`,
];

test('a difference begins in the crate below which nothing differs', () => {
  const differing = [
    `build/release/deps/the_app-${hash}`,
    `build/release/deps/libmiddle-${hash}.rlib`,
    `build/release/deps/libdeep_sys-${hash}.rlib`,
    `build/release/build/deep-sys-${hash}/out/made.rs`,
    `build/release/build/other-${hash}/output`,
  ];
  assert.deepEqual(originsOf({ differing, notes, graph }), [
    { crate: 'deep-sys', by: 'build-script', files: [differing[3], differing[2]].sort() },
  ]);
});

test('a crate whose build script gives something else is one beside what it depends on', () => {
  const differing = [
    `build/release/deps/libmiddle-${hash}.rlib`,
    `build/release/build/middle-${hash}/out/made.rs`,
    `build/release/deps/libdeep_sys-${hash}.rlib`,
  ];
  assert.deepEqual(
    originsOf({ differing, notes, graph }).map(({ crate, by }) => `${crate} ${by}`),
    ['deep-sys compilation', 'middle build-script'],
  );
});

test('the newer layout of cargo is known too', () => {
  const differing = [`build/release/build/middle/${hash}/out/libmiddle-${hash}.rlib`];
  assert.deepEqual(
    originsOf({ differing, notes: [`build/release/build/middle/${hash}/fingerprint/lib-middle`], graph }).map(
      ({ crate, by }) => `${crate} ${by}`,
    ),
    ['middle compilation'],
  );
});

test('a result has only crates that it depends on; all, where its package is not known', () => {
  const origins = [
    { crate: 'middle', by: 'compilation', files: [] },
    { crate: 'tool', by: 'compilation', files: [] },
  ] as const;
  const of = (artifact: string) => originsWithin(artifact, origins, { notes, graph }).map(({ crate }) => crate);
  assert.deepEqual(of('release/the-app'), ['middle']);
  assert.deepEqual(of('release/tool'), ['tool']);
  assert.deepEqual(of('release/unknown'), ['middle', 'tool']);
});

test('a hundred thousand files of one crate, or of as many crates, are sorted at once', () => {
  const count = 100_000;
  const ofOne = Array.from({ length: count }, (_, index) => `debug/build/deep-sys-${hash}/out/file${index}`);
  const ofMany = Array.from({ length: count }, (_, index) => `debug/deps/libcrate${index}-${hash}.rlib`);
  const large = Array.from({ length: count }, (_, index) => ({ name: 'same', dependencies: [`crate${index} 1.0.0`] }));
  const start = process.cpuUsage();
  originsOf({ differing: [...ofOne, ...ofMany], notes, graph: [...graph, ...large] });
  const { user, system } = process.cpuUsage(start);
  assert.ok((user + system) / 1000 < 5000, `${(user + system) / 1000} ms`);
});
