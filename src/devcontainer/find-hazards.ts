import { printable } from '../problem/problem.ts';
import { readMount } from './mount-text.ts';
import { entryOf, type JsoncDocument, type JsoncNode, type ObjectEntry, textOf } from './read-jsonc.ts';
import { type HazardKind, hazards, runArguments, switches } from './run-arguments.ts';

/** One thing that a devcontainer.json opens. */
export interface Hazard {
  readonly kind: HazardKind;
  /** What says so, shown: foreign. */
  readonly what: string;
  readonly offset: number;
}

/** All that a devcontainer.json opens, in the order of the file. */
export function findHazards(document: Pick<JsoncDocument, 'root'>): readonly Hazard[] {
  const { root } = document;
  const said = saidHazards(document);
  const hasCompose = entryOf(root, 'dockerComposeFile') !== undefined;
  if (hasCompose || hasNoNetwork(entryOf(root, 'runArgs')?.value)) return said;
  if (said.some(({ kind }) => kind === 'open-network')) return said;
  const what = 'a container without `--network=none` in `runArgs`';
  return [{ kind: 'open-network', what, offset: root.offset }, ...said];
}

/** What something in the file opens; not what it leaves out. */
export function saidHazards({ root }: Pick<JsoncDocument, 'root'>): readonly Hazard[] {
  const found = root.entries.flatMap((entry) => [...(byKey[entry.name]?.(entry) ?? [])]);
  return found.sort((left, right) => left.offset - right.offset);
}

/** A hazard in words. */
export function describeHazard({ kind, what }: Hazard): string {
  return `${printable(what, 160)} ${hazards[kind]}`;
}

/**
 * Whether a file with this cannot hold the walls that ours has. Others are beside them, and a person's own to say; the
 * image is compared by itself.
 */
export function undoesWalls({ kind }: Hazard): boolean {
  return !beside.has(kind);
}
const beside: ReadonlySet<HazardKind> = new Set(['host-command', 'host-folder', 'host-variable', 'unpinned-image']);

type Look = (entry: ObjectEntry) => readonly Hazard[];

const whole =
  (kind: HazardKind): Look =>
  ({ name, offset }) => [{ kind, what: `\`${name}\``, offset }];

/** By the keys of the specification (containers.dev, 2026); what is not here opens nothing. */
const byKey: Readonly<Record<string, Look>> = {
  initializeCommand: whole('host-command'),
  privileged: (entry) => (isFalse(entry.value) ? [] : whole('privileged')(entry)),
  capAdd: (entry) => (isEmpty(entry.value) ? [] : whole('capabilities')(entry)),
  securityOpt: ({ value }) => each(value, (item) => argument('--security-opt', textOf(item) ?? '', item)),
  mounts: ({ value }) => each(value, mountHazards),
  workspaceMount: ({ value }) => mountHazards(value),
  runArgs: ({ value }) => argumentHazards(value),
  // The CLI makes `--gpus all` of it where the machine has one.
  hostRequirements: ({ value }) => {
    const gpu = entryOf(value, 'gpu');
    return gpu === undefined || isFalse(gpu.value) ? [] : whole('device')(gpu);
  },
  appPort: whole('open-network'),
  dockerComposeFile: whole('compose'),
  features: ({ value }) =>
    value.kind !== 'object'
      ? []
      : value.entries.map(({ name, offset }) => ({ kind: 'feature', what: `the feature \`${name}\``, offset })),
  dockerFile: whole('built-image'),
  build: (entry) => {
    const { value } = entry;
    const options = entryOf(value, 'options');
    const variables = entryOf(value, 'args');
    return [
      ...whole('built-image')(entry),
      ...(options === undefined || isEmpty(options.value) ? [] : whole('build-options')(options)),
      ...(variables === undefined ? [] : variableHazards(variables)),
    ];
  },
  containerEnv: (entry) => variableHazards(entry),
  remoteEnv: (entry) => variableHazards(entry),
  image: ({ value, offset }) =>
    /(^|@)sha256:[0-9a-f]{64}$/.test(textOf(value) ?? '')
      ? []
      : [{ kind: 'unpinned-image', what: `\`${textOf(value) ?? ''}\`, an image without a digest,`, offset }],
};

