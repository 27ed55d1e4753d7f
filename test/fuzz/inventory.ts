import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tree } from '../support/rig.ts';

/** What code looks like that makes sense of bytes. */
const reads = [
  /JSON\.parse\(/,
  /parseToml\(/,
  /readForeignText\(|readOwnText\(|readProjectText\(|readOwnFile\(/,
  /readFileSync\(|readDescriptor\(|readBytes\(|createReadStream\(/,
  /TextDecoder|StringDecoder|readUInt/,
  /split\('\\n'\)|\.exec\(|matchAll\(/,
  /gunzip|extract\(\)|createInterface\(/,
  /chunk: Buffer|toString\('(utf8|latin1)'\)/,
];

/** Files below `src/` that read bytes, sorted. */
export function readingModules(): readonly string[] {
  const source = join(tree, 'src');
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|cjs)$/.test(name))
    .filter((name) => reads.some((pattern) => pattern.test(readFileSync(join(source, name), 'utf8'))))
    .sort();
}

/** Modules that read bytes which are nobody else's: why no parser of the list drives them. */
export const notForeign: Readonly<Record<string, string>> = {
  'commands/box-owner.ts': 'a file of our own in our state, compared and not read',
  'commands/layers.ts': 'text that config-yaml and layers-edit read',
  'commands/reap-leftovers.ts': 'names in folders of ours',
  'commands/infer-layers.ts':
    'names of a lock by one pattern whose time is linear; the rest is read by cargo-tree and declared-modules',
  'commands/links-of-crate.ts': 'one word of a manifest, by one pattern whose time is linear',
  'commands/run-learning-box.ts': 'gives on what build-failures and build-record read',
  'commands/explain-differences.ts': 'gives bytes of results on to what binaries drives',
  'commands/prepare-variations.ts': 'data of the package',
  'customs/kept-copy.ts': 'a note of our own in our cache',
  'customs/list-tree.ts': 'names and kinds of a tree; its bytes are given on as they are',
  'customs/place-file.ts': 'names of our own temporary files',
  'customs/read-bounded.ts': 'gives bytes on as they are',
  'customs/write-empty-repository.ts': 'the words that a box wrote are compared with a pattern and not used',
  'disk/held-files.ts': '/proc',
  'doors/check-devices.ts': '/proc and /sys',
  'engine/bwrap/bwrap-engine.ts': "bubblewrap's own report, through a descriptor that no box has",
  'engine/bwrap/check-bwrap.ts': '/proc',
  'engine/bwrap/control-group.ts': 'control groups',
  'engine/bwrap/delegated-group.ts': 'control groups',
  'engine/bwrap/run-on-terminal.ts': 'keys of the person, given on',
  'engine/docker/container-processes.ts': '/proc',
  'engine/docker/remembered-facts.ts': "the engine's own process number",
  'engine/docker/seccomp-profile.ts': 'data of the package',
  'environment/nix/check-nix.ts': 'what the Nix of this machine says of itself, by patterns',
  'environment/nix/expression.ts': 'data of the package',
  'environment/nix/make-root.ts': 'what our own tools say when a copy fails',
  'environment/nix/resolve-source.ts': 'one word by a pattern, and a file that has to be a revision',
  'environment/debian/contents-index.ts': 'lists that Debian signs, each line read by contents-lines',
  'archive/pack-files.ts': 'files of a root or a toolchain, copied into an archive as they are',
  'commands/crate-manifest.ts': 'text of a verified crate, given on to declared-modules',
  'engine/docker/look-inside.ts': "the engine's own head of an answer, which engine-answers drives",
  'environment/debian/make-pins.ts': "dpkg's list in a root of our own, given on to apt",
  'environment/debian/update-pins.ts': "dpkg's list in a root of our own, given on to apt",
  'invocation/tree-command.ts': 'words of the command line',
  'oci/assign-packages.ts': "dpkg's list in a root of our own",
  'oci/image-parts.ts': 'files of a root of our own',
  'oci/package-files.ts': 'lists of files that dpkg wrote in a root of our own',
  'environment/debian/keep-added-root.ts': 'files of a root of our own, compared and summed',
  'environment/debian/deb-cache.ts': 'bytes that are only summed',
  'facts/hash-components.ts': "files of the user's own toolchain",
  'facts/identify-toolchain.ts': "files of the user's own toolchain",
  'facts/read-bytes.ts': 'gives bytes on as they are',
  'facts/read-host.ts': '/proc',
  'facts/read-toolchain.ts': "files of the user's own toolchain",
  'fetch/fetch-folders.ts': 'a name of our own in our cache',
  'fetch/git-folders.ts': 'names of folders that cargo made in our cache',
  'fetch/learn-index-folder.ts': 'an address that was parsed before',
  'fetch/make-view.ts': 'a note of our own in our cache',
  'fetch/prefer-recorded.ts': 'versions that pins has parsed',
  'fetch/read-metadata.ts': "cargo's own JSON",
  'fetch/resolve-extra-crates.ts': "cargo's own tree, whose lines pass the checks of cargo-lock",
  'fetch/store.ts': 'a key of our own',
  'host/memory.ts': 'a note of our own in our state',
  'host/hold-lock.ts': 'a lock of our own in our state',
  'host/noted-path.ts': 'a note of our own in our state',
  'host/owner.ts': '/proc',
  'host/program.ts': '/proc',
  'host/read-kernel-text.ts': '/proc and /sys',
  'host/read-descriptor.ts': 'gives bytes on as they are',
  'layers/layer-files.ts': 'data of the package',
  'report/hold-finished.ts': 'keeps one known line back',
  'launch.cjs': 'our own bundle',
  'report/create-reporter.ts': 'text of our own',
  'report/show-problem.ts': 'text of our own',
  'registry/push-layout.ts': 'a manifest of a layout of our own, sent as it is',
  'selftest/lay-canaries.ts': 'files of the machine, handed on as words to look for',
  'commands/prepare-walls.ts': 'what our own step made in our cache',
  'commands/walls-folder.ts': 'data of the package',
  'commands/debian-container.ts': 'what the tools in our container say, shown with escapes',
  'environment/debian/mmdebstrap-run.ts': 'the log of our own tool, shown with escapes',
  'environment/debian/read-debian-image.ts': 'three lines of an image that the user named, pinned by digest',
  'engine/bwrap/admit-box.ts': "bubblewrap's own report",
  'engine/docker/process-limit.ts': 'control groups',
  'fetch/extra-features.ts': 'words of the command line',
  'fetch/ssh-access.ts': "the user's own settings",
  'host/landlock.ts': 'the kernel',
  'invocation/config-arguments.ts': 'words of the command line',
  'invocation/read-aliases.ts': 'values that cargo-config has parsed',
  'report/listen-with-tail.ts': 'shows what passes to the watches that look for words in it',
  'report/watch-build-scripts.ts': 'remembers names out of what passes',
};
