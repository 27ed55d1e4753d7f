import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { debFile } from '../../../src/environment/debian/deb-cache.ts';
import type { DebianHost } from '../../../src/environment/debian/debian-host.ts';
import { fetchDebianPackages } from '../../../src/environment/debian/fetch-packages.ts';
import { installPackages } from '../../../src/environment/debian/install-packages.ts';
import { addToPins, pinPackages } from '../../../src/environment/debian/make-pins.ts';
import { findDebianRoot, prepareDebianRoot } from '../../../src/environment/debian/prepare-root.ts';
import { essential, resolveNames } from '../../../src/environment/debian/resolve-packages.ts';
import { locations } from '../../../src/host/locations.ts';
import type { DebianPackage, DebianPins } from '../../../src/lock/pins.ts';

// The real apt, mmdebstrap and mirror, as whoever runs this: root or an ordinary user. A small root (the essential
// packages and the certificates), made once and then again from its pins as another machine would.

const folder = mkdtempSync(join(tmpdir(), 'debian-root-'));
const snapshot = '20260101T000000Z';
const hostAt = (home: string, change: Partial<DebianHost> = {}): DebianHost => ({
  locations: locations({ CARGO_BOXED_HOME: join(folder, home) }),
  variables: process.env,
  forbidden: [],
  onProgress: () => undefined,
  snapshotMirror: null,
  ...change,
});
const first = hostAt('first');
let pins: DebianPins;
let server: Server;
/** What the stand-in for mirrors sends, by path. */
const served = new Map<string, string>();
let base = '';

