import { type Problem, printable, type Place as WholePlace } from '../problem/problem.ts';
import { jsonBreak } from './json-break.ts';

/** The newest format that is read, and the one that is written. */
export const lockVersion = 1;

const title = 'cargo-boxed.lock cannot be used';

/** A lock that git has left half merged, with the line where the first conflict begins; `null`: it has none. */
export function conflictProblem(text: string, file: string): Problem | null {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => /^(?:<{7}|>{7}|\|{7})(?: |\r?$)/.test(line));
  if (at < 0) return null;
  return {
    ...{ code: 'config', what: title, where: { file, line: at + 1 } },
    why: 'it has the conflict markers of a merge',
    fix: 'Take one side (`git checkout --ours` or `--theirs`, then the file), and run `cargo-boxed lock`: it adds what is missing.',
  };
}

/** No JSON: where it breaks off, and none of its words. */
export function brokenJsonProblem(text: string, file: string): Problem {
  return {
    ...{ code: 'config', what: title, where: { file, ...placeOf(text) } },
    why: 'it is not JSON from there on',
    fix: 'Take it from version control again, or run `cargo-boxed lock`.',
  };
}

/** One of a later release: it says itself which one reads it. */
export function versionProblem({ version, needs }: Record<string, unknown>, file: string): Problem {
  const isNewer = typeof version === 'number' && Number.isSafeInteger(version) && version > lockVersion;
  const release = typeof needs === 'string' && /^\d{1,4}(?:\.\d{1,4}){1,2}$/.test(needs) ? needs : null;
  const which = release === null ? 'a newer cargo-boxed' : `cargo-boxed ${release} or newer`;
  return {
    ...{ code: isNewer ? 'lock-newer' : 'config', what: title, where: { file } },
    why: isNewer
      ? `its format is version ${version}, and this cargo-boxed reads up to version ${lockVersion}`
      : `its format version is no number from 1 to ${lockVersion}`,
    fix: isNewer ? `Use ${which}.` : 'Run `cargo-boxed lock`.',
  };
}

/** A value that is not as it is written. */
export function faultProblem(fault: string, file: string): Problem {
  return {
    ...{ code: 'config', what: title, where: { file }, why: printable(fault, 200) },
    fix: 'Take it from version control again, or run `cargo-boxed lock`. A newer cargo-boxed may know more.',
  };
}

function placeOf(text: string): Place {
  const before = text.slice(0, jsonBreak(text)).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

type Place = Required<Pick<WholePlace, 'line' | 'column'>>;
