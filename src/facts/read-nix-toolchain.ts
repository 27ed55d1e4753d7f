import { failure, type Result, success } from '../base/result.ts';
import { type Problem, printable } from '../problem/problem.ts';
import { type ChoiceRequest, chooseToolchain, placeOfChoice, type ToolchainChoice } from './choose-toolchain.ts';
import type { NixToolchainFacts } from './facts.ts';

/** A channel of Rust as rustup writes it, with what rust-overlay has of it: dates of stable are its versions. */
const channelPattern = /^(?:stable|(?:beta|nightly)(?:-\d{4}-\d{2}-\d{2})?|\d{1,3}\.\d{1,4}(?:\.\d{1,4})?)$/;
const namePattern = /^[a-z][a-z0-9_-]{0,63}$/;
const targetPattern = /^[a-z][a-z0-9_.-]{0,63}$/;
const mostNames = 100;

/** rustup's default profile without the documentation, which no build reads and which is half of its bytes. */
const standard = { profile: 'minimal', components: ['clippy', 'rustfmt'] } as const;

/**
 * The toolchain that is meant, as data, by rustup's order of places and without rustup. Nothing is looked for: whether
 * there is such a one is for the pinned rust-overlay to say.
 */
export function readNixToolchain(request: Omit<ChoiceRequest, 'rustupHome'>): Result<NixToolchainFacts> {
  const choice = chooseToolchain({ ...request, rustupHome: null });
  if (!choice.ok) return choice;
  const { name, file, reason, defaultHost } = choice.value;
  const channel = name.endsWith(`-${defaultHost}`) ? name.slice(0, -defaultHost.length - 1) : name;
  if (!channelPattern.test(channel)) return failure(notAChannel(choice.value));
  const named = [
    ...(file?.profile == null ? [] : [['profile', file.profile, namePattern] as const]),
    ...(file?.components ?? []).map((one) => ['component', one, namePattern] as const),
    ...(file?.targets ?? []).map((one) => ['target', one, targetPattern] as const),
  ];
  const odd = named.find(([, one, pattern]) => !pattern.test(one));
  if (odd !== undefined) return failure(notAName(choice.value, odd[0], odd[1]));
  if (named.length > mostNames) return failure(tooMany(choice.value));
  const components = [...(file?.profile == null ? standard.components : []), ...(file?.components ?? [])];
  return success({
    channel,
    profile: file?.profile ?? standard.profile,
    components: sorted(components.map((one) => plainName(one, defaultHost))),
    targets: sorted((file?.targets ?? []).filter((one) => one !== defaultHost)),
    reason,
  });
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}

/** rustup takes `clippy-x86_64-unknown-linux-gnu` for `clippy`; rust-overlay knows components by name alone. */
function plainName(component: string, host: string): string {
  return component.endsWith(`-${host}`) ? component.slice(0, -host.length - 1) : component;
}

function notAChannel(choice: ToolchainChoice): Problem {
  return {
    code: 'toolchain',
    what: `${printable(choice.name, 80)} is no toolchain that rust-overlay can bring`,
    ...placeOfChoice(choice, choice.name),
    why: `${printable(choice.reason)} asks for it, and with \`toolchain: nix\` only releases of Rust for this machine exist`,
    fix: 'Name a channel (`stable`, `1.95.0`, `nightly-2026-05-15`), or set `toolchain: host` for one of rustup.',
  };
}

function notAName(choice: ToolchainChoice, kind: string, name: string): Problem {
  return {
    code: 'toolchain',
    what: `${printable(name, 80)} cannot be the name of a ${kind}`,
    ...placeOfChoice(choice, name),
    why: `${printable(choice.reason)} asks for it`,
  };
}

function tooMany(choice: ToolchainChoice): Problem {
  return {
    code: 'toolchain',
    what: `${printable(choice.reason)} names more than ${mostNames} components and targets`,
    ...(choice.file === null ? {} : { where: { file: choice.file.file } }),
  };
}
