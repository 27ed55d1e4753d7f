import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  debianMirrors,
  parseDeb822Sources,
  parseOneLineSources,
} from '../../../../src/environment/debian/apt-sources.ts';

const deb822 = `# the archive
Types: deb deb-src
URIs: http://mirror.example/debian/
Suites: bookworm bookworm-updates
Components: main non-free-firmware
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
`;

test('deb822 sources give the mirrors of both archives; disabled ones are left out', () => {
  assert.deepEqual(debianMirrors(parseDeb822Sources(deb822)), [
    {
      archive: 'debian',
      uri: 'http://mirror.example/debian',
      signedBy: '/usr/share/keyrings/debian-archive-keyring.gpg',
    },
    { archive: 'debian-security', uri: 'http://mirror.example/debian-security', signedBy: null },
  ]);
});

test('an embedded key is no keyring file', () => {
  const text = `Types: deb\nURIs: http://m.example/debian\nSuites: sid\nComponents: main\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc`;
  assert.equal(parseDeb822Sources(text)[0]?.signedBy, null);
});

test('one-line sources, with options, comments and several spaces', () => {
  const text = [
    '# deb http://old.example/debian bullseye main',
    'deb   [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]  http://m.example/debian  trixie  main contrib # here',
    'deb-src http://m.example/debian trixie main',
    'deb http://s.example/debian-security trixie-security main',
  ].join('\n');
  assert.deepEqual(
    debianMirrors(parseOneLineSources(text)).map((mirror) => [mirror.archive, mirror.uri]),
    [
      ['debian', 'http://m.example/debian'],
      ['debian-security', 'http://s.example/debian-security'],
    ],
  );
});

test('other vendors are not taken for Debian, whatever release name they use', () => {
  const text = [
    'deb https://tools.example/linux/debian bookworm stable',
    'deb [signed-by=/etc/apt/keyrings/vendor.gpg] https://vendor.example/debian bookworm main',
    'deb https://node.example/node_20.x bookworm main',
    'deb http://ubuntu.example/ubuntu noble main',
    'deb cdrom:[x]/ bookworm main',
  ].join('\n');
  assert.deepEqual(debianMirrors(parseOneLineSources(text)), []);
});
