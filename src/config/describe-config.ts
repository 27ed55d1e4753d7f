import { unreachable } from '../base/unreachable.ts';
import { printable } from '../problem/problem.ts';
import type { Config, Origin, Setting } from './config.ts';
import { keyNames, keys } from './definition.ts';
import { formatText } from './format-value.ts';
import type { KeyName } from './key.ts';

/** One row of `status`. */
export interface ConfigRow {
  readonly key: KeyName;
  /** As it would be written into a file; of variables only the names. */
  readonly value: string;
  readonly origin: string;
}

/** Every value with where it was said, in the order of the definition. */
export function describeConfig(config: Config): readonly ConfigRow[] {
  return keyNames.map((key) => {
    const { value, origin } = settingOf(config, key);
    return { key, value: valueText(key, value, origin), origin: describeOrigin(origin) };
  });
}

/** Where a value was said, for people. */
export function describeOrigin(origin: Origin): string {
  switch (origin.kind) {
    case 'default':
      return 'default';
    case 'learned':
      return `learned: ${origin.why}`;
    case 'user':
      return `your configuration, ${printable(origin.file)}:${origin.line}:${origin.column}`;
    case 'project':
      return `${printable(origin.file)}:${origin.line}:${origin.column}`;
    case 'environment':
      return origin.variable;
    case 'flag':
      return origin.flag;
    default:
      return unreachable(origin);
  }
}

function valueText(key: KeyName, value: unknown, origin: Origin): string {
  const { defaultMeans, type } = keys[key];
  if (value === null && origin.kind === 'default' && defaultMeans !== undefined) return defaultMeans;
  return formatText(type, value);
}

function settingOf(config: Config, key: KeyName): Setting<unknown> {
  switch (key) {
    case 'env.pass':
      return config.env.pass;
    case 'env.set':
      return config.env.set;
    case 'layers.infer':
      return config.infer;
    case 'limits.memory':
      return config.limits.memoryBytes;
    case 'limits.processes':
      return config.limits.processes;
    case 'limits.cpus':
      return config.limits.cpus;
    case 'limits.time':
      return config.limits.wallClockMs;
    case 'limits.silence':
      return config.limits.silenceMs;
    case 'limits.disk':
      return config.limits.diskBytes;
    case 'limits.files':
      return config.limits.openFiles;
    case 'nix.packages':
      return config.nix.packages;
    case 'nix.nixpkgs':
      return config.nix.nixpkgs;
    case 'nix.rust-overlay':
      return config.nix.rustOverlay;
    case 'nix.file':
      return config.nix.file;
    case 'nix.flake':
      return config.nix.flake;
    case 'nix.shell':
      return config.nix.shell;
    case 'nix.fetches':
      return config.nix.fetches;
    case 'project-path':
      return config.projectPath;
    case 'project-files':
      return config.projectFiles;
    case 'snapshot-mirror':
      return config.snapshotMirror;
    case 'unwalled-build-scripts':
      return config.unwalledBuildScripts;
    case 'debian-image':
      return config.debianImage;
    case 'export-check':
      return config.exportCheck;
    case 'allowed-images':
      return config.allowedImages;
    default:
      return config[key];
  }
}
