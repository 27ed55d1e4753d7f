import { type GitSetting, gitConfigText, parseGitConfig } from './parse-git-config.ts';

/** What git needs to read a repository. Whatever runs a program, holds a credential or names this machine is not here. */
const plainKeys: ReadonlySet<string> = new Set(
  [
    ...['repositoryformatversion', 'filemode', 'bare', 'logallrefupdates', 'ignorecase', 'precomposeunicode'],
    ...['symlinks', 'autocrlf', 'eol', 'safecrlf', 'abbrev', 'sparsecheckout', 'sparsecheckoutcone', 'trustctime'],
  ]
    .map((name) => `core.${name}`)
    .concat(
      [
        'objectformat',
        'worktreeconfig',
        'partialclone',
        'refstorage',
        'relativeworktrees',
        'preciousobjects',
        'noop',
      ].map((name) => `extensions.${name}`),
    )
    .concat(['index.sparse', 'index.version', 'feature.manyfiles', 'submodule.active']),
);
const namedKeys: ReadonlySet<string> = new Set(
  ['fetch', 'tagopt', 'promisor', 'partialclonefilter', 'prune']
    .map((name) => `remote.${name}`)
    .concat(['merge', 'rebase'].map((name) => `branch.${name}`))
    .concat(['active', 'branch'].map((name) => `submodule.${name}`)),
);
const addressKeys: ReadonlySet<string> = new Set(['remote.url', 'branch.remote', 'submodule.url']);

/**
 * A repository's configuration as a box may see it, from an allowlist; `null` when that is the same as what stands
 * there, byte for byte, so that nothing has to be put over it.
 */
export function sanitiseGitConfig(text: string): string | null {
  const clean = gitConfigText(parseGitConfig(text).flatMap(cleanSetting));
  return clean === text ? null : clean;
}

/** Whether the repository names its objects by sha256. */
export function usesSha256(text: string): boolean {
  return parseGitConfig(text).some(
    ({ section, subsection, name, value }) =>
      subsection === null && key(section, name) === 'extensions.objectformat' && value?.toLowerCase() === 'sha256',
  );
}

/** `core.worktree`, with which git says where the files of a submodule's repository stand. */
export function worktreeOf(text: string): string | null {
  const found = parseGitConfig(text).findLast(
    ({ section, subsection, name }) => subsection === null && key(section, name) === 'core.worktree',
  );
  return found?.value ?? null;
}

function cleanSetting(setting: GitSetting): readonly GitSetting[] {
  const { subsection, value } = setting;
  const name = key(setting.section, setting.name);
  if (subsection === null) {
    if (name === 'core.worktree') return value !== null && !value.startsWith('/') && isPlain(value) ? [setting] : [];
    return plainKeys.has(name) && (value === null || isPlain(value)) ? [setting] : [];
  }
  if (!isPlain(subsection)) return [];
  if (namedKeys.has(name)) return value === null || isPlain(value) ? [setting] : [];
  if (!addressKeys.has(name) || value === null) return [];
  const address = cleanAddress(value);
  return address === null ? [] : [{ ...setting, value: address }];
}

function key(section: string, name: string): string {
  return `${section}.${name}`.toLowerCase();
}

/** A word that cannot be an address with a user in it, however it was mangled. */
function isPlain(text: string): boolean {
  return !text.includes('://') && !text.includes('::') && !mayHoldUser(text);
}

function mayHoldUser(text: string): boolean {
  return text.includes('@') && text.includes(':');
}

/**
 * A remote's address without who asks: no user, no password, no query. `git@host:path` stays, since such a user is no
 * secret; a path of this machine and the word of a helper program go.
 */
export function cleanAddress(address: string): string | null {
  if (/^[A-Za-z0-9+.-]*::/.test(address) || /^(\/|~|file:)/i.test(address)) return null;
  const found = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)/.exec(address);
  // An address within the address, as behind a proxy, has a user of its own.
  const scheme = address.indexOf('://');
  if (scheme >= 0 && address.indexOf('://', scheme + 1) >= 0) return null;
  const colon = address.indexOf(':');
  if (found === null) return colon >= 0 && address.indexOf('@', colon) >= 0 ? null : address;
  const [, protocol = '', authority = '', path = ''] = found;
  // What merges slashes on the way leaves `https:/user:word@host` of such an address.
  if (mayHoldUser(path)) return null;
  const user = authority.slice(0, Math.max(0, authority.lastIndexOf('@')));
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const keepsUser = /^(git\+)?ssh$/i.test(protocol) && /^[A-Za-z0-9._-]{1,32}$/.test(user);
  return `${protocol}://${keepsUser ? `${user}@` : ''}${host}${path}`;
}
