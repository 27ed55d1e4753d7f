import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { debianPlaces } from '../../../src/environment/debian/debian-places.ts';
import { rootHas } from '../../../src/environment/debian/look-in-root.ts';
import { imagePlaces } from '../../../src/environment/image/image-places.ts';
import { nixPlaces } from '../../../src/environment/nix/nix-places.ts';

const triplets = ['x86_64-linux-gnu'];

test('Debian has things where its policy puts them, and people in /usr/local', () => {
  for (const [kind, name, path] of [
    ['module', 'alsa', 'usr/lib/x86_64-linux-gnu/pkgconfig/alsa.pc'],
    ['module', 'alsa', 'usr/local/lib/pkgconfig/alsa.pc'],
    ['library', 'z', 'usr/lib/x86_64-linux-gnu/libz.a'],
    ['header', 'sys/acl.h', 'usr/include/sys/acl.h'],
    ['program', 'cmake', 'usr/local/bin/cmake'],
    ['debian-package', 'libssl-dev', 'var/lib/dpkg/info/libssl-dev:amd64.list'],
  ] as const)
    assert.ok(debianPlaces({ kind, name }, triplets).includes(path), path);
  assert.deepEqual(debianPlaces({ kind: 'header', name: 'sys/../../../etc/passwd' }, triplets), []);
  assert.deepEqual(debianPlaces({ kind: 'crate', name: 'openssl-sys' }, triplets), []);
});

test('an image has more folders by its own variables', () => {
  const variables = { PATH: '/opt/go/bin:relative', PKG_CONFIG_PATH: '/opt/own/pkgconfig' };
  const places = (kind: 'module' | 'program', name: string) => imagePlaces({ kind, name }, variables, triplets);
  assert.ok(places('module', 'own').includes('/opt/own/pkgconfig/own.pc'));
  assert.ok(places('program', 'go').includes('/opt/go/bin/go'));
  assert.deepEqual(places('program', '../../etc/passwd'), []);
  assert.ok(places('program', 'go').every((path) => path.startsWith('/') && !path.includes('relative')));
});

test('a Nix environment has what its variables name, in its store and nowhere else', () => {
  const [one, two] = ['/nix/store/aa-openssl-3.0-dev', '/nix/store/bb-zlib-1.3'];
  const variables = {
    PKG_CONFIG_PATH: `${one}/lib/pkgconfig:/usr/lib/pkgconfig:/nix/store/../../etc:/nix/store`,
    PKG_CONFIG_PATH_FOR_TARGET: `${two}/lib/pkgconfig`,
    PKG_CONFIG_PATH_FOR_BUILD: '/nix/store/cc-built/lib/pkgconfig',
    NIX_CFLAGS_COMPILE: ` -isystem ${one}/include -frandom-seed=x`,
    NIX_LDFLAGS: `-L${two}/lib -rpath /lib`,
    PATH: `${one}/bin:relative`,
  };
  const places = (kind: 'module' | 'header' | 'library' | 'program' | 'debian-package', name: string) =>
    nixPlaces({ kind, name }, variables);
  assert.deepEqual(places('module', 'openssl'), [`${one}/lib/pkgconfig/openssl.pc`, `${two}/lib/pkgconfig/openssl.pc`]);
  assert.deepEqual(places('header', 'openssl/ssl.h'), [`${one}/include/openssl/ssl.h`]);
  assert.deepEqual(places('library', 'z'), [`${two}/lib/libz.so`, `${two}/lib/libz.a`]);
  assert.deepEqual(places('program', 'openssl'), [`${one}/bin/openssl`]);
  assert.deepEqual([...places('header', '../../x.h'), ...places('debian-package', 'openssl')], []);
});

test('what cannot be a path of a root is not there, whatever a build says that it looked for', (context) => {
  const root = mkdtempSync(join(tmpdir(), 'places-'));
  context.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'usr/include'), { recursive: true });
  writeFileSync(join(root, 'usr/include/stdio.h'), '');
  const has = (name: string) => rootHas(root, { kind: 'header', name });
  assert.ok(has('stdio.h'));
  for (const name of ['stdio.h/beside.h', `${'a'.repeat(300)}.h`, 'a\0.h', '../include/stdio.h'])
    assert.equal(has(name), false);
});
