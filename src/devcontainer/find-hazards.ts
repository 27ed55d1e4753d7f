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

/** Whether a path below the folder that is opened is, or leads through, a link: then the project says where it ends. */
export type IsLink = (path: string) => boolean;

/** All that a devcontainer.json opens, in the order of the file. */
export function findHazards(document: Pick<JsoncDocument, 'root'>, isLink: IsLink): readonly Hazard[] {
  const { root } = document;
  const said = saidHazards(document, isLink);
  const hasCompose = entryOf(root, 'dockerComposeFile') !== undefined;
  if (hasCompose || hasNoNetwork(entryOf(root, 'runArgs')?.value)) return said;
  if (said.some(({ kind }) => kind === 'open-network')) return said;
  const what = 'a container without `--network=none` in `runArgs`';
  return [{ kind: 'open-network', what, offset: root.offset }, ...said];
}

/** What something in the file opens; not what it leaves out. */
export function saidHazards({ root }: Pick<JsoncDocument, 'root'>, isLink: IsLink): readonly Hazard[] {
  const found = root.entries.flatMap((entry) => {
    const look = Object.hasOwn(byKey, entry.name) ? byKey[entry.name] : undefined;
    return [...(look?.(entry, isLink) ?? [])];
  });
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

type Look = (entry: ObjectEntry, isLink: IsLink) => readonly Hazard[];

const whole =
  (kind: HazardKind) =>
  ({ name, offset }: ObjectEntry): readonly Hazard[] => [{ kind, what: `\`${name}\``, offset }];

/** By the keys of the specification (containers.dev, 2026); what is not here opens nothing. */
const byKey: Readonly<Record<string, Look>> = {
  initializeCommand: whole('host-command'),
  privileged: (entry) => (isFalse(entry.value) ? [] : whole('privileged')(entry)),
  capAdd: (entry) => (isEmpty(entry.value) ? [] : whole('capabilities')(entry)),
  securityOpt: ({ value }) => each(value, (item) => argument('--security-opt', textOf(item) ?? '', item)),
  mounts: ({ value }, isLink) => each(value, (item) => mountHazards(item, isLink)),
  workspaceMount: ({ value }, isLink) => mountHazards(value, isLink),
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
const ownFolder = /^\$\{localWorkspaceFolder\}((?:\/(?!\.\.(?:\/|$))[^/]+)*)\/?$/;
/** Where the tool keeps crates: read-only, and only from there. */
const ownCrates =
  /^\$\{localEnv:(?:HOME\}\/\.cache\/cargo-boxed|XDG_CACHE_HOME\}\/cargo-boxed|CARGO_BOXED_HOME\}\/cache)\/(?:store|devcontainers\/[0-9a-f]{64}\/(?:crates|cargo-home))$/;

function mountHazards(node: JsoncNode, isLink: IsLink): readonly Hazard[] {
  const mount = readMount(node);
  const { offset } = node;
  if (mount === null) return [];
  const { type, source, isReadOnly, others } = mount;
  const what = `the mount of \`${source}\``;
  if (sockets.test(source)) return [{ kind: 'engine-socket', what, offset }];
  if (hasMore(node)) return [{ kind: 'host-folder', what, offset }];
  // A volume can be a folder of the machine under another name: by options of its driver.
  if (others.some((name) => name.startsWith('volume-'))) return [{ kind: 'host-folder', what, offset }];
  if (type === 'tmpfs') return [];
  if (type === 'volume') return source.includes('/') ? [{ kind: 'host-folder', what, offset }] : [];
  const own = ownFolder.exec(source)?.[1];
  if (own !== undefined && !isLink(own.slice(1))) return [];
  if (isReadOnly && ownCrates.test(source)) return [];
  return [{ kind: 'host-folder', what, offset }];
}

/**
 * Whether a mount can say more than it seems to: the engine reads the first line alone, and of an object the CLI makes such a
 * line, in which a comma begins another word and the last one counts.
 */
function hasMore(node: JsoncNode): boolean {
  if (node.kind !== 'object') return /\p{Cc}/u.test(textOf(node) ?? '');
  return node.entries.some(({ name, value }) => /[\p{Cc},"]/u.test(`${name}${textOf(value) ?? ''}`));
}

/** An option of `docker run` with its value. */
interface RunArgument {
  readonly name: string;
  readonly value: string;
  readonly item: JsoncNode;
}

/** As `docker run` reads them: what stands behind an option without a value is its value, whatever it looks like. */
function argumentsOf(value: JsoncNode | undefined): readonly RunArgument[] {
  if (value?.kind !== 'list') return [];
  const found: RunArgument[] = [];
  for (let at = 0; at < value.items.length; at += 1) {
    const item = value.items[at] as JsoncNode;
    const [name = '', ...rest] = (textOf(item) ?? '').split('=');
    const takesNext = rest.length === 0 && name.startsWith('-') && !switches.has(name);
    const next = takesNext ? value.items[at + 1] : undefined;
    if (next !== undefined) at += 1;
    const held = next === undefined ? rest.join('=') : (textOf(next) ?? '');
    found.push({ name, value: held, item });
  }
  return found;
}

function argumentHazards(value: JsoncNode): readonly Hazard[] {
  return argumentsOf(value).flatMap(({ name, value: held, item }) => argument(name, held, item));
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

/** Whether it is said that there is none. That there is one all the same is a hazard of its own. */
function hasNoNetwork(value: JsoncNode | undefined): boolean {
  return argumentsOf(value).some(({ name, value: held }) => /^--net(work)?$/.test(name) && held === 'none');
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
