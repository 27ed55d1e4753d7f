import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  encodePath,
  fromAptConfiguration,
  fromBase,
  snapshotUri,
} from '../../../../src/environment/debian/snapshot-mirror.ts';

const pinned = {
  name: 'perl',
  version: '5.36.0-7+deb12u2',
  architecture: 'amd64',
  archive: 'debian',
  path: 'pool/main/p/perl/perl_5.36.0-7+deb12u2_amd64.deb',
  sizeBytes: 1,
  sha256: 'a'.repeat(64),
};

test('a configured base gives addresses by archive and time', () => {
  assert.equal(
    snapshotUri(fromBase('http://snap.example/'), pinned, '20261126T000000Z'),
    'http://snap.example/archive/debian/20261126T000000Z/pool/main/p/perl/perl_5.36.0-7%2Bdeb12u2_amd64.deb',
  );
});

test('what apt has built in is read from its configuration', () => {
  const dump = [
    'Acquire::Snapshots "";',
    'Acquire::Snapshots::URI "";',
    'Acquire::Snapshots::URI::Override::Label::Debian "https://snap.example/archive/debian/@SNAPSHOTID@/";',
    'Acquire::Snapshots::URI::Override::Label::Debian-Security "https://snap.example/archive/debian-security/@SNAPSHOTID@/";',
  ].join('\n');
  const mirror = fromAptConfiguration(dump);
  assert.ok(mirror !== null);
  assert.match(
    snapshotUri(mirror, { ...pinned, archive: 'debian-security' }, '20261126T000000Z') ?? '',
    /^https:\/\/snap\.example\/archive\/debian-security\/20261126T000000Z\/pool\//,
  );
});

test('older apts have none, and a time that is none gives no address', () => {
  assert.equal(fromAptConfiguration('APT "";\n'), null);
  assert.equal(snapshotUri(fromBase('http://snap.example'), pinned, '../../x'), null);
});

test('paths are escaped name by name', () => {
  assert.equal(encodePath('pool/a b/c%3a.deb'), 'pool/a%20b/c%253a.deb');
});