function each(value: JsoncNode, look: (item: JsoncNode) => readonly Hazard[]): readonly Hazard[] {
  return value.kind === 'list' ? value.items.flatMap((item) => [...look(item)]) : [];
}

const fromMachine = /\$\{(localEnv|env):/;
const sockets = /(docker|podman|containerd|crio|buildkitd)[\w.-]*\.sock|\/run\/(docker|podman|containerd)/i;
const ownFolder = /^\$\{localWorkspaceFolder\}(\/(?!\.\.(\/|$))[^/]+)*\/?$/;
/** Where the tool keeps crates: read-only, and only from there. */
const ownCrates =
  /^\$\{localEnv:(?:HOME\}\/\.cache\/cargo-boxed|XDG_CACHE_HOME\}\/cargo-boxed|CARGO_BOXED_HOME\}\/cache)\/(?:store|devcontainers\/[0-9a-f]{64}\/(?:crates|cargo-home))$/;

function mountHazards(node: JsoncNode): readonly Hazard[] {
  const mount = readMount(node);
  const { offset } = node;
  if (mount === null) return [];
  const { type, source, isReadOnly, others } = mount;
  const what = `the mount of \`${source}\``;
  if (sockets.test(source)) return [{ kind: 'engine-socket', what, offset }];
  // A volume can be a folder of the machine under another name: by options of its driver.
  if (others.some((name) => name.startsWith('volume-'))) return [{ kind: 'host-folder', what, offset }];
  if (type === 'tmpfs') return [];
  if (type === 'volume') return source.includes('/') ? [{ kind: 'host-folder', what, offset }] : [];
  if (ownFolder.test(source) || (isReadOnly && ownCrates.test(source))) return [];
  return [{ kind: 'host-folder', what, offset }];
}

function argumentHazards(value: JsoncNode): readonly Hazard[] {
  if (value.kind !== 'list') return [];
  const found: Hazard[] = [];
  for (let at = 0; at < value.items.length; at += 1) {
    const item = value.items[at] as JsoncNode;
    const [name = '', ...rest] = (textOf(item) ?? '').split('=');
    const takesNext = rest.length === 0 && name.startsWith('-') && !switches.has(name);
    const next = takesNext ? value.items[at + 1] : undefined;
    if (next !== undefined) at += 1;
    const held = next === undefined ? rest.join('=') : (textOf(next) ?? '');
    found.push(...argument(name, held, item));
  }
  return found;
}

function argument(name: string, value: string, { offset }: JsoncNode): readonly Hazard[] {
  const what = `\`${name}${value === '' ? '' : `=${value}`}\``;
  // What a variable of the machine puts there is known only when it is opened.
  if (fromMachine.test(`${name}${value}`)) return [{ kind: 'unknown-argument', what, offset }];
  const meaning = Object.hasOwn(runArguments, name) ? runArguments[name] : undefined;
  if (meaning === undefined) return [{ kind: 'unknown-argument', what, offset }];
  if (sockets.test(value)) return [{ kind: 'engine-socket', what, offset }];
  if (meaning.kind === 'hazard') return [{ kind: meaning.hazard, what, offset }];
  if (meaning.kind === 'only') return meaning.values.includes(value) ? [] : [{ kind: meaning.else, what, offset }];
  const passes = (name === '-e' || name === '--env') && !value.includes('=');
  return passes ? [{ kind: 'host-variable', what, offset }] : [];
}

/** Whether the last word on it is that there is none; in either way to write it. */
function hasNoNetwork(value: JsoncNode | undefined): boolean {
  if (value?.kind !== 'list') return false;
  const words = value.items.map((item) => textOf(item) ?? '');
  return words.some(
    (word, at) => /^--net(work)?=none$/.test(word) || (/^--net(work)?$/.test(word) && words[at + 1] === 'none'),
  );
}

function variableHazards({ value }: ObjectEntry): readonly Hazard[] {
  if (value.kind !== 'object') return [];
  return value.entries.flatMap(({ name, offset, value: held }): Hazard[] =>
    fromMachine.test(textOf(held) ?? '') ? [{ kind: 'host-variable', what: `\`${name}\``, offset }] : [],
  );
}

function isFalse(node: JsoncNode): boolean {
  return node.kind === 'scalar' && node.value === false;
}

function isEmpty(node: JsoncNode): boolean {
  return node.kind === 'list' && node.items.length === 0;
}
