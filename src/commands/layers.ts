import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { nearest } from '../base/nearest.ts';
import { failure, type Result, success } from '../base/result.ts';
import type { DebianSuite } from '../config/config.ts';
import { describeOrigin } from '../config/describe-config.ts';
import { writeProjectFile } from '../customs/write-project-file.ts';
import { readProjectText } from '../facts/read-project-text.ts';
import type { OwnCommand } from '../invocation/invocation.ts';
import { usage } from '../invocation/usage-problems.ts';
import { type FoundLayer, findLayer, layerPackages, searchLayers } from '../layers/catalogue.ts';
import type { LayerCheck } from '../layers/layer.ts';
import { describeLearned } from '../lock/learned-additions.ts';
import { lockFileName } from '../lock/lock-file-name.ts';
import type { Learned } from '../lock/pins.ts';
import { printable } from '../problem/problem.ts';
import { type Answer, table } from './answer.ts';
import { pinnedLearned } from './pipeline/project-pins.ts';
import { wantedAdditions } from './pipeline/settle-pins.ts';
import { configFileName, projectRoot, type Surveyed, survey } from './pipeline/survey.ts';
import type { Session } from './session.ts';

/** `layers`, `layers search WORD`, `layers show NAME`, `layers add NAME…`, `layers remove NAME…`. */
export async function layers(session: Session, command: OwnCommand): Promise<Result<Answer>> {
  const [action, ...words] = command.arguments;
  const isChange = action === 'add' || action === 'remove';
  const surveyed = await survey(session, { manifestPath: null, project: isChange ? 'needed' : 'optional' });
  if (!surveyed.ok) return surveyed;
  const suite = surveyed.value.config.suite.value;
  if (action === undefined) return list(session, surveyed.value, suite);
  if (words.length === 0) return failure(usage(`\`layers ${printable(action, 40)}\` lacks a word`, howToUse));
  switch (action) {
    case 'search':
      return search(words, suite);
    case 'show':
      return show(words, suite);
    case 'add':
    case 'remove':
      return change(session, surveyed.value, action, words);
    default: {
      const meant = nearest(action, actions);
      const fix = meant === null ? howToUse : `Did you mean \`${meant}\`?`;
      return failure(usage(`\`layers\` does not know \`${printable(action, 40)}\``, fix));
    }
  }
}

const actions = ['search', 'show', 'add', 'remove'] as const;
const howToUse = 'Write `cargo-boxed layers search|show|add|remove WORD`.';

/** What the root of the project has beyond the base, each with why: named in the configuration, or learned. */
function list(session: Session, { project, config }: Surveyed, suite: DebianSuite): Result<Answer> {
  const learned = pinnedLearned(session, project);
  if (!learned.ok) return learned;
  const additions = wantedAdditions(config, learned.value);
  const why = (kind: Learned['kind'], name: string) => {
    const reason = learned.value.find((one) => one.kind === kind && one.name === name);
    const named = kind === 'layer' ? config.layers : config.packages;
    if (reason === undefined || named.value.includes(name)) return `named by ${describeOrigin(named.origin)}`;
    return describeLearned(reason);
  };
  const held = withPackages(additions.layers, suite).map((layer) => ({ ...layer, why: why('layer', layer.name) }));
  const packages = additions.packages.map((name) => ({ name, why: why('package', name) }));
  const rows = [
    ...held.map((layer) => [layer.name, layer.description, layer.packages.join(' '), layer.why]),
    ...packages.map(({ name, why: reason }) => [name, 'a Debian package', name, reason]),
  ];
  const nothing = 'No layers: the root is the base. `cargo-boxed layers search WORD` finds one.\n';
  const { origin } = config.suite;
  const learnedSuite = origin.kind === 'learned' ? `Debian ${suite}: ${origin.why}\n` : '';
  const text = `${rows.length === 0 ? nothing : table(rows)}${learnedSuite}`;
  return success({ status: 0, text, data: { suite, layers: held, packages } });
}

