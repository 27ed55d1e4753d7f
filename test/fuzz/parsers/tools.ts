import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { Container } from 'dockerode';
import { failure, success } from '../../../src/base/result.ts';
import { linesThatDiffer, readSettings } from '../../../src/ci/workflow.ts';
import { readTargetNote } from '../../../src/commands/pipeline/target-note.ts';
import { plainName, shownName } from '../../../src/customs/describe-file.ts';
import { readExportRecord } from '../../../src/customs/export-record.ts';
import { readOwner } from '../../../src/engine/docker/container-owner.ts';
import { createImageStore } from '../../../src/engine/docker/create-image-store.ts';
import { commonApi, engineFacts, engineReport } from '../../../src/engine/docker/engine-facts.ts';
import { findEngineSocket } from '../../../src/engine/docker/find-socket.ts';
import { mountsBelow } from '../../../src/engine/docker/mounts-below.ts';
import { waitForEnd } from '../../../src/engine/docker/wait-for-end.ts';
import { debianMirrors, parseDeb822Sources, parseOneLineSources } from '../../../src/environment/debian/apt-sources.ts';
import { explainFailure as explainTool, hasRange } from '../../../src/environment/debian/mmdebstrap-problems.ts';
import { parsePrintedUris } from '../../../src/environment/debian/resolve-packages.ts';
import { fromAptConfiguration } from '../../../src/environment/debian/snapshot-mirror.ts';
import { readReference } from '../../../src/environment/image/image-reference.ts';
import { inspectImage, judgeImage } from '../../../src/environment/image/inspect-image.ts';
import { neededSuite } from '../../../src/environment/image/judge-system.ts';
import { readInstalled } from '../../../src/environment/image/read-installed.ts';
import { readOsRelease } from '../../../src/environment/image/read-os-release.ts';
import { openListingCache } from '../../../src/facts/listing-cache.ts';
import { matchesName, parseNamePattern } from '../../../src/facts/match-name.ts';
import { explainFailure as explainCargo } from '../../../src/fetch/explain-failure.ts';
import { readIndexFolders } from '../../../src/fetch/index-folders.ts';
import { classifyCommand } from '../../../src/invocation/classify-command.ts';
import { parseInvocation } from '../../../src/invocation/parse-invocation.ts';
import { translateArguments } from '../../../src/invocation/translate-arguments.ts';
import { differencesOf, readConfiguration } from '../../../src/oci/compare-image.ts';
import { imageConfiguration } from '../../../src/oci/image-documents.ts';
import { registryAnswered } from '../../../src/registry/explain-registry.ts';
import { plainLogin } from '../../../src/registry/plain-login.ts';
import { readChallenge } from '../../../src/registry/read-challenge.ts';
import { readRegistryImage } from '../../../src/registry/read-registry-image.ts';
import { readObservations } from '../../../src/selftest/judge-probes.ts';
import { type Fed, type Parser, text } from '../parser.ts';
import { place, scratch } from './project.ts';

const imageMeaning = {
  architecture: 'amd64',
  epoch: 0,
  identity: '0',
  suite: 'bookworm',
  layers: [],
  toolchain: '1',
};
const mirrors = [{ archive: 'debian', uri: 'http://example.test/debian', signedBy: null }] as const;
const uris = text(
  'Reading package lists...',
  `'http://example.test/debian/pool/main/a/a%2b_1.deb' a+_1%3a2.3-4_amd64.deb 120 SHA256:${'0'.repeat(64)}`,
  `'http://example.test/debian/pool/main/b/b.deb' b_1_all.deb 1 SHA256:${'f'.repeat(64)}`,
);
const sources = text(
  'deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://example.test/debian bookworm main',
  'deb http://example.test/debian-security bookworm-security main # security',
  '',
  'Types: deb deb-src',
  'URIs: http://example.test/debian',
  'Suites: bookworm bookworm-updates',
  'Components: main',
  'Signed-By:',
  ' -----BEGIN PGP PUBLIC KEY BLOCK-----',
);
const cargoSaid = text(
  '    Updating `own` index',
  'error: failed to download from `https://example.test/index/config.json`',
  'Caused by:',
  "  [6] Couldn't resolve host name",
  'error: the lock file /box/project/Cargo.lock needs to be updated but --locked was passed',
  'checksum for `one v1.0.0` changed between lock files',
);
const mountinfo = text(
  '22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw',
  '23 22 0:21 / /home/a/project/with\\040blank rw - tmpfs tmpfs rw',
);

/** A JSON value out of the bytes, whatever they are: answers of an engine were parsed by its library already. */
function value(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}

