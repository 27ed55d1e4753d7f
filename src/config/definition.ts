import maker from '../../images/debian/maker.json' with { type: 'json' };
import { debianSuites } from './debian-suites.ts';
import type { Key, KeyName, KeyValues, Widening } from './key.ts';
import {
  debianPackage,
  devicePath,
  doorAddress,
  fixedOutput,
  flakeFolder,
  imagePattern,
  imageReference,
  layerName,
  mirrorUrl,
  nixAttribute,
  nixFile,
  nixSource,
  packageName,
  portNumber,
  projectPattern,
  rustOverlaySource,
  type ValueType,
  variableName,
} from './value-type.ts';

const never: Widening = { kind: 'never' };
const free = { writers: 'everybody', widening: never } as const;

function limit(type: ValueType, value: number | null, description: string, defaultMeans?: string): Key<number | null> {
  return {
    type: { kind: 'optional', of: type },
    default: value,
    ...(defaultMeans === undefined ? {} : { defaultMeans }),
    writers: 'everybody',
    widening: { kind: 'weaker-limit' },
    description,
  };
}

/** The one definition: files, variables, flags, schema, completion and `status` all follow it. */
export const keys: { readonly [Name in KeyName]: Key<KeyValues[Name]> } = {
  engine: {
    ...free,
    type: { kind: 'choice', values: ['auto', 'bwrap', 'docker', 'none'] },
    default: 'auto',
    userValues: ['none'],
    description:
      'What holds the wall; auto takes what the environment allows, none is for inside of an image of the lock only.',
  },
  environment: {
    ...free,
    type: { kind: 'choice', values: ['debian', 'image', 'nix'] },
    default: 'debian',
    description: 'What is inside of the box: a root made of Debian packages, an OCI image, or a Nix environment.',
  },
  image: {
    type: { kind: 'text', form: imageReference },
    default: null,
    writers: 'everybody',
    widening: { kind: 'outside-of', patterns: 'allowed-images' },
    description: 'The OCI image of the image environment, pinned by digest in the lock; chooses that environment.',
  },
  suite: {
    ...free,
    type: { kind: 'choice', values: debianSuites },
    default: 'bookworm',
    description: 'The Debian release that the root is made of.',
    variable: 'CARGO_BOXED_SUITE',
  },
  layers: {
    ...free,
    type: { kind: 'list', form: layerName },
    default: [],
    description: 'System libraries and tools that the root adds to its base.',
  },
  'layers.infer': {
    ...free,
    type: { kind: 'choice', values: ['learn', 'certain', 'off'] },
    default: 'learn',
    description:
      'Whether layers come by themselves, in a project without a lock: those that its crates are sure to need (`certain`), and those that a build turns out to need (`learn`).',
  },
  packages: {
    ...free,
    type: { kind: 'list', form: debianPackage },
    default: [],
    description: "Debian packages that the root adds to its base, for what no layer has; of Debian's own archive only.",
    variable: 'CARGO_BOXED_PACKAGES',
  },
  'nix.packages': {
    ...free,
    type: { kind: 'list', form: nixAttribute },
    default: [],
    description: 'Attributes of nixpkgs that a Nix environment adds to its base, for what no layer has.',
    variable: 'CARGO_BOXED_NIX_PACKAGES',
  },
  'nix.nixpkgs': {
    type: { kind: 'text', form: nixSource },
    default: null,
    defaultMeans: 'the newest tested revision when the lock is made',
    writers: 'everybody',
    // What it names is evaluated and built on this machine, and some of its builders have a network.
    widening: { kind: 'another' },
    description:
      'The nixpkgs of a Nix environment: a revision, or the URL of an archive; pinned by its sum in the lock.',
    variable: 'CARGO_BOXED_NIX_NIXPKGS',
  },
  'nix.rust-overlay': {
    type: { kind: 'text', form: rustOverlaySource },
    default: null,
    defaultMeans: 'the newest revision when the lock is made',
    writers: 'everybody',
    // As that of nixpkgs.
    widening: { kind: 'another' },
    description:
      'The rust-overlay that `toolchain: nix` comes from: a revision, or the URL of an archive; pinned by its sum in the lock.',
    variable: 'CARGO_BOXED_NIX_RUST_OVERLAY',
  },
  // What these two name is asked for by its content, whoever names it: `commands/pipeline/survey.ts`.
  'nix.file': {
    ...free,
    type: { kind: 'text', form: nixFile },
    default: null,
    description: "The project's own shell.nix, in the place of our base; every content of it has to be granted.",
    variable: 'CARGO_BOXED_NIX_FILE',
  },
  'nix.flake': {
    ...free,
    type: { kind: 'text', form: flakeFolder },
    default: null,
    description: 'The same of a flake: its folder. Its inputs are those of its flake.lock.',
    variable: 'CARGO_BOXED_NIX_FLAKE',
  },
  'nix.shell': {
    ...free,
    type: { kind: 'text', form: nixAttribute },
    default: null,
    defaultMeans: 'what the file comes to, or the default of a flake',
    description: 'Which shell of the file or the flake: an attribute.',
    variable: 'CARGO_BOXED_NIX_SHELL',
  },
  'nix.fetches': {
    type: { kind: 'list', form: fixedOutput },
    default: [],
    writers: 'everybody',
    widening: { kind: 'more-names' },
    description: "Builds of the project's own environment that may have a network, each by name and sum.",
    variable: 'CARGO_BOXED_NIX_FETCHES',
  },
  toolchain: {
    ...free,
    type: { kind: 'choice', values: ['host', 'image', 'nix'] },
    default: 'host',
    description:
      "Whose toolchain builds: the host's by rustup, the image's own, or one by rust-overlay in a Nix environment, whose default it is without rustup.",
    variable: 'CARGO_BOXED_TOOLCHAIN',
  },
  'project-path': {
    type: { kind: 'choice', values: ['fixed', 'mirror'] },
    default: 'fixed',
    writers: 'everybody',
    // The host's own path names the user and the layout of the home.
    widening: { kind: 'to', value: 'mirror' },
    description: 'Where the project stands in the box: at a fixed path, or at the path it has on the host.',
    variable: 'CARGO_BOXED_PROJECT_PATH',
  },
  'project-files': {
    ...free,
    type: { kind: 'choice', values: ['read-only', 'copy'] },
    default: 'read-only',
    description:
      'Whether the box has the project itself, read-only, or a writable copy of its own that never comes back.',
    variable: 'CARGO_BOXED_PROJECT_FILES',
  },
  'env.pass': {
    type: { kind: 'list', form: variableName },
    default: [],
    writers: 'everybody',
    widening: { kind: 'more-names' },
    description: 'Names of host variables that pass into the box.',
    variable: 'CARGO_BOXED_ENV_PASS',
  },
  'env.set': {
    ...free,
    type: { kind: 'variables' },
    default: {},
    description: 'Variables of the box with values of their own.',
  },
  network: {
    type: { kind: 'list', form: doorAddress },
    default: [],
    writers: 'everybody',
    widening: { kind: 'more-names' },
    description: 'Doors out of the box, which has no network: each leads to exactly one socket or one port of a host.',
    variable: 'CARGO_BOXED_NETWORK',
  },
  mounts: {
    type: { kind: 'mounts' },
    default: [],
    writers: 'everybody',
    widening: { kind: 'more-names' },
    description: 'Files and folders of the host that the box sees too.',
  },
  ports: {
    type: { kind: 'list', form: portNumber },
    default: [],
    writers: 'everybody',
    widening: { kind: 'more-names' },
    description:
      "Ports at which the host's 127.0.0.1, and nobody else, reaches a server that `run`, `exec` or `shell` starts.",
    variable: 'CARGO_BOXED_PORTS',
  },
  devices: {
    type: { kind: 'list', form: devicePath },
    default: [],
    writers: 'everybody',
    widening: { kind: 'more-names' },
    description: 'Devices of the host that the box sees too, out of a closed list.',
    variable: 'CARGO_BOXED_DEVICES',
  },
  show: {
    type: { kind: 'list', form: projectPattern },
    default: [],
    writers: 'everybody',
    widening: { kind: 'more-names' },
    description: 'Files that the box sees though they are called like secrets and git does not know them.',
  },
  'unwalled-build-scripts': {
    type: { kind: 'list', form: packageName },
    default: [],
    writers: 'everybody',
    widening: { kind: 'more-names' },
    description: 'Packages whose build scripts get no wall of their own; `*` is all of them.',
    variable: 'CARGO_BOXED_UNWALLED_BUILD_SCRIPTS',
  },
  'allowed-images': {
    type: { kind: 'list', form: imagePattern },
    default: ['**'],
    writers: 'user',
    widening: never,
    description: 'Images that a project may choose without asking, as patterns: `*` within a part, `**` anything.',
    variable: 'CARGO_BOXED_ALLOWED_IMAGES',
  },
  'limits.memory': limit(
    { kind: 'size' },
    null,
    'Memory of the whole box; the box is ended when it needs more.',
    "90% of the host's memory",
  ),
  'limits.processes': limit(
    { kind: 'integer', minimum: 1, maximum: 4_194_304 },
    4096,
    'Processes and threads of the box at one time.',
  ),
  'limits.cpus': limit(
    { kind: 'number', minimum: 0.01, maximum: 4096 },
    null,
    'Processors that the box may keep busy.',
    "all of the host's",
  ),
  'limits.time': limit({ kind: 'duration' }, null, 'Time from the start of the box to its end.'),
  'limits.silence': limit({ kind: 'duration' }, null, 'Time without any output.'),
  'limits.disk': limit({ kind: 'size' }, null, 'What the box may write: target, temporary files and output.'),
  'limits.files': limit({ kind: 'integer', minimum: 16, maximum: 1_073_741_816 }, 65_536, 'Open files of one process.'),
  export: {
    type: { kind: 'boolean' },
    default: true,
    writers: 'everybody',
    widening: { kind: 'to', value: true },
    description: "Whether results come out to the project's target/boxed.",
    variable: 'CARGO_BOXED_EXPORT',
  },
  'export-check': {
    type: { kind: 'boolean' },
    default: false,
    writers: 'everybody',
    widening: { kind: 'to', value: false },
    description:
      'Whether results stay in the box that hold the name of this machine or of the user, or the path of the home.',
    variable: 'CARGO_BOXED_EXPORT_CHECK',
  },
  pinned: {
    type: { kind: 'boolean' },
    default: false,
    writers: 'everybody',
    widening: { kind: 'to', value: false },
    description: "Whether the project's cargo-boxed.lock must exist and be current.",
  },
  'snapshot-mirror': {
    type: { kind: 'text', form: mirrorUrl },
    default: null,
    writers: 'user',
    widening: never,
    description: 'Where packages that have left the main mirror are looked for.',
    variable: 'CARGO_BOXED_SNAPSHOT_MIRROR',
  },
  'debian-image': {
    type: { kind: 'text', form: imageReference },
    default: maker.image,
    writers: 'user',
    widening: never,
    description: 'The Debian image in which roots are made where mmdebstrap is missing and a docker engine works.',
    variable: 'CARGO_BOXED_DEBIAN_IMAGE',
  },
  color: {
    type: { kind: 'choice', values: ['auto', 'always', 'never'] },
    default: 'auto',
    writers: 'user',
    widening: never,
    description: 'Whether the output is coloured; auto asks the terminal.',
  },
  verbosity: {
    type: { kind: 'choice', values: ['quiet', 'normal', 'verbose'] },
    default: 'normal',
    writers: 'user',
    widening: never,
    description: 'How much we say of what we do.',
  },
  output: {
    type: { kind: 'choice', values: ['text', 'json'] },
    default: 'text',
    writers: 'nobody',
    widening: never,
    description: 'Text for people, or JSON for programs.',
  },
};

export const keyNames = Object.keys(keys) as readonly KeyName[];
