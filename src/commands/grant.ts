import { resolve } from 'node:path';
import { failure, type Result, success } from '../base/result.ts';
import { longestValue, type Wish } from '../grants/ask.ts';
import { forgetImported, writeImported } from '../grants/organisation.ts';
import { grantsLock, readProjectGrants, type StoredGrant, wishHash, writeProjectGrants } from '../grants/store.ts';
import { holdLock } from '../host/hold-lock.ts';
import { sha256 } from '../host/project-key.ts';
import { readForeignText } from '../host/read-file.ts';
import type { OwnCommand } from '../invocation/invocation.ts';
import { placeText } from '../policy/judge-asks.ts';
import { type Problem, printable } from '../problem/problem.ts';
import type { Answer } from './answer.ts';
import { findProject, projectRoot, type Surveyed, survey } from './pipeline/survey.ts';
import type { Session } from './session.ts';

/** `grant KEY…`, `grant --all`: answers what this project asks now, value by value. Never more than is asked. */
export async function grant(session: Session, command: OwnCommand): Promise<Result<Answer>> {
  const { options, arguments: words } = command;
  if (options.import !== undefined || options.sha256 !== undefined) return importGrants(session, command);
  const surveyed = await survey(session, { manifestPath: null, project: 'needed' });
  if (!surveyed.ok) return surveyed;
  const open = surveyed.value.judged.filter((ask) => ask.grant === null);
  const chosen = choose(open, words, options.all === true, 'grant');
  if (!chosen.ok) return chosen;
  const written = await alone(session, projectRoot(surveyed.value.project), async () =>
    remember(session, surveyed.value, chosen.value),
  );
  if (!written.ok) return written;
  const lines = chosen.value.map(({ key, value, title, where }) => ({
    text: `Granted: ${title}\n  by ${placeText(where)}\n`,
    data: { key, value },
  }));
  const text = lines.length === 0 ? 'Nothing is asked that is not granted\n' : lines.map((line) => line.text).join('');
  const project = projectRoot(surveyed.value.project);
  return success({ status: 0, text, data: { project, granted: lines.map(({ data }) => data) } });
}

/** One at a time: what two commands read, change and write side by side would keep the change of one. */
async function alone<T>(session: Session, root: string, work: () => Promise<Result<T>>): Promise<Result<T>> {
  const onWait = (holder: string) => session.reporter.note(`Waiting for ${holder}`);
  const file = grantsLock(session.locations, root);
  try {
    const held = await holdLock(file, 'a change of grants', onWait, session.interruption.signal, work);
    return held.ok ? held.value : held;
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code;
    if (why === undefined) throw error;
    const fix = 'Make the folder writable, or set CARGO_BOXED_HOME to another one.';
    return failure({ code: 'storage', what: `grants cannot be written beside ${printable(file)}`, why, fix });
  }
}

/** Adds grants and forgets what the project asks no more under the same keys: a change leaves no old door open. */
function remember(session: Session, { project, judged }: Surveyed, added: readonly Wish[]): Result<void> {
  const root = projectRoot(project);
  const before = readProjectGrants(session.locations, root);
  if (!before.ok) return before;
  const keys = new Set(added.map(({ key }) => key));
  const asked = new Set(judged.map(wishHash));
  const when = new Date().toISOString();
  const fresh = added.map(({ key, value }): StoredGrant => ({ key, value, sha256: wishHash({ key, value }), when }));
  const again = new Set(fresh.map((grant) => grant.sha256));
  const kept = before.value.filter((old) => !again.has(old.sha256) && (!keys.has(old.key) || asked.has(old.sha256)));
  return writeProjectGrants(session.locations, root, [...kept, ...fresh]);
}

/** `revoke KEY…`, `revoke --all`: of this project. `revoke --imported HASH`: of an imported file. */
export async function revoke(session: Session, command: OwnCommand): Promise<Result<Answer>> {
  const { options, arguments: words } = command;
  if (typeof options.imported === 'string') return forget(session, options.imported);
  // Also of a project whose configuration cannot be read any more.
  const found = findProject(session, { manifestPath: null, project: 'needed' });
  if (!found.ok) return found;
  const root = projectRoot(found.value);
  return alone(session, root, async () => takeBack(session, root, words, options.all === true));
}

