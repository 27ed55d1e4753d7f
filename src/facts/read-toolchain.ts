import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { type Problem, printable } from '../problem/problem.ts';
import { chooseToolchain, placeOfChoice, type ToolchainChoice, type ToolchainRequest } from './choose-toolchain.ts';
import type { ToolchainFacts } from './facts.ts';
import { identifyToolchain } from './identify-toolchain.ts';
import { realPath } from './path-within.ts';
import { completeToolchainName, type ToolchainName } from './toolchain-name.ts';

/**
 * The host toolchain that rustup would take, read from its files: rustup itself, and the compiler, never run with the
 * project around them. What is missing is a problem with the command that brings it: nothing is installed behind one's back.
 */
export function readToolchain(request: ToolchainRequest): Result<ToolchainFacts> {
  const choice = chooseToolchain(request);
  if (!choice.ok) return choice;
  const name = completeToolchainName(choice.value.name, choice.value.defaultHost);
  if (name === null) return failure(notAName(choice.value));
  const path = realPath(join(request.rustupHome, 'toolchains', name.name));
  if (!path.ok) return path;
  if (path.value === null) return failure(notInstalled(choice.value, name));
  const host = name.host ?? choice.value.defaultHost;
  const components = readComponents(path.value);
  const targets = readTargets(path.value, components);
  const missing = findMissing(choice.value, name, host, path.value, components, targets);
  if (missing.length > 0) return failure(...missing);
  const reason = choice.value.reason;
  return success({
    name: name.name,
    path: path.value,
    host,
    components,
    targets,
    reason,
    ...identifyToolchain(path.value, request.memory),
  });
}

function readComponents(path: string): readonly string[] {
  try {
    const text = readFileSync(join(path, 'lib/rustlib/components'), 'utf8');
    return text
      .split('\n')
      .filter((line) => line !== '')
      .sort();
  } catch {
    // A linked toolchain, such as one's own build of the compiler, has no list.
    return [];
  }
}

function readTargets(path: string, components: readonly string[]): readonly string[] {
  if (components.length > 0) {
    return components.filter((name) => name.startsWith('rust-std-')).map((name) => name.slice('rust-std-'.length));
  }
  try {
    const entries = readdirSync(join(path, 'lib/rustlib'), { withFileTypes: true });
    return entries
      .filter((entry) => exists(join(path, 'lib/rustlib', entry.name, 'lib')))
      .map(({ name }) => name)
      .sort();
  } catch {
    return [];
  }
}

function findMissing(
  choice: ToolchainChoice,
  name: ToolchainName,
  host: string,
  path: string,
  components: readonly string[],
  targets: readonly string[],
): readonly Problem[] {
  const programs = ['cargo', 'rustc'].filter((program) => !exists(join(path, 'bin', program)));
  const problems = programs.map((program) => noProgram(choice, name, program));
  // Rustup, too, passes over the wishes for a linked toolchain: it cannot install anything into it.
  if (choice.file === null || components.length === 0) return problems;
  const wished = choice.file.components.filter((component) => !hasComponent(components, component, host));
  const wishedTargets = choice.file.targets.filter((target) => !targets.includes(target));
  return [
    ...problems,
    ...wished.map((component) => notThere(choice, name, 'component', component)),
    ...wishedTargets.map((target) => notThere(choice, name, 'target', target)),
  ];
}

/** rustup accepts `clippy` for what it installs as `clippy-preview-x86_64-unknown-linux-gnu`. */
function hasComponent(components: readonly string[], wanted: string, host: string): boolean {
  const spellings = [wanted, `${wanted}-preview`, `${wanted}-${host}`, `${wanted}-preview-${host}`];
  if (wanted.endsWith(`-${host}`)) spellings.push(`${wanted.slice(0, -host.length - 1)}-preview-${host}`);
  return spellings.some((spelling) => components.includes(spelling));
}

function exists(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

function notAName(choice: ToolchainChoice): Problem {
  return {
    code: 'toolchain',
    what: `${printable(choice.name, 80)} is not the name of a toolchain`,
    ...placeOfChoice(choice, choice.name),
    why: `it was chosen by ${printable(choice.reason)}`,
    fix: 'Name a channel (`stable`, `1.95.0`, `nightly-2026-05-15`) or a toolchain that `rustup toolchain link` made.',
  };
}

function notInstalled(choice: ToolchainChoice, name: ToolchainName): Problem {
  const components = (choice.file?.components ?? []).map((component) => ` --component ${component}`).join('');
  const targets = (choice.file?.targets ?? []).map((target) => ` --target ${target}`).join('');
  const install = `rustup toolchain install ${choice.name}${components}${targets}`;
  return {
    code: 'toolchain',
    what: `the toolchain ${choice.name} is not installed`,
    ...placeOfChoice(choice, choice.name),
    why: `${printable(choice.reason)} asks for it`,
    fix:
      name.kind === 'official'
        ? `Run \`${install}\`.`
        : `Run \`rustup toolchain link ${choice.name} PATH\`, or name another.`,
  };
}

function noProgram(choice: ToolchainChoice, name: ToolchainName, program: string): Problem {
  const install = `rustup component add ${program} --toolchain ${choice.name}`;
  return {
    code: 'toolchain',
    what: `the toolchain ${name.name} has no ${program}`,
    ...placeOfChoice(choice, choice.name),
    fix:
      name.kind === 'official'
        ? `Run \`${install}\`.`
        : `Put ${program} into its bin folder, or name another toolchain.`,
  };
}

function notThere(choice: ToolchainChoice, name: ToolchainName, kind: 'component' | 'target', wanted: string): Problem {
  return {
    code: 'toolchain',
    what: `the ${kind} ${wanted} is not installed in the toolchain ${name.name}`,
    ...placeOfChoice(choice, wanted),
    why: `${printable(choice.reason)} asks for it`,
    fix: `Run \`rustup ${kind} add ${wanted} --toolchain ${choice.name}\`.`,
  };
}