before(async () => {
  const packages = await resolveNames(first, { suite: 'bookworm', architecture: 'amd64', installed: null }, [
    essential,
    'ca-certificates',
  ]);
  assert.ok(packages.ok, JSON.stringify(packages));
  const named = { suite: 'bookworm', architecture: 'amd64', layers: [], snapshot };
  const made = await pinPackages(first, named, packages.value);
  assert.ok(made.ok, JSON.stringify(made));
  pins = made.value;
  server = createServer((request, response) => {
    const file = served.get(decodeURIComponent(request.url ?? ''));
    if (file === undefined) response.writeHead(404).end();
    else createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(async () => {
  await new Promise((resolve) => server?.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

/** A mirror that packages have left, beside a snapshot mirror that still has them. */
function standIn(home: string, configured: boolean): DebianHost {
  return hostAt(home, {
    variables: { PATH: process.env.PATH },
    mirrors: { debian: `${base}/debian`, 'debian-security': `${base}/debian-security` },
    snapshotMirror: configured ? base : null,
  });
}

function serve(pinned: DebianPackage, file: string) {
  served.set(`/archive/${pinned.archive}/${snapshot}/${pinned.path}`, file);
}

test('the root has what every box needs, and everything belongs to the caller', () => {
  const root = findDebianRoot(first, pins.rootSha256)?.path ?? '';
  for (const name of ['box', 'proc', 'dev', 'sys', 'tmp']) assert.ok(statSync(join(root, name)).isDirectory(), name);
  assert.deepEqual(readdirSync(join(root, 'box')), []);
  assert.match(readFileSync(join(root, 'etc/passwd'), 'utf8'), /^box:x:1000:1000:/m);
  assert.match(readFileSync(join(root, 'etc/group'), 'utf8'), /^nogroup:/m);
  assert.ok(statSync(join(root, 'etc/ssl/certs/ca-certificates.crt')).size > 100_000);
  for (const name of ['resolv.conf', 'hostname', 'machine-id'])
    assert.equal(statSync(join(root, 'etc', name)).size, 0, name);
  assert.equal(existsSync(join(root, 'etc/apt')), false);
  for (const entry of readdirSync(join(root, 'usr/bin'), { withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const { mode, uid } = statSync(join(root, 'usr/bin', entry.name));
    assert.equal(mode & 0o6000, 0, entry.name);
    assert.equal(uid, process.getuid?.());
  }
});

const prepareElsewhere = `
import { readFileSync } from 'node:fs';
import { prepareDebianRoot } from '${new URL('../../../src/environment/debian/prepare-root.ts', import.meta.url)}';
import { locations } from '${new URL('../../../src/host/locations.ts', import.meta.url)}';
const [, home, pins] = process.argv;
const said = [];
const host = { locations: locations({ CARGO_BOXED_HOME: home }), variables: process.env, forbidden: [],
  onProgress: (event) => said.push(event.text), snapshotMirror: null };
const result = await prepareDebianRoot(host, JSON.parse(readFileSync(pins, 'utf8')));
console.log(JSON.stringify({ result, waited: said.some((text) => text.startsWith('Waiting')) }));
`;

test('the pinned packages give the same root again; makers at once wait and share it', async () => {
  const again = hostAt('again');
  const file = join(folder, 'pins.json');
  writeFileSync(file, JSON.stringify(pins));
  const start = async () => {
    const options = ['--import', 'tsx', '--input-type=module', '--eval', prepareElsewhere, join(folder, 'again'), file];
    return JSON.parse((await promisify(execFile)(process.execPath, options)).stdout);
  };
  const ends = await Promise.all([start(), start()]);
  for (const { result } of ends) assert.equal(result.value?.sha256, pins.rootSha256, JSON.stringify(result));
  assert.deepEqual(ends.map((end) => end.waited).sort(), [false, true]);
  assert.deepEqual(readdirSync(join(again.locations.cache, 'roots')), [pins.rootSha256]);
});

test('a package that has left the mirror comes from the snapshot mirror, with its sum checked', async () => {
  const [gone] = pins.packages;
  assert.ok(gone !== undefined);
  serve(gone, debFile(first, gone.sha256));
  const host = standIn('snapshot', true);
  const result = await fetchDebianPackages(host, { ...pins, packages: [gone] });
  assert.ok(result.ok, JSON.stringify(result));
  assert.deepEqual(readFileSync(debFile(host, gone.sha256)), readFileSync(debFile(first, gone.sha256)));
});

test('other bytes under a pinned name are refused wherever they come from, and not kept', async () => {
  const [, forged, other] = pins.packages;
  assert.ok(forged !== undefined && other !== undefined);
  serve(forged, debFile(first, other.sha256));
  const host = standIn('forged', true);
  const result = await fetchDebianPackages(host, { ...pins, packages: [forged] });
  assert.ok(!result.ok);
  assert.equal(result.problems[0]?.code, 'checksum-mismatch');
  assert.match(result.problems[0]?.what ?? '', new RegExp(forged.name));
  assert.deepEqual(readdirSync(join(host.locations.cache, 'debs')), []);
});

test('a package that nobody has any more is named, with what to do', async () => {
  const [, , gone] = pins.packages;
  assert.ok(gone !== undefined);
  const result = await fetchDebianPackages(standIn('gone', true), { ...pins, packages: [gone] });
  assert.ok(!result.ok);
  assert.equal(result.problems[0]?.code, 'fetch-failed');
  assert.match(result.problems[0]?.fix ?? '', /cargo-boxed lock/);
});

test('a root that does not come out as pinned is not kept', async () => {
  const wrong = { ...pins, rootSha256: '0'.repeat(64) };
  const result = await prepareDebianRoot(first, wrong);
  assert.ok(!result.ok);
  assert.equal(result.problems[0]?.code, 'checksum-mismatch');
  assert.equal(findDebianRoot(first, wrong.rootSha256), null);
});

test('hosts without mmdebstrap get the command that installs it', async () => {
  const hidden = hostAt('again', { forbidden: ['/usr/bin', '/bin'] });
  const result = await prepareDebianRoot(hidden, { ...pins, rootSha256: '1'.repeat(64) });
  assert.ok(!result.ok);
  assert.match(result.problems[0]?.fix ?? '', /sudo apt-get install mmdebstrap uidmap/);
});

test('a cache that is a file is said so', async () => {
  const blocked = {
    ...first,
    locations: { ...first.locations, cache: debFile(first, pins.packages[0]?.sha256 ?? '') },
  };
  const result = await fetchDebianPackages(blocked, pins);
  assert.ok(!result.ok);
  assert.equal(result.problems[0]?.code, 'storage');
  assert.match(result.problems[0]?.fix ?? '', /CARGO_BOXED_HOME/);
});

/** A package whose script fails as often as is said before it succeeds, in the cache as if it had been fetched. */
async function packageThatFails(name: string, times: number): Promise<DebianPackage> {
  const tree = mkdtempSync(join(folder, `${name}-`));
  mkdirSync(join(tree, 'DEBIAN'));
  const control = `Package: ${name}\nVersion: 1\nArchitecture: all\nMaintainer: A <a@example.org>\nDescription: fails\n`;
  writeFileSync(join(tree, 'DEBIAN/control'), control);
  const turns = `/usr/lib/${name}`;
  const script = `#!/bin/sh\necho turn >> ${turns}\ntest $(wc -l < ${turns}) -gt ${times}\n`;
  writeFileSync(join(tree, 'DEBIAN/postinst'), script, { mode: 0o755 });
  const deb = `${tree}.deb`;
  await promisify(execFile)('dpkg-deb', ['--root-owner-group', '--build', tree, deb]);
  const bytes = readFileSync(deb);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  writeFileSync(debFile(first, sha256), bytes);
  return { ...(pins.packages[0] as DebianPackage), name, version: '1', sha256, sizeBytes: bytes.length };
}

test('a package that is configured only in a later turn is installed whole; one that never is ends it', async () => {
  const base = findDebianRoot(first, pins.rootSha256)?.path ?? '';
  const late = await installPackages(first, base, [await packageThatFails('late', 2)]);
  assert.ok(late.ok, JSON.stringify(late));
  const status = readFileSync(join(late.value.path, 'var/lib/dpkg/status'), 'utf8');
  assert.match(status, /^Package: late\nStatus: install ok installed/m);
  await late.value.remove();
  const never = await installPackages(first, base, [await packageThatFails('never', 9)]);
  assert.ok(!never.ok);
});

/** The base with two packages more: one has a maintainer script that makes alternatives. */
async function withPackages(host: DebianHost, ...packages: readonly string[]): Promise<DebianPins> {
  const added = await addToPins(host, pins, { layers: [], packages }, { now: new Date('2026-01-01T00:00:00Z') });
  assert.ok(added.ok, JSON.stringify(added));
  return added.value;
}

test('packages are added to a copy of the base; what did not change is the same file in both', async () => {
  const added = await withPackages(first, 'netbase', 'less');
  assert.deepEqual(added.added?.names, ['less', 'netbase']);
  assert.equal(added.added?.baseSha256, pins.rootSha256);
  const [base, root] = [pins, added].map(({ rootSha256 }) => findDebianRoot(first, rootSha256)?.path ?? '') as [
    string,
    string,
  ];
  assert.match(readFileSync(join(root, 'etc/services'), 'utf8'), /^http\s+80\/tcp/m);
  assert.equal(readlinkSync(join(root, 'etc/alternatives/pager')), '/usr/bin/less');
  assert.match(
    readFileSync(join(root, 'var/lib/dpkg/status'), 'utf8'),
    /^Package: less\nStatus: install ok installed/m,
  );
  assert.equal(readlinkSync(join(base, 'etc/alternatives/pager')), '/bin/more');
  for (const name of ['usr/bin/less', 'etc/services'])
    assert.equal(lstatSync(join(base, name), { throwIfNoEntry: false }), undefined, name);
  assert.equal(statSync(join(root, 'usr/bin/perl')).ino, statSync(join(base, 'usr/bin/perl')).ino);
  assert.notEqual(statSync(join(root, 'var/lib/dpkg/status')).ino, statSync(join(base, 'var/lib/dpkg/status')).ino);
  assert.deepEqual(readdirSync(join(root, 'dev')), []);
  for (const name of ['.packages', 'usr/sbin/policy-rc.d', 'usr/share/doc'])
    assert.ok(!existsSync(join(root, name)), name);
  for (const name of ['usr/bin/less', 'etc/services', 'var/lib/dpkg/status']) {
    const { uid, mode, mtimeMs } = statSync(join(root, name));
    assert.deepEqual([uid, mode & 0o7022, mtimeMs <= 1_700_000_000_000], [process.getuid?.(), 0, true], name);
  }
});

test('equal sets give equal roots: in another order, elsewhere, from the pins, in a base that was used already', async () => {
  const added = await withPackages(first, 'less', 'netbase');
  assert.deepEqual(await withPackages(first, 'netbase', 'less', 'less'), added);
  const again = hostAt('again');
  const base = findDebianRoot(again, pins.rootSha256)?.path ?? '';
  // What a first use leaves in a root: a mount point.
  writeFileSync(join(base, 'etc/ld.so.preload'), '');
  const made = await prepareDebianRoot(again, added);
  assert.equal(made.ok && made.value.sha256, added.rootSha256, JSON.stringify(made));
  assert.notEqual((await withPackages(first, 'less')).rootSha256, added.rootSha256);
});

test('what the base has already adds nothing; what no suite has is named', async () => {
  assert.equal((await withPackages(first, 'ca-certificates')).rootSha256, pins.rootSha256);
  const none = await addToPins(first, pins, { layers: [], packages: ['no-such-package-dev'] }, { now: new Date() });
  assert.ok(!none.ok);
  assert.match(none.problems[0]?.what ?? '', /no-such-package-dev/);
  const odd = await addToPins(first, pins, { layers: [], packages: ['--allow-unauthenticated'] }, { now: new Date() });
  assert.ok(!odd.ok && odd.problems[0]?.code === 'config');
});

test('an added root that does not come out as pinned is not kept, nor anything of its making', async () => {
  const added = await withPackages(first, 'less');
  const wrong = { ...added, rootSha256: '2'.repeat(64) };
  const result = await prepareDebianRoot(first, wrong);
  assert.ok(!result.ok && result.problems[0]?.code === 'checksum-mismatch', JSON.stringify(result));
  const left = readdirSync(join(first.locations.cache, 'roots')).filter((name) => name.startsWith('.new-'));
  assert.deepEqual(left, []);
});
