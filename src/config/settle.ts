import { failure, type Result, success } from '../base/result.ts';
import { type Problem, printable } from '../problem/problem.ts';
import type { Config, Setting } from './config.ts';
import { keys } from './definition.ts';
import type { KeyName, KeyValues } from './key.ts';
import { placeOf, type Written, type WrittenValue } from './written.ts';

/** Makes one configuration out of its sources, weakest first. A later source's value goes before an earlier one's. */
export function settle(sources: readonly Written[]): Result<Config> {
  const value = <Name extends KeyName>(name: Name) => setting(sources, name);
  const config: Config = {
    engine: value('engine'),
    environment: environment(sources),
    image: value('image'),
    suite: value('suite'),
    layers: layers(sources),
    infer: value('layers.infer'),
    packages: value('packages'),
    nix: {
      packages: value('nix.packages'),
      nixpkgs: value('nix.nixpkgs'),
      rustOverlay: value('nix.rust-overlay'),
      file: value('nix.file'),
      flake: value('nix.flake'),
      shell: value('nix.shell'),
      fetches: value('nix.fetches'),
    },
    toolchain: value('toolchain'),
    projectPath: value('project-path'),
    projectFiles: value('project-files'),
    env: variables(sources),
    network: value('network'),
    mounts: value('mounts'),
    ports: value('ports'),
    devices: value('devices'),
    show: value('show'),
    unwalledBuildScripts: value('unwalled-build-scripts'),
    allowedImages: value('allowed-images'),
    limits: {
      memoryBytes: value('limits.memory'),
      processes: value('limits.processes'),
      cpus: value('limits.cpus'),
      wallClockMs: value('limits.time'),
      silenceMs: value('limits.silence'),
      diskBytes: value('limits.disk'),
      openFiles: value('limits.files'),
    },
    export: value('export'),
    exportCheck: value('export-check'),
    pinned: value('pinned'),
    snapshotMirror: value('snapshot-mirror'),
    debianImage: value('debian-image'),
    color: value('color'),
    verbosity: value('verbosity'),
    output: value('output'),
  };
  const problems = contradictions(config);
  return problems.length > 0 ? failure(...problems) : success(config);
}

/** The values in the sources were read by the key's own type, which is what makes this cast true. */
function setting<Name extends KeyName>(sources: readonly Written[], name: Name): Setting<KeyValues[Name]> {
  const written = last(sources, name);
  if (written === undefined) return { value: keys[name].default, origin: { kind: 'default' } };
  return { value: written.value as KeyValues[Name], origin: written.origin };
}

function last(sources: readonly Written[], name: KeyName): WrittenValue | undefined {
  return sources.findLast((source) => source.has(name))?.get(name);
}

/** An image that is named is meant to be used: it chooses its environment, unless the same or a stronger source says another. */
function environment(sources: readonly Written[]): Config['environment'] {
  const image = sources.findLastIndex((source) => source.has('image'));
  const own = sources.findLastIndex((source) => source.has('environment'));
  if (image <= own) return setting(sources, 'environment');
  return { value: 'image', origin: setting(sources, 'image').origin };
}

/** What the command line names is added: nobody repeats a whole list to try one more. */
function layers(sources: readonly Written[]): Config['layers'] {
  const named = setting(sources, 'layers');
  if (named.origin.kind !== 'flag') return named;
  const below = setting(
    sources.filter((source) => source.get('layers')?.origin.kind !== 'flag'),
    'layers',
  );
  return { value: [...new Set([...below.value, ...named.value])].sort(), origin: named.origin };
}

/** Names that pass are replaced by a stronger source, so that a project can pass less; values are joined by name. */
function variables(sources: readonly Written[]): Config['env'] {
  const set = setting(sources, 'env.set');
  const joined = sources.flatMap((source) =>
    Object.entries((source.get('env.set')?.value ?? {}) as KeyValues['env.set']),
  );
  joined.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
  const values = Object.fromEntries(joined);
  const pass = setting(sources, 'env.pass');
  const names = pass.value.filter((name) => !Object.hasOwn(values, name));
  return { pass: { value: names, origin: pass.origin }, set: { value: values, origin: set.origin } };
}

