import { cargoCommands } from '../../../src/invocation/command-table.ts';
import { ownCommands } from '../../../src/invocation/own-commands.ts';

/** Every command of the two tables, with arguments that make it do its work; each is run on a hostile project. */
export const allCommands: readonly (readonly string[])[] = [
  ['build'],
  ['check'],
  ['test', '--no-run'],
  ['run'],
  ['clippy'],
  ['fmt'],
  ['fix', '--allow-no-vcs'],
  ['doc'],
  ['bench', '--no-run'],
  ['rustc', '--', '-C', 'debuginfo=0'],
  ['rustdoc'],
  ['miri', 'run'],
  ['package', '--allow-dirty', '--no-verify'],
  ['fetch'],
  ['update'],
  ['generate-lockfile'],
  ['info', 'itoa'],
  ['metadata', '--format-version', '1'],
  ['metadata', '--format-version', '1', '--filter-platform', 'x86_64-unknown-linux-gnu'],
  ['tree'],
  ['pkgid'],
  ['locate-project'],
  ['read-manifest'],
  ['vendor'],
  ['verify-project'],
  ['config', 'get'],
  ['report', 'future-incompatibilities'],
  ['git-checkout'],
  ['cargo', 'help', 'build'],
  ['cargo', 'version'],
  ['--explain', 'E0308'],
  ['--list'],
  ['clean'],
  ['new', 'beside'],
  ['init', 'beside-too'],
  ['install', 'itoa'],
  ['uninstall', 'itoa'],
  ['login'],
  ['logout'],
  ['owner'],
  ['publish'],
  ['search', 'itoa'],
  ['yank'],
  ['boxed'],
  ['no-such-command'],
  ['exec', '--', 'true'],
  ['plan'],
  ['plan', '--as', 'shell'],
  ['status'],
  ['layers'],
  ['layers', 'add', 'zlib'],
  ['layers', 'remove', 'zlib'],
  ['grants'],
  ['grant', '--all'],
  ['revoke', '--all'],
  ['doctor'],
  ['ls'],
  ['prune'],
  ['help'],
  ['schema'],
  ['completions', 'bash'],
  ['--version'],
  ['lock'],
  ['lock', '--update', 'toolchain'],
  ['image', 'build', '--output', 'oci:beside-image', '--sbom', 'spdx'],
  ['image', 'check', 'oci:beside-image'],
  ['add', 'itoa'],
  ['remove', 'itoa'],
  ['reset'],
];

/** Commands that are not in the list, each with the reason. */
export const leftOut: Readonly<Record<string, string>> = {
  shell: 'it wants a terminal; what it does before and after is what `exec` does',
  selftest: 'it looks at no project but its own, and has a test of its own that takes a minute',
  version: 'it is in the list as `--version` and as `cargo version`',
};

/** Commands of the tables that nothing here runs and no reason leaves out. */
export function forgotten(): readonly string[] {
  const run = new Set(allCommands.map(([first, second]) => (first === 'cargo' ? second : first)));
  const names = [...cargoCommands, ...ownCommands].map(({ name }) => name);
  return names.filter((name) => !run.has(name) && !Object.hasOwn(leftOut, name));
}
