import { failure, type Result, success } from '../base/result.ts';
import type { Change, Merged } from '../devcontainer/merge-file.ts';
import type { OwnCommand } from '../invocation/invocation.ts';
import { usage } from '../invocation/usage-problems.ts';
import { printable } from '../problem/problem.ts';
import type { Answer } from './answer.ts';
import { compareDevcontainer } from './devcontainers/compare.ts';
import { devcontainerDrift } from './devcontainers/drift.ts';
import { writeFeature } from './devcontainers/feature.ts';
import { devcontainerFile, writeDevcontainer } from './devcontainers/file.ts';
import { inspectDevcontainers } from './devcontainers/inspect.ts';
import { type Devcontainer, devcontainerWish } from './devcontainers/wish.ts';
import { layCrates } from './images/crates.ts';
import type { Session } from './session.ts';

/** `devcontainer`, `devcontainer --check`; for files of others `devcontainer check [FILE]`, for images of others `devcontainer feature`. */
export async function devcontainer(session: Session, command: OwnCommand): Promise<Result<Answer>> {
  const [action, file, ...more] = command.arguments;
  const howToUse =
    'Write `cargo-boxed devcontainer [--mode MODE] [--check]`, or `cargo-boxed devcontainer check [FILE]|feature`.';
  const isCheck = action === 'check' && more.length === 0;
  if (isCheck || (action === 'feature' && file === undefined)) {
    const [option] = Object.keys(command.options);
    if (option !== undefined)
      return failure(usage(`\`devcontainer ${action}\` does not take \`--${option}\``, howToUse));
    return isCheck ? inspectDevcontainers(session, file ?? null) : writeFeature(session);
  }
  if (action !== undefined)
    return failure(usage(`\`devcontainer\` does not know \`${printable(action, 40)}\``, howToUse));
  const wished = await devcontainerWish(session, command);
  if (!wished.ok) return wished;
  return command.options.check === undefined ? write(session, wished.value) : devcontainerDrift(session, wished.value);
}

async function write(session: Session, made: Devcontainer): Promise<Result<Answer>> {
  const { locked, crates } = made;
  const { mountRoot } = locked.gathered.facts.project;
  const compared = await compareDevcontainer(session, made);
  if (!compared.ok) return compared;
  const { merged, problems, notes } = compared.value;
  if (problems.length > 0) return failure(...problems);
  const laid = await layCrates(session, locked.gathered, crates);
  if (!laid.ok) return laid;
  if (merged.changes.length > 0) {
    const written = writeDevcontainer(mountRoot, merged.text);
    if (!written.ok) return written;
  }
  for (const note of notes) session.reporter.note(note);
  return success(answer(made, devcontainerFile(mountRoot), merged));
}

function answer({ image, wish, locked, document }: Devcontainer, file: string, { changes }: Merged): Answer {
  const told = document === null ? '' : `: ${changesInWords(changes)}`;
  const done = changes.length === 0 ? 'is as it should be' : `written, ${wish.mode}${told}`;
  const lines = [
    `${printable(file)} ${done}`,
    `  image ${wish.images[0]}`,
    '  `cargo-boxed image build --output docker` hands that image to the engine, if it is not there',
    ...(locked.gathered.facts.host.uid === imageUser ? [] : [`  ${asYourself}`]),
  ];
  const data = { file, mode: wish.mode, image: image.id, changes: changes.map(({ key, action }) => ({ key, action })) };
  return { status: 0, text: `${lines.join('\n')}\n`, data };
}

/** The uid of the image's own user. */
const imageUser = 1000;
const asYourself =
  'inside you are uid 1000; to read and write the project as yourself: `export CARGO_BOXED_UID=$(id -u) CARGO_BOXED_GID=$(id -g)`';

function changesInWords(changes: readonly Change[]): string {
  return [...new Set(changes.map(({ key, action }) => `${key} ${action}`))].join(', ');
}
