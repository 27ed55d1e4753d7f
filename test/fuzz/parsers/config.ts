import { failure, type Result } from '../../../src/base/result.ts';
import { checkDocument } from '../../../src/config/check-document.ts';
import { keyNames } from '../../../src/config/definition.ts';
import type { DocumentNode } from '../../../src/config/document.ts';
import { editLayers } from '../../../src/config/edit-layers.ts';
import { findAsks } from '../../../src/config/find-asks.ts';
import { readFlags, readVariables } from '../../../src/config/read-doors.ts';
import { readMetadata } from '../../../src/config/read-metadata.ts';
import { readOrganisationGrants } from '../../../src/config/read-organisation-grants.ts';
import { readYaml } from '../../../src/config/read-yaml.ts';
import { settle } from '../../../src/config/settle.ts';
import type { Source } from '../../../src/config/written.ts';
import { showPatterns } from '../../../src/facts/show-patterns.ts';
import { matchesProject } from '../../../src/grants/match-project.ts';
import { parseRecord, readWish } from '../../../src/grants/store.ts';
import { decoded, type Fed, type Parser, text } from '../parser.ts';

const words = [
  ...keyNames.flatMap((name) => name.split('.')),
  ...[
    ': ',
    '- ',
    '\n  ',
    '[',
    ']',
    '{',
    '}',
    ', ',
    '&a ',
    '*a',
    '!!str ',
    '? ',
    '|\n',
    '>\n',
    '<<: ',
    '---\n',
    '...\n',
  ],
  ...[
    '%YAML 1.2\n',
    '~',
    '4GiB',
    '30m',
    'tcp:a:1',
    'unix:/a',
    '"""',
    "'''",
    '[[',
    ']]',
    'workspace',
    'metadata',
    'boxed',
  ],
];

const yaml = text(
  'engine: docker',
  'layers: [zlib, "openssl"] # two',
  'limits: {memory: 4GiB, time: 1h30m, processes: 100}',
  'env:',
  '  pass: [TOKEN]',
  '  set: {A: "b", N: 1.10}',
  'network: [tcp:localhost:5432]',
  'mounts: [{from: /opt/data, to: /data}]',
  'show: [.env, "config/**/*.pem"]',
  'image: >-',
  '  rust:1',
);
const manifest = text(
  '[package]',
  'name = "x" # a name',
  '[package.metadata.boxed]',
  "engine = 'docker'",
  'layers = ["zlib", """openssl"""]',
  'limits = { memory = "4GiB", processes = 1_000 }',
  'env.set.A = "b\\n"',
  '[package.metadata.boxed.env]',
  'pass = ["TOKEN"]',
  '[[bin]]',
  'name = "y"',
);
const grants = text(
  '- {project: /home/*/work/**, key: layers, value: [zlib]}',
  '- {project: "**/app", key: network, value: ["tcp:localhost:5432"]}',
  '- {project: "/a", key: env.pass, value: [TOKEN]}',
);

/** Everything that a document goes through until it is a configuration. */
function use(document: DocumentNode | null): Fed {
  const [user, project] = [checkDocument(document, 'user'), checkDocument(document, 'project')];
  return settled([user, project]);
}

function settled(sources: readonly Source[]): Fed {
  const problems = sources.flatMap((source) => source.problems);
  if (problems.length > 0) return failure(...problems);
  const config = settle(sources.map(({ written }) => written));
  const [first = new Map(), second = new Map()] = sources.map(({ written }) => written);
  findAsks(first, second, new Map());
  if (config.ok) showPatterns(config.value.show.value, 'workspace').matches('a/b/.env');
  return config;
}

