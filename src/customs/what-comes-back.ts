/**
 * What a source-writing command may bring back.
 * `sources` (fmt, fix, clippy --fix): changes of existing `*.rs` files and manifests; these commands make no new files.
 * `creating` (new, init): the files that cargo makes in the new folder, and changes of the workspace's manifest.
 */
export type BringBackClass =
  | { readonly kind: 'sources' }
  /** `folder`: where the new package stands, below the project; empty for the project's own folder. */
  | { readonly kind: 'creating'; readonly folder: string };

const ignoreFiles = new Set(['.gitignore', '.hgignore', '.ignore']);

/** Whether a file that a command changed or made is one of its class. */
export function mayComeBack(wanted: BringBackClass, place: readonly string[], state: 'changed' | 'created'): boolean {
  const name = place[place.length - 1] as string;
  const isSource = name.endsWith('.rs') || name === 'Cargo.toml';
  if (wanted.kind === 'sources') return state === 'changed' && isSource;
  const inNewFolder = relativeTo(wanted.folder, place);
  if (inNewFolder === null) return state === 'changed' && name === 'Cargo.toml';
  const isSourceFolder = inNewFolder.length === 1 || (inNewFolder.length === 2 && inNewFolder[0] === 'src');
  return isSourceFolder && (isSource || (inNewFolder.length === 1 && ignoreFiles.has(name)));
}

/** Whether a folder that a command made is looked into. */
export function mayEnter(wanted: BringBackClass, place: readonly string[]): boolean {
  if (wanted.kind === 'sources') return false;
  const steps = wanted.folder === '' ? [] : wanted.folder.split('/');
  const isOnTheWay = place.length <= steps.length && place.every((name, index) => name === steps[index]);
  const inNewFolder = relativeTo(wanted.folder, place);
  return isOnTheWay || (inNewFolder?.length === 1 && inNewFolder[0] === 'src');
}

function relativeTo(folder: string, place: readonly string[]): readonly string[] | null {
  const steps = folder === '' ? [] : folder.split('/');
  if (place.length <= steps.length || !steps.every((name, index) => name === place[index])) return null;
  return place.slice(steps.length);
}
