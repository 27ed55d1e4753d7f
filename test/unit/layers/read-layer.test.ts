import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../../src/base/canonical-json.ts';
import { layerSchema } from '../../../src/layers/layer-schema.ts';
import { readLayer } from '../../../src/layers/read-layer.ts';
import { matchesSchema, type Schema } from '../../support/matches-schema.ts';

const whole = {
  description: 'ALSA sound',
  debian: ['libasound2-dev'],
  nix: ['alsa-lib'],
  pkgConfig: ['alsa'],
  check: { pkgConfig: 'alsa', atLeast: '1.0' },
};

function complaints(value: unknown, name = 'alsa'): readonly string[] {
  const read = readLayer(name, value, 'alsa.json');
  if (read.ok) return [];
  for (const { where } of read.problems) assert.equal(where?.file, 'alsa.json');
  return read.problems.map(({ what }) => what);
}

test('a file gives a layer; one list of packages is that of both suites', () => {
  const read = readLayer('alsa', whole, 'alsa.json');
  assert.ok(read.ok);
  assert.deepEqual(read.value.debian, { bookworm: ['libasound2-dev'], trixie: ['libasound2-dev'] });
  assert.deepEqual(read.value.crates, []);
  const onOne = readLayer('sdl3', { ...whole, debian: { bookworm: [], trixie: ['libsdl3-dev'] } }, 'sdl3.json');
  assert.ok(onOne.ok);
  assert.deepEqual(onOne.value.debian, { bookworm: [], trixie: ['libsdl3-dev'] });
});

const broken: readonly (readonly [unknown, RegExp])[] = [
  [[], /^the file is not an object/],
  [null, /^the file is not an object/],
  [{ ...whole, description: undefined }, /^description is not one line/],
  [{ ...whole, description: 'two\nlines' }, /^description is not one line/],
  [{ ...whole, nix: 'alsa-lib' }, /^nix is not a list/],
  [{ ...whole, nix: ['alsa lib'] }, /^nix\[0\] is not an attribute/],
  [{ ...whole, packages: ['x'] }, /^packages is no field/],
  [JSON.parse(JSON.stringify(whole).replace('"nix"', '"__proto__"')), /^__proto__ is no field/],
  [{ ...whole, debian: [] }, /^debian is empty/],
  [{ ...whole, debian: ['-o=x'] }, /^debian\[0\] is not the name of a Debian package/],
  [{ ...whole, debian: { bookworm: ['alsa'] } }, /^debian\.trixie is not a list/],
  [{ ...whole, debian: { bookworm: [], trixie: [], sid: [] } }, /^debian\.sid is no suite/],
  [{ ...whole, pkgConfig: [] }, /^pkgConfig is empty/],
  [{ ...whole, links: ['a', 'a'] }, /^links names something twice/],
  [{ ...whole, needs: ['Open SSL'] }, /^needs\[0\] is not the name of a layer/],
  [{ ...whole, headers: ['../x.h'] }, /^headers\[0\] is not a header/],
  [{ ...whole, check: 'alsa' }, /^check is not one of/],
  [{ ...whole, check: {} }, /^check is not one of/],
  [{ ...whole, check: { pkgConfig: 'alsa', header: 'a.h' } }, /^check is not one of/],
  [{ ...whole, check: { header: 'a.h', atLeast: '1' } }, /^check\.atLeast does not stand/],
  [{ ...whole, check: { pkgConfig: 'alsa', atLeast: 'new' } }, /^check\.atLeast is not a version/],
  [{ ...whole, check: { program: [] } }, /^check\.program is empty/],
  [{ ...whole, check: { program: 'clang' } }, /^check\.program is not a list/],
];

test('a broken file is told with its name and the field', () => {
  for (const [value, said] of broken) assert.match(complaints(value).join('\n'), said);
  const { check: _, ...incomplete } = whole;
  assert.deepEqual(complaints(incomplete), ['check is missing']);
  assert.match(complaints(whole, 'Alsa_2').join('\n'), /^the name of the file is not the name of a layer/);
});

test('the schema refuses what the reader refuses', () => {
  const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value));
  assert.ok(matchesSchema(layerSchema() as Schema, asJson(whole)));
  for (const [value] of broken)
    assert.ok(!matchesSchema(layerSchema() as Schema, asJson(value)), JSON.stringify(value));
});