export const configParsers: readonly Parser[] = [
  {
    name: 'config-yaml',
    modules: ['config/read-yaml.ts', 'config/units.ts', 'config/load-config.ts'],
    seeds: () => [yaml],
    words,
    mostBytes: 256 * 1024,
    feed: (bytes) => {
      const source = decoded(bytes);
      if (source === null) return undefined;
      const document = readYaml(source, 'cargo-boxed.yaml');
      return document.ok ? use(document.value) : document;
    },
  },
  {
    name: 'layers-edit',
    modules: ['config/edit-layers.ts'],
    seeds: () => [
      yaml,
      text('# a\nlayers: # b\n  # c\n  - zlib # d\n  - "alsa"\nsuite: trixie\n'),
      text("layers: [ 'a',  b ] # c\n"),
      text('layers:\n- a\n-  b'),
    ],
    words: [...words, 'layers:', '\n- ', '\n  - ', '[', ']', ', ', '# ', '\r\n', '|', '>-', '? '],
    mostBytes: 64 * 1024,
    feed: (bytes) => {
      const source = decoded(bytes);
      if (source === null) return undefined;
      const added = editLayers(source, 'cargo-boxed.yaml', { action: 'add', names: ['gtk4', 'alsa'] });
      if (!added.ok) return added;
      const read = readYaml(added.value.text, 'cargo-boxed.yaml');
      if (!read.ok || read.value?.kind !== 'map') throw new Error('an edited file cannot be read');
      const layers = read.value.entries.find(({ key }) => key === 'layers')?.value;
      const names =
        layers?.kind === 'list' ? layers.items.map((item) => (item.kind === 'scalar' ? item.text : null)) : [];
      if (!names.includes('gtk4') || !names.includes('alsa')) throw new Error('what was added is not there');
      const removed = editLayers(added.value.text, 'cargo-boxed.yaml', {
        action: 'remove',
        names: ['gtk4', 'alsa', 'zlib'],
      });
      if (removed.ok && !readYaml(removed.value.text, 'cargo-boxed.yaml').ok)
        throw new Error('it cannot be read without them');
      return removed;
    },
  },
  {
    name: 'config-metadata',
    modules: ['config/read-metadata.ts', 'config/locate-toml.ts'],
    seeds: () => [manifest],
    words,
    mostBytes: 1024 * 1024,
    feed: (bytes) => {
      const source = decoded(bytes);
      if (source === null) return undefined;
      const document = readMetadata({ file: 'Cargo.toml', text: source });
      return document.ok ? use(document.value) : document;
    },
  },
  {
    name: 'grants-file',
    modules: ['commands/grant.ts', 'grants/organisation.ts'],
    seeds: () => [grants],
    words: [...words, 'project', 'key', 'value'],
    mostBytes: 1024 * 1024,
    feed: (bytes) => {
      const source = decoded(bytes);
      if (source === null) return undefined;
      const read = readOrganisationGrants(source, 'grants.yaml');
      if (read.ok) for (const { project } of read.value.slice(0, 20)) matchesProject('/home/someone/work/app', project);
      return read;
    },
  },
  {
    name: 'own-grants',
    modules: ['grants/store.ts', 'grants/read-own-file.ts'],
    seeds: () => [
      text('{"version":1,"project":"/p","grants":[{"key":"layers","value":"zlib","sha256":"00","when":"now"}]}'),
    ],
    words: ['version', 'project', 'grants', 'key', 'value', '":', ',"'],
    mostBytes: 1024 * 1024,
    feed: (bytes) => {
      const record = parseRecord(bytes.toString('utf8'));
      if (record !== null && Array.isArray(record.grants)) record.grants.map(readWish);
      return undefined;
    },
  },
  {
    name: 'variables-and-flags',
    modules: ['invocation/usage-problems.ts'],
    seeds: () => [text('docker', 'memory=4GiB,time=1h', 'zlib openssl', 'rust:1', '.env', '1')],
    words: [...words, 'ENGINE', 'ENGIN', '=', 'true', 'none'],
    mostBytes: 64 * 1024,
    feed: (bytes) => {
      const values = bytes.toString('utf8').split('\n');
      const [engine = '', limits = '', layers = '', image = '', show = '', pinned = '', name = ''] = values;
      const variables = {
        CARGO_BOXED_ENGINE: engine,
        CARGO_BOXED_LIMIT: limits,
        CARGO_BOXED_LAYER: layers,
        CARGO_BOXED_IMAGE: image,
        CARGO_BOXED_SHOW: show,
        CARGO_BOXED_PINNED: pinned,
        [`CARGO_BOXED_${name}`]: engine,
      };
      const flags = { engine, image, limits: values, show: values };
      return both(settled([readVariables(variables)]), settled([readFlags(flags)]));
    },
  },
];

function both(first: Fed, second: Fed): Fed {
  const problems = [first, second].flatMap((fed) => (fed === undefined || fed.ok ? [] : fed.problems));
  return problems.length > 0 ? (failure(...problems) as Result<unknown>) : undefined;
}