function record(bytes: Buffer): Record<string, never> {
  const parsed = value(bytes);
  return (typeof parsed === 'object' && parsed !== null ? parsed : {}) as Record<string, never>;
}

const owner = { uid: 0, processId: 1, startTicks: '1', bootId: 'b', pidNamespace: 'p' };

/** An engine that answers every question with these bytes. */
function engineThatSays(bytes: Buffer): Docker {
  const container = {
    id: 'c',
    remove: async () => undefined,
    infoArchive: async () =>
      Object.assign(Readable.from([]), { headers: { 'x-docker-container-path-stat': bytes.toString('base64') } }),
  };
  return {
    getImage: () => ({ inspect: async () => value(bytes) }),
    createContainer: async () => container,
    createImage: async () => Readable.from([bytes]),
    modem: {
      dial: (_: unknown, done: (error: unknown, answer: unknown) => void) => done(null, Readable.from([bytes])),
    },
  } as unknown as Docker;
}

const inspected =
  '{"Id":"sha256:0","RepoDigests":["a@sha256:0"],"RepoTags":["a:1"],"Os":"linux","Architecture":"amd64","Config":{"Env":["PATH=/bin:/usr/bin","A"]}}';

export const toolParsers: readonly Parser[] = [
  {
    name: 'apt-output',
    modules: ['environment/debian/resolve-packages.ts', 'environment/debian/snapshot-mirror.ts'],
    seeds: () => [uris, text('Acquire::Snapshots::URI::Override::Debian "https://s.test/@SNAPSHOTID@/";')],
    words: [
      "'",
      '_',
      '.deb ',
      ' SHA256:',
      'http://example.test/debian/',
      '%2e%2e/',
      '@SNAPSHOTID@',
      '::Debian "',
      '";',
    ],
    mostBytes: 1024 * 1024,
    feed: (bytes) => {
      const source = bytes.toString('utf8');
      fromAptConfiguration(source);
      return parsePrintedUris(source, mirrors);
    },
  },
  {
    name: 'apt-sources',
    modules: [
      'environment/debian/apt-sources.ts',
      'environment/debian/find-mirrors.ts',
      'environment/debian/apt-state.ts',
    ],
    seeds: () => [sources],
    words: [
      'deb ',
      '[',
      ']',
      'signed-by=',
      'Types: deb\n',
      'URIs: ',
      'Suites: ',
      'Components: main\n',
      '\n\n',
      ' ',
      '#',
    ],
    mostBytes: 1024 * 1024,
    feed: (bytes) => {
      const source = bytes.toString('utf8');
      debianMirrors([...parseOneLineSources(source), ...parseDeb822Sources(source)]);
      return undefined;
    },
  },
  {
    name: 'tool-errors',
    modules: ['environment/debian/mmdebstrap-problems.ts', 'environment/debian/build-root.ts'],
    seeds: () => [
      text('E: Failed to fetch http://example.test', 'dpkg: error: x', 'No space left on device', 'root:100000:65536'),
    ],
    words: ['E: ', 'dpkg: error', 'tar: ', ':65536', '\n', 'unshare'],
    mostBytes: 1024 * 1024,
    feed: (bytes) => {
      const source = bytes.toString('utf8');
      hasRange(source, ['root']);
      return failure(explainTool('it failed', source));
    },
  },
  {
    name: 'cargo-errors',
    modules: ['fetch/explain-failure.ts', 'fetch/run-cargo.ts', 'fetch/hold-back.ts'],
    seeds: () => [cargoSaid],
    words: [
      'https://',
      'http://a ',
      'lock file ',
      '--locked',
      'checksum of `',
      '`',
      'code 403',
      'no token found for ',
      'HTTP',
      "Couldn't",
      '\n',
    ],
    // What is kept of cargo's words.
    mostBytes: 64 * 1024,
    feed: (bytes) => failure(explainCargo(bytes.toString('utf8').slice(-64 * 1024), 'the crates', ['own'])),
  },
  {
    name: 'mount-table',
    modules: ['engine/docker/mounts-below.ts', 'engine/docker/describe-container.ts', 'environment/debian/scratch.ts'],
    seeds: () => [mountinfo],
    words: ['/home/a/project', '\\040', '\\134', ' ', '/'],
    mostBytes: 1024 * 1024,
    feed: (bytes) => {
      const below = mountsBelow(bytes.toString('latin1'), '/home/a/project');
      for (const point of below) assert.ok(point.startsWith('/home/a/project/'));
      return undefined;
    },
  },
  {
    name: 'engine-answers',
    modules: ['engine/docker/create-image-store.ts', 'engine/docker/wait-for-end.ts'],
    seeds: () => [
      Buffer.from(inspected),
      text('{"StatusCode":1,"Error":{"Message":"x"}}'),
      text('{"mode":2147484141,"linkTarget":"/x"}'),
      text(
        '{"ApiVersion":"1.41","MinAPIVersion":"1.12","Version":"20.10","Components":[{"Name":"Podman"}],"SecurityOptions":["name=seccomp"]}',
      ),
    ],
    words: [
      '{"',
      '":',
      ',"',
      '"}',
      'null',
      '[]',
      'Env',
      'Config',
      'Id',
      'RepoDigests',
      'StatusCode',
      '__proto__=x',
      '{"a":',
    ],
    mostBytes: 256 * 1024,
    feed: async (bytes) => {
      const docker = engineThatSays(bytes);
      const connection = {
        docker,
        facts: {} as never,
        socket: { path: '/s', origin: 'test' },
        imageVariables: new Map(),
      };
      const store = createImageStore(connection, owner, () => null);
      const results: Fed[] = [await store.pull('a:1', () => undefined), await store.look('id', ['/bin/sh'])];
      const image = await store.inspect('a:1');
      if (image.ok && image.value !== null) {
        const facts = await inspectImage(store, image.value, 'x86_64');
        if (facts.ok) results.push(judgeImage('a:1', image.value, facts.value, 'image', 'x86_64'));
      } else results.push(image);
      await waitForEnd(docker, { id: 'c' } as Container);
      readOwner(bytes.toString('utf8'));
      return results.find((fed) => fed?.ok === false);
    },
  },
  {
    name: 'engine-facts',
    modules: ['engine/docker/engine-facts.ts'],
    seeds: () => [
      text(
        '{"ApiVersion":"1.41","MinAPIVersion":"1.12","Version":"20.10","Components":[{"Name":"Podman"}],"SecurityOptions":["name=seccomp","name=rootless"]}',
      ),
    ],
    words: ['ApiVersion', 'SecurityOptions', '":', '"', '1.41', 'null', '[', ']', '.'],
    mostBytes: 256 * 1024,
    feed: (bytes) => {
      const answer = record(bytes);
      try {
        const facts = engineFacts(answer, answer);
        commonApi(facts);
        engineReport(facts, '/s');
      } catch (error) {
        // `connect` takes what an answer of another shape throws for an engine that did not answer.
        assert.ok(error instanceof TypeError);
      }
      return undefined;
    },
  },
  {
    name: 'docker-config',
    modules: ['registry/docker-config.ts', 'registry/plain-login.ts', 'engine/docker/find-socket.ts'],
    seeds: () => [
      text(
        '{"auths":{"https://example.test/v1/":{"auth":"YTpi"},"example.test:5000":{"auth":"x"}},"currentContext":"mine"}',
      ),
      text('{"Endpoints":{"docker":{"Host":"unix:///run/docker.sock"}}}'),
    ],
    words: ['{"', '":', '"}', 'auths', 'auth', 'currentContext', 'default', 'unix://', 'tcp://', '__proto__'],
    cost: 'dear',
    mostBytes: 256 * 1024,
    feed: (bytes) => {
      const folder = join(scratch, 'docker');
      place('docker/config.json', bytes);
      plainLogin(folder, 'example.test:5000/a');
      plainLogin(folder, 'rust:1');
      return findEngineSocket({ DOCKER_CONFIG: folder, DOCKER_HOST: '' }, scratch);
    },
  },
  {
    name: 'image-documents',
    modules: ['oci/compare-image.ts', 'commands/image-check.ts'],
    seeds: () => [
      text(
        '{"config":{"User":"box","Env":["A=b"],"Labels":{"a":"b"}},"rootfs":{"type":"layers","diff_ids":["sha256:0"]}}',
      ),
    ],
    words: ['{"', '":', '[]', 'null', 'config', 'rootfs', 'diff_ids', 'Labels', '__proto__', 'User'],
    mostBytes: 1024 * 1024,
    feed: (bytes) => {
      const read = readConfiguration(bytes.toString('utf8'));
      if (read === null) return undefined;
      const own = imageConfiguration(imageMeaning, []);
      for (const line of differencesOf([], own.text, read)) assert.equal(typeof line, 'string');
      return undefined;
    },
  },
  {
    name: 'ci-workflow',
    modules: ['ci/workflow.ts', 'commands/ci.ts'],
    seeds: () => [
      text(
        '# Written by `cargo-boxed ci github`: change nothing here',
        '# {"repository":"a.test/b","tool":"c@1"}',
        'name: d',
      ),
    ],
    words: ['# Written by `cargo-boxed ci', '\n# {"', 'repository', 'tool', '":"', '__proto__', '${{ '],
    mostBytes: 16 * 1024 * 1024,
    feed: (bytes) => {
      const file = bytes.toString('utf8');
      const settings = readSettings(file);
      if (settings !== null) assert.deepEqual(Object.keys(settings), ['repository', 'tool']);
      assert.ok(linesThatDiffer(file, 'name: d\n').length <= 12);
      return undefined;
    },
  },
  {
    name: 'registry-answers',
    modules: [
      'base/json-value.ts',
      'registry/read-challenge.ts',
      'registry/registry-client.ts',
      'registry/find-login.ts',
    ],
    seeds: () => [
      text('Bearer realm="https://a.test/token",service="a",scope="repository:b:pull,push"'),
      text('{"errors":[{"code":"DENIED","message":"no"}]}'),
      text('{"manifests":[{"digest":"sha256:0","platform":{"os":"linux","architecture":"amd64"}}]}'),
      text('{"config":{"digest":"sha256:0"},"layers":[]}'),
    ],
    words: [
      'Bearer ',
      'Basic',
      'realm="',
      'scope=',
      '",',
      '{"',
      '":',
      '[{',
      'manifests',
      'config',
      'digest',
      'sha256:',
    ],
    mostBytes: 4 * 1024 * 1024,
    feed: async (bytes) => {
      const body = bytes.toString('utf8');
      const challenge = readChallenge(body);
      if (challenge?.kind === 'bearer') assert.equal(typeof challenge.realm, 'string');
      const place = { host: 'a.test', scheme: 'https', path: 'b', tag: '1', digest: null } as const;
      const client = {
        ask: async () => success({ status: 200, headers: {}, body }),
        close: async () => {},
      };
      const problem = registryAnswered(place, 'to answer', { status: 500, headers: {}, body });
      const read = await readRegistryImage(client, place, 'amd64');
      return read.ok ? failure(problem) : read;
    },
  },
  {
    name: 'image-files',
    modules: [
      'environment/image/read-installed.ts',
      'environment/image/read-os-release.ts',
      'environment/image/read-package-list.ts',
      'environment/image/inspect-image.ts',
    ],
    seeds: () => [
      text(
        'Package: a',
        'Status: install ok installed',
        'Version: 1:2',
        'Depends: b (>= 1) | c',
        'Provides: d',
        '',
        'Package: b',
        'Status: hold ok installed',
      ),
      text(
        'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"',
        'ID=debian',
        "VERSION_CODENAME='bookworm'",
        'VERSION_ID="12"',
      ),
    ],
    words: [
      'Package: ',
      'Status: install ok installed',
      '\n\n',
      'ID=',
      'VERSION_CODENAME=',
      '"',
      "'",
      '\0',
      '\u001b',
      ' ',
    ],
    mostBytes: 1024 * 1024,
    feed: (bytes) => {
      const written = bytes.toString('utf8');
      const list = readInstalled(written);
      if (list !== null) {
        assert.match(list, /^(?:(?:[A-Z][A-Za-z-]+: [\x20-\x7e]+\n)+\n)*$/);
        assert.doesNotMatch(list, /^Status: (?!(?:install|hold) ok installed$)/m);
      }
      const system = readOsRelease(written);
      if (system !== null) assert.match(`${system.id} ${system.release}`, /^[A-Za-z0-9._-]+ [A-Za-z0-9._-]*$/);
      return neededSuite('a:1', system);
    },
  },
  {
    name: 'image-reference',
    modules: ['environment/image/image-reference.ts'],
    seeds: () => [
      text('rust:1-bookworm'),
      text(`example.test:5000/a/b_c@sha256:${'0'.repeat(64)}`),
      text('[::1]:5000/a'),
    ],
    words: ['a', '.', '-', '__', '/', ':', '@sha256:', '[', ']', 'a-'],
    mostBytes: 64 * 1024,
    feed: (bytes) => {
      const read = readReference(bytes.toString('utf8').trim());
      if (read.ok) assert.match(read.value.canonical, /^[A-Za-z0-9[\]:._/@-]+$/);
      return read;
    },
  },
  {
    name: 'globs',
    modules: ['facts/match-name.ts', 'facts/show-patterns.ts'],
    seeds: () => [text('*a*a*a*b'), text('[!a-z]*.pem'), text('[]a]?')],
    words: ['*', '?', '[', ']', '!', '-', 'a', '*a'],
    mostBytes: 4096,
    feed: (bytes) => {
      const pattern = parseNamePattern(bytes.toString('utf8').trim());
      if (pattern !== null) matchesName(pattern, 'a'.repeat(255));
      return undefined;
    },
  },
  {
    name: 'command-line',
    modules: ['invocation/scan-arguments.ts', 'commands/pipeline/check-subcommand.ts'],
    seeds: () => [
      text('build', '--release', '--target-dir', 'out'),
      text('+nightly', '--engine', 'bwrap', '--limit', 'memory=1GiB', 'run', '--', '-x'),
      text('plan', '--json', 'exec', '--', 'sh'),
      text('-C', 'a', 'cargo', '-Z', 'help', 'b', '-qvvp', 'x', '--manifest-path=../x/Cargo.toml'),
    ],
    words: [
      '--',
      '-',
      '+',
      '=',
      '--limit',
      '--config',
      '-C',
      'boxed',
      'cargo',
      '--manifest-path',
      '/etc',
      '../..',
      'x.rs',
    ],
    mostBytes: 64 * 1024,
    feed: async (bytes) => {
      const argv = bytes.toString('utf8').replace(/\n$/, '').split('\n');
      const read = await parseInvocation(argv);
      if (!read.ok) return read;
      const { command } = read.value;
      if (command.kind !== 'cargo') return undefined;
      classifyCommand(command.name, command.arguments, { x: ['run'], y: ['x', 'y'] });
      const translated = translateArguments(command, {
        currentDirectory: '/home/a/project',
        mountRoot: '/home/a/project',
        insideProject: '/box/project',
        realPath: (path) => (path.includes('\0') ? null : path),
        beside: [],
      });
      if (translated.ok && translated.value.manifestPath !== null)
        assert.ok(translated.value.manifestPath.startsWith('/home/a/project'), 'a manifest outside');
      return translated;
    },
  },
  {
    name: 'probe-reports',
    modules: ['selftest/judge-probes.ts', 'commands/selftest.ts'],
    seeds: () => [text('{"phase":"build","probe":"mount","reached":false,"detail":"EPERM"}', 'noise')],
    words: ['{"phase":', '"probe":', 'true', '\n', '"'],
    mostBytes: 1024 * 1024,
    feed: (bytes) => {
      for (const { probe, detail } of readObservations(bytes.toString('utf8')))
        assert.ok(typeof probe === 'string' && typeof detail === 'string');
      return undefined;
    },
  },
  {
    name: 'names-of-files',
    modules: ['customs/describe-file.ts', 'customs/bring-back.ts', 'customs/writable-copy.ts'],
    seeds: () => [Buffer.from('plain.txt'), Buffer.from('späße'), Buffer.from([0x61, 0xff])],
    words: ['/', '\u202e', '\u001b[2J', '..'],
    mostBytes: 64 * 1024,
    feed: (bytes) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: no control character may come through
      assert.doesNotMatch(shownName(bytes), /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      const plain = plainName(bytes);
      if (plain !== null) assert.ok(Buffer.from(plain).equals(bytes));
      return undefined;
    },
  },
  {
    name: 'own-records',
    modules: [
      'customs/export-record.ts',
      'commands/pipeline/target-note.ts',
      'facts/listing-cache.ts',
      'fetch/index-folders.ts',
    ],
    seeds: () => [
      text('{"version":1,"files":{"debug/app":["programs","1:2","3"]}}'),
      text('{"project":"/home/a"}'),
      text('{"1.95 https://a":"a-0123456789abcdef"}'),
      text('{"version":"1","listings":{"":[1,2,3,[],[]]},"answers":{"a":["b","c"]}}'),
    ],
    words: ['{"', '":', '"}', 'files', 'listings', 'answers', '../', '/', 'null', '[]', '{}'],
    cost: 'dear',
    mostBytes: 256 * 1024,
    feed: (bytes) => {
      const folder = join(scratch, 'records');
      mkdirSync(folder, { recursive: true });
      for (const name of ['record.json', 'project.json', 'index-folders.json', 'listings.json'])
        writeFileSync(join(folder, name), bytes);
      for (const [path] of readExportRecord(join(folder, 'record.json')))
        assert.ok(!path.startsWith('/') && !path.split('/').includes('..'), 'a path that climbs');
      readTargetNote(folder);
      for (const name of readIndexFolders(folder).known.values()) assert.doesNotMatch(name, /\//);
      openListingCache(join(folder, 'listings.json'));
      return success(undefined);
    },
  },
];