function search(words: readonly string[], suite: DebianSuite): Result<Answer> {
  const found = withPackages([...new Set(words.flatMap(searchLayers))], suite);
  const isFound = found.length > 0;
  const text = isFound ? overview(found) : `No layer has ${printable(words.join(', '), 100)}\n`;
  return success({ status: isFound ? 0 : 1, text, data: { suite, layers: found } });
}

function withPackages(names: readonly string[], suite: DebianSuite): readonly FoundLayer[] {
  return names.flatMap((name) => findLayer(name, suite) ?? []);
}

function overview(found: readonly FoundLayer[]): string {
  return table(found.map(({ name, description, packages }) => [name, description, packages.join(' ')]));
}

function show(names: readonly string[], suite: DebianSuite): Result<Answer> {
  const known = layerPackages(names, suite);
  if (!known.ok) return known;
  const found = withPackages(names, suite);
  const text = found
    .map((layer) => {
      const rows = [
        [`packages on ${suite}`, layer.packages.join(' ')],
        ['needs', layer.needs.join(' ')],
        ['nixpkgs', layer.nix.join(' ')],
        ['pkg-config', layer.pkgConfig.join(' ')],
        ['links', layer.links.join(' ')],
        ['crates', layer.crates.join(' ')],
        ['proven for', layer.proven.join(' ')],
        ['programs', layer.tools.join(' ')],
        ['headers', layer.headers.join(' ')],
        ['proved by', describeCheck(layer.check)],
      ];
      return `${layer.name}: ${layer.description}\n${table(rows.filter(([, cell]) => cell !== '').map((row) => ['', ...row]))}`;
    })
    .join('');
  return success({ status: 0, text, data: { suite, layers: found } });
}

function describeCheck(check: LayerCheck): string {
  if ('program' in check) return check.program.join(' ');
  if ('header' in check) return `#include <${check.header}>`;
  if ('library' in check) return `-l${check.library}`;
  return `pkg-config ${check.pkgConfig}${check.atLeast === undefined ? '' : ` >= ${check.atLeast}`}`;
}

/** The one command that edits the configuration: a person asked for exactly this. */
async function change(
  session: Session,
  { project, config }: Surveyed,
  action: 'add' | 'remove',
  words: readonly string[],
): Promise<Result<Answer>> {
  const names = [...new Set(words)];
  const known = action === 'add' ? layerPackages(names, config.suite.value) : success([]);
  if (!known.ok) return known;
  const root = projectRoot(project);
  const file = join(root, configFileName);
  if (project.hasMetadata || session.invocation.flags.config !== undefined)
    return failure(byHand(names, project.hasMetadata));
  const before = readProjectText(file, root, 'config');
  if (!before.ok) return before;
  const { editLayers } = await import('../config/edit-layers.ts');
  const after = editLayers(before.value ?? '', file, { action, names });
  if (!after.ok) return after;
  const { text, changed } = after.value;
  const data = { file, action, changed };
  if (changed.length === 0) {
    const state = action === 'add' ? 'there already' : 'not there';
    return success({ status: 0, text: `Nothing to change: ${printable(names.join(', '))} is ${state}\n`, data });
  }
  const place = writeProjectFile({ root, relative: configFileName, content: text });
  if (!place.ok) return place;
  const said = `${action === 'add' ? 'Added' : 'Removed'} ${changed.join(', ')} in ${printable(file)}\n`;
  const pin = existsSync(join(root, lockFileName)) ? 'Run `cargo-boxed lock`: the lock has other layers now.\n' : '';
  return success({ status: 0, text: said + pin, data });
}

function byHand(names: readonly string[], inManifest: boolean) {
  const where = inManifest ? 'the metadata of Cargo.toml' : 'the file that `--config` names';
  return {
    code: 'config',
    what: `the configuration is in ${where}, which is not edited`,
    fix: `Change \`layers\` there by hand: ${names.map((name) => `"${printable(name, 60)}"`).join(', ')}.`,
  } as const;
}