function contradictions({
  environment,
  image,
  packages,
  nix,
  toolchain,
  network,
  ports,
  mounts,
}: Config): readonly Problem[] {
  const problems = [...doorsOfOnePort(network), ...doorsAtPorts(network, ports), ...mountsInEachOther(mounts)];
  if (environment.value === 'image' && image.value === null) {
    problems.push({
      code: 'config',
      what: 'the image environment has no image',
      ...placeOf(environment.origin),
      fix: 'Name one: `image: REFERENCE` in the configuration, or `--image REFERENCE`.',
    });
  }
  if (environment.value === 'nix' && packages.value.length > 0) {
    problems.push({
      code: 'config',
      what: '`packages` names Debian packages, and this environment is nix',
      ...placeOf(packages.origin),
      fix: 'Name the attributes of nixpkgs that bring the same: `nix: {packages: [ATTRIBUTE]}`.',
    });
  }
  if (nix.file.value !== null && nix.flake.value !== null) {
    problems.push({
      code: 'config',
      what: '`nix.file` and `nix.flake` both name an environment',
      ...placeOf(nix.flake.origin),
      fix: 'Keep one of them.',
    });
  }
  if (nix.shell.value !== null && nix.file.value === null && nix.flake.value === null) {
    problems.push({
      code: 'config',
      what: '`nix.shell` names a shell, and nothing says of which file',
      ...placeOf(nix.shell.origin),
      fix: 'Name the file or the flake too: `nix: {flake: ., shell: NAME}`.',
    });
  }
  if (toolchain.value !== 'host' && toolchain.value !== environment.value) {
    problems.push({
      code: 'config',
      what: `\`toolchain: ${toolchain.value}\` needs the ${toolchain.value} environment, and this is ${environment.value}`,
      ...placeOf(toolchain.origin),
      fix: toolchain.value === 'image' ? 'Remove it, or name an image.' : 'Remove it, or set `environment: nix`.',
    });
  }
  return problems;
}

/** In the box every door is a port of its loopback. */
function doorsOfOnePort({ value, origin }: Config['network']): Problem[] {
  const ports = value.filter((door) => door.startsWith('tcp:')).map((door) => door.slice(door.lastIndexOf(':') + 1));
  const twice = ports.find((port, index) => ports.indexOf(port) < index);
  if (twice === undefined) return [];
  const what = `two doors of \`network\` have the port ${twice}`;
  const why = 'in the box each stands at its port of 127.0.0.1';
  return [{ code: 'config', what, ...placeOf(origin), why, fix: 'Keep one of them.' }];
}

/** Inside, the relay of a door listens at the port that the box's own server would have. */
function doorsAtPorts({ value: doors }: Config['network'], { value: ports, origin }: Config['ports']): Problem[] {
  const both = ports.find((port) => doors.some((door) => door.startsWith('tcp:') && door.endsWith(`:${port}`)));
  if (both === undefined) return [];
  const what = `${both} is a door of \`network\` and a port of \`ports\``;
  const why = 'in the box one port cannot lead out and be listened at';
  return [{ code: 'config', what, ...placeOf(origin), why, fix: 'Give one of them another port.' }];
}

function mountsInEachOther({ value, origin }: Config['mounts']): Problem[] {
  const targets = value.map(({ target }) => target);
  const inner = targets.find((target, index) =>
    targets.some((other, at) => at !== index && `${target}/`.startsWith(`${other}/`)),
  );
  if (inner === undefined) return [];
  const what = `\`${printable(inner, 120)}\` lies in the target of another mount, or is it`;
  return [{ code: 'config', what, ...placeOf(origin), fix: 'Give each mount a target of its own.' }];
}
