import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { basePackages, layerCatalogue } from '../../../src/layers/catalogue.ts';
import { layersOfPackage } from '../../../src/layers/look-up.ts';

/** Crates of the public registry that did not build on bookworm before these packages were there: measured, each alone. */
const measured: readonly (readonly [string, string])[] = [
  ['alsa', 'libasound2-dev'],
  ['alsa-sys', 'libasound2-dev'],
  ['bindgen', 'libclang-dev'],
  ['cairo-rs', 'libcairo2-dev'],
  ['capnpc', 'capnproto'],
  ['coin_cbc_sys', 'coinor-libcbc-dev zlib1g-dev'],
  ['curl-sys', 'libssl-dev'],
  ['dbus', 'libdbus-1-dev'],
  ['devicemapper-sys', 'libclang-dev libdevmapper-dev'],
  ['diesel with mysql', 'libmariadb-dev-compat'],
  ['diesel with postgres', 'libpq-dev'],
  ['diesel with sqlite', 'libsqlite3-dev'],
  ['evdev-sys', 'libevdev-dev'],
  ['freetype-rs', 'libfreetype-dev'],
  ['gdal-sys', 'libgdal-dev'],
  ['geos-sys', 'libgeos-dev'],
  ['gexiv2-sys', 'libgexiv2-dev'],
  ['glib-sys', 'libglib2.0-dev'],
  ['graphene-sys', 'libgraphene-1.0-dev'],
  ['GSL-sys', 'libclang-dev libgsl-dev'],
  ['gtk4', 'libgtk-4-dev'],
  ['harfbuzz-sys', 'libharfbuzz-dev'],
  ['hdf5-metno-sys', 'libhdf5-dev'],
  ['highs-sys', 'libclang-dev'],
  ['hwlocality-sys', 'libhwloc-dev libudev-dev'],
  ['jack-sys', 'libjack-jackd2-dev'],
  ['libadwaita-sys', 'libadwaita-1-dev'],
  ['libbpf-sys', 'libelf-dev'],
  ['libbpf-sys with vendored-libbpf', 'libelf-dev'],
  ['libcryptsetup-rs-sys', 'libclang-dev libcryptsetup-dev'],
  ['libffi-sys with system', 'libffi-dev'],
  ['libgpg-error-sys', 'libgpg-error-dev'],
  ['libmpv-sys', 'libmpv-dev'],
  ['libnfs-sys', 'libclang-dev libnfs-dev'],
  ['libnotify-sys', 'libnotify-dev'],
  ['libpulse-sys', 'libpulse-dev'],
  ['libR-sys', 'r-base-core'],
  ['libseccomp-sys', 'libseccomp-dev'],
  ['libsecret-sys', 'libsecret-1-dev'],
  ['libsqlite3-sys', 'libsqlite3-dev'],
  ['libudev-sys', 'libudev-dev'],
  ['libxml', 'libclang-dev libxml2-dev'],
  ['llvm-sys', 'libpolly-14-dev llvm-14-dev zlib1g-dev'],
  ['mpi-sys', 'libclang-dev libopenmpi-dev'],
  ['nasm-rs', 'nasm'],
  ['ncurses', 'libncurses-dev'],
  ['nettle-sys', 'libclang-dev nettle-dev'],
  ['nftnl-sys', 'libmnl-dev libnftnl-dev'],
  ['numpy', 'libpython3.11-dev'],
  ['odbc-sys', 'unixodbc-dev'],
  ['onig_sys', 'libclang-dev'],
  ['openssl', 'libssl-dev'],
  ['openssl-sys', 'libssl-dev'],
  ['paho-mqtt-sys', 'libssl-dev'],
  ['pam-sys', 'libpam0g-dev'],
  ['pango-sys', 'libpango1.0-dev'],
  ['pcsc-sys', 'libpcsclite-dev'],
  ['pq-sys', 'libpq-dev'],
  ['pq-sys with bundled', 'libssl-dev'],
  ['protobuf-codegen', 'protobuf-compiler'],
  ['pyo3-ffi', 'libpython3.11-dev'],
  ['python3-sys', 'libpython3.11-dev'],
  ['rb-sys', 'libclang-dev ruby3.1-dev'],
  ['rdma-sys', 'libclang-dev librdmacm-dev'],
  ['rust_icu_sys', 'libclang-dev libicu-dev'],
  ['sdl2', 'libsdl2-dev'],
  ['selinux', 'libclang-dev libselinux1-dev'],
  ['selinux-sys', 'libclang-dev libselinux1-dev'],
  ['soup3-sys', 'libsoup-3.0-dev'],
  ['system-deps', 'zlib1g-dev'],
  ['systemd', 'libsystemd-dev'],
  ['tonic-prost-build', 'protobuf-compiler'],
  ['tss-esapi-sys', 'libtss2-dev'],
  ['virt-sys', 'libvirt-dev'],
  ['wayland-sys with client,cursor,egl', 'libwayland-dev'],
  ['webkit2gtk-sys', 'libwebkit2gtk-4.1-dev'],
  ['z3-sys', 'libz3-dev'],
];

test('whatever a measured crate needs is in the base or in a layer', () => {
  const base = basePackages('bookworm');
  for (const [crate, packages] of measured)
    for (const name of packages.split(' '))
      assert.ok(base.includes(name) || layersOfPackage(name, 'bookworm').length > 0, `${crate}: ${name}`);
});

/** The rows of the committed results: what each crate needs, and what it was given. */
const results = readFileSync('test/corpus/RESULTS.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| crate'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, crate = '', , features = '', , needs = '', result = '', learned = '']) => ({
    ...{ crate, features, needs, result },
    learned: learned.split(' '),
  }));

test('what is said to be proven was: with its default features the crate needs it, and builds with it', () => {
  const proven = layerCatalogue().flatMap((layer) => layer.proven.map((crate) => ({ crate, layer: layer.name })));
  assert.ok(proven.length > 20);
  for (const { crate, layer } of proven) {
    const measuredAs = results.filter((row) => row.crate === crate);
    const asItIs = measuredAs.find(({ features }) => features === '-');
    assert.ok(asItIs?.needs === 'packages' && asItIs.result === 'ok', `${crate}: no such row`);
    assert.ok(asItIs.learned.includes(layer), `${crate} was given ${asItIs.learned.join()}, not ${layer}`);
    for (const { features, needs } of measuredAs)
      assert.ok(needs === 'packages' || /vendored|bundled|static/.test(features), `${crate} with ${features}`);
  }
});
