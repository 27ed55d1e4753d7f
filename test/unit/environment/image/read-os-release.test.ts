import assert from 'node:assert/strict';
import { test } from 'node:test';
import { neededSuite, suiteOfImage } from '../../../../src/environment/image/judge-system.ts';
import { readOsRelease } from '../../../../src/environment/image/read-os-release.ts';

test('the system and its release, in quotes or not; what is no plain word is none', () => {
  const cases = [
    ['PRETTY_NAME="Debian GNU/Linux 12"\nVERSION_CODENAME=bookworm\nID=debian\n', 'debian', 'bookworm'],
    ['ID="ubuntu"\nVERSION_ID="24.04"\nVERSION_CODENAME=noble\n', 'ubuntu', 'noble'],
    ["ID='alpine'\nVERSION_ID=3.20.1\n", 'alpine', '3.20.1'],
    ['ID=arch\n', 'arch', ''],
    ['ID=debian\nVERSION_CODENAME=$(id)\n', 'debian', ''],
  ] as const;
  for (const [text, id, release] of cases) assert.deepEqual(readOsRelease(text), { id, release });
  for (const text of ['', 'NAME=x\n', 'ID="debian\n', 'ID=a b\n', ' ID=debian\n', '\0'])
    assert.equal(readOsRelease(text), null);
});

test('layers go on a Debian that there are layers for; another system is named', () => {
  assert.equal(suiteOfImage({ id: 'debian', release: 'trixie' }), 'trixie');
  for (const system of [{ id: 'ubuntu', release: 'noble' }, { id: 'debian', release: 'buster' }, null, undefined]) {
    assert.equal(suiteOfImage(system), null);
    const judged = neededSuite('team/rust:1', system);
    const why = judged.ok ? '' : judged.problems[0]?.why;
    assert.match(
      why ?? '',
      system ? new RegExp(`it is ${system.id} ${system.release}, `) : /does not say which system/,
    );
  }
});
