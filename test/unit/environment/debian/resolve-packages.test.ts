import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePrintedUris } from '../../../../src/environment/debian/resolve-packages.ts';
import { debianArchitecture } from '../../../../src/lock/debian-architecture.ts';

const mirrors = [
  { archive: 'debian', uri: 'http://m.example/debian', signedBy: null },
  { archive: 'debian-security', uri: 'http://m.example/debian-security', signedBy: null },
] as const;
const sum = 'a'.repeat(64);

test('printed addresses become packages: escapes undone, sorted by name, archive known by its mirror', () => {
  const text = [
    `'http://m.example/debian-security/pool/updates/main/t/tzdata/tzdata_2026f-0%2bdeb12u1_all.deb' tzdata_2026f-0+deb12u1_all.deb 307832 SHA256:${sum}`,
    `'http://m.example/debian/pool/main/p/perl/perl_5.36.0-7%2bdeb12u2_amd64.deb' perl_5.36.0-7+deb12u2_amd64.deb 12 SHA256:${sum}`,
    `'http://m.example/debian/pool/main/z/zlib/zlib1g_1.2.13.dfsg-1_amd64.deb' zlib1g_1%3a1.2.13.dfsg-1_amd64.deb 86684 SHA256:${sum}`,
    'After this operation, 1 MB of disk will be used.',
  ].join('\n');
  const result = parsePrintedUris(text, mirrors);
  assert.ok(result.ok);
  assert.deepEqual(
    result.value.map((pinned) => [pinned.name, pinned.version, pinned.archive, pinned.path]),
    [
      ['perl', '5.36.0-7+deb12u2', 'debian', 'pool/main/p/perl/perl_5.36.0-7+deb12u2_amd64.deb'],
      ['tzdata', '2026f-0+deb12u1', 'debian-security', 'pool/updates/main/t/tzdata/tzdata_2026f-0+deb12u1_all.deb'],
      ['zlib1g', '1:1.2.13.dfsg-1', 'debian', 'pool/main/z/zlib/zlib1g_1.2.13.dfsg-1_amd64.deb'],
    ],
  );
});

test('a line without a sha256 or from another place is refused, not passed over', () => {
  const weak = `'http://m.example/debian/pool/main/a/a/a_1_all.deb' a_1_all.deb 1 MD5Sum:${'b'.repeat(32)}`;
  const elsewhere = `'http://evil.example/debian/pool/main/a/a/a_1_all.deb' a_1_all.deb 1 SHA256:${sum}`;
  for (const line of [weak, elsewhere]) assert.equal(parsePrintedUris(line, mirrors).ok, false);
});

test('machine types have Debian names', () => {
  assert.deepEqual([debianArchitecture('x86_64'), debianArchitecture('aarch64')], ['amd64', 'arm64']);
});
