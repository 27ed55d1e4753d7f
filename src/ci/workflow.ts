import { canonicalJson } from '../base/canonical-json.ts';
import { jsonAt, jsonText, parseJson } from '../base/json-value.ts';

export const ciKinds = ['github', 'gitlab'] as const;
export type CiKind = (typeof ciKinds)[number];

/** What a person chooses; the file remembers it, so that it can be checked and written again. */
export interface CiSettings {
  /** Where the image is: `HOST/NAME`. */
  readonly repository: string;
  /** What npm installs as the tool: a version that is named, or an archive. */
  readonly tool: string;
}

/** All that a workflow is made from. */
export interface CiWish extends CiSettings {
  /** `sha256:…`: of the image that the lock makes. */
  readonly digest: string;
  /** The workspace below the repository; `''`: the repository itself. */
  readonly workspace: string;
}

/** Where each kind of CI looks for it, below the repository. */
export const workflowFile: Readonly<Record<CiKind, string>> = {
  github: '.github/workflows/cargo-boxed.yml',
  gitlab: '.gitlab/cargo-boxed.yml',
};

const mark = '# Written by `cargo-boxed ci';

/** The head of a file of ours: who writes it, and from what. */
export function headOf(kind: CiKind, { repository, tool }: CiSettings): string {
  return [
    `${mark} ${kind}\`: change nothing here, run that again. \`cargo-boxed ci ${kind} --check\` says what has drifted.`,
    `# ${canonicalJson({ repository, tool }).trim()}`,
    '',
  ].join('\n');
}

/** The settings in a file of ours; `null`: it is somebody else's. */
export function readSettings(text: string): CiSettings | null {
  const [first = '', second = ''] = text.slice(0, 4096).split('\n');
  if (!first.startsWith(mark)) return null;
  const value = parseJson(second.replace(/^# /, ''));
  if (jsonAt(value, 'repository') === undefined) return null;
  const [repository, tool] = [jsonText(value, 'repository'), jsonText(value, 'tool')];
  return repository === null || tool === null ? null : { repository, tool };
}

/** The image by its digest, as an engine pulls it. */
export function imageOf({ repository, digest }: CiWish): string {
  return `${repository}@${digest}`;
}

/** The lines that differ, as a reader looks for them: at most a dozen, with what stands there and what should. */
export function linesThatDiffer(
  file: string,
  written: string,
): readonly { readonly line: number; readonly is: string; readonly should: string }[] {
  const [left, right] = [file.split('\n'), written.split('\n')];
  const most = Math.max(left.length, right.length);
  return Array.from({ length: most }, (_, at) => ({ line: at + 1, is: left[at] ?? '', should: right[at] ?? '' }))
    .filter(({ is, should }) => is !== should)
    .slice(0, 12);
}

/** A text as YAML reads it back, whatever is in it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