function takeBack(session: Session, root: string, words: readonly string[], all: boolean): Result<Answer> {
  const before = readProjectGrants(session.locations, root);
  if (!before.ok) return before;
  const chosen = choose(before.value, words, all, 'revoke');
  if (!chosen.ok) return chosen;
  const gone = new Set(chosen.value.map((old) => old.sha256));
  const kept = before.value.filter((old) => !gone.has(old.sha256));
  const written = writeProjectGrants(session.locations, root, kept);
  if (!written.ok) return written;
  const revoked = chosen.value.map(({ key, value }) => ({ key, value }));
  const lines = revoked.map(({ key, value }) => `Revoked: ${printable(key)}: ${printable(value, longestValue)}\n`);
  const text = lines.length === 0 ? 'Nothing was granted\n' : lines.join('');
  return success({ status: 0, text, data: { project: root, revoked } });
}

function forget(session: Session, hash: string): Result<Answer> {
  if (forgetImported(session.locations, hash)) {
    return success({ status: 0, text: `Revoked: all of ${hash}\n`, data: { imported: hash } });
  }
  const what = `no file with the hash \`${printable(hash, 80)}\` was imported`;
  return failure({ code: 'usage', what, fix: 'See `cargo-boxed grants`.' });
}

/** The entries of these keys (`env.pass`) or of one value (`env.pass=TOKEN`). A word that fits nothing is an error. */
function choose<Entry extends Wish>(
  entries: readonly Entry[],
  words: readonly string[],
  all: boolean,
  verb: 'grant' | 'revoke',
): Result<readonly Entry[]> {
  if (all && words.length === 0) return success(entries);
  const known = [...new Set(entries.map(({ key }) => key))].map((key) => `\`${printable(key)}\``).join(', ');
  const there = known === '' ? 'there is nothing' : `there is ${known}`;
  if (all || words.length === 0) {
    const what = all ? '`--all` and keys were both given' : `\`${verb}\` needs the keys to ${verb}`;
    return failure({ code: 'usage', what, why: there, fix: `Write \`cargo-boxed ${verb} KEY…\`, or \`--all\`.` });
  }
  const fits = ({ key, value }: Wish, word: string) => word === key || word === `${key}=${value}`;
  const problems = words
    .filter((word) => !entries.some((entry) => fits(entry, word)))
    .map((word): Problem => ({ code: 'usage', what: `there is no \`${printable(word)}\` to ${verb}`, why: there }));
  if (problems.length > 0) return failure(...problems);
  return success(entries.filter((entry) => words.some((word) => fits(entry, word))));
}

/** `grant --import FILE --sha256 HASH`: takes an organisation's grants, if they are the bytes that the user means. */
async function importGrants(session: Session, { options, arguments: words }: OwnCommand): Promise<Result<Answer>> {
  const { import: name, sha256: hash, all } = options;
  if (typeof name !== 'string' || typeof hash !== 'string' || words.length > 0 || all === true) {
    const fix = 'Write `cargo-boxed grant --import FILE --sha256 HASH`.';
    return failure({ code: 'usage', what: 'an import needs `--import` and `--sha256`, and nothing else', fix });
  }
  const file = resolve(session.directory, name);
  const text = readForeignText(file, 256 * 1024);
  if (!text.ok) return text;
  if (text.value === null)
    return failure({ code: 'path', what: `there is no file ${printable(file)}`, where: { file } });
  const found = sha256(text.value);
  if (found !== hash) {
    return failure({
      code: 'checksum-mismatch',
      what: 'the file of grants is not the one that was named',
      where: { file },
      why: `its sha256 is ${found}`,
      fix: 'Ask who gave you the hash; nothing was imported.',
    });
  }
  const { readOrganisationGrants } = await import('../config/read-organisation-grants.ts');
  const grants = readOrganisationGrants(text.value, file);
  if (!grants.ok) return grants;
  const written = writeImported(session.locations, text.value);
  if (!written.ok) return written;
  const rows = grants.value.map(
    ({ project, key, value }) => `  ${printable(project)}: ${key}: ${printable(value, longestValue)}\n`,
  );
  const summary = `Imported ${grants.value.length} grants of ${hash}:\n${rows.join('')}`;
  return success({ status: 0, text: summary, data: { imported: hash, grants: grants.value } });
}
