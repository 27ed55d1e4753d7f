import { success } from '../../../src/base/result.ts';
import { mostBytes } from '../../../src/commands/devcontainers/file.ts';
import { describeHazard, findHazards } from '../../../src/devcontainer/find-hazards.ts';
import { conflictProblem, mergeFile } from '../../../src/devcontainer/merge-file.ts';
import { placeAt, plainValue, readJsonc } from '../../../src/devcontainer/read-jsonc.ts';
import { modeOf } from '../../../src/devcontainer/read-mode.ts';
import { wantedOf } from '../../../src/devcontainer/wanted.ts';
import { wish } from '../../unit/devcontainer/support.ts';
import { decoded, type Parser, text } from '../parser.ts';

const wanted = wantedOf({ ...wish, mode: 'editor' });
const ours = mergeFile(readable('{}'), wanted, (word) => word).text;

function readable(source: string) {
  const read = readJsonc(source, 'devcontainer.json');
  if (!read.ok) throw new Error('a text of ours cannot be read');
  return read.value;
}

export const devcontainerParsers: readonly Parser[] = [
  {
    name: 'devcontainer-json',
    modules: [
      'commands/devcontainers/file.ts',
      'commands/devcontainers/inspect.ts',
      'devcontainer/read-jsonc.ts',
      'devcontainer/edit-jsonc.ts',
      'devcontainer/find-hazards.ts',
      'devcontainer/merge-file.ts',
      'devcontainer/mount-text.ts',
      'devcontainer/wanted.ts',
    ],
    seeds: () => [
      Buffer.from(ours),
      text('// a', '{ "runArgs": ["--network=none", "-v", "/:/x",], /* b */ "mounts": [{"source": "a"}], }'),
      text('{"image": "rust:1", "build": {"options": ["x"]}, "features": {"a": {}}, "containerEnv": {"A": "b"}}'),
      text('{"customizations": {"vscode": {"extensions": [1, null], "settings": []}}, "capAdd": "x"}'),
    ],
    words: [
      ...['{', '}', '[', ']', ',', ': ', '//', '/*', '*/', '\n', '"', '\\', '\\u0000', 'null', '1e9'],
      ...['"runArgs"', '"mounts"', '"image"', '"privileged"', '"__proto__"', '"containerEnv"', '"build"'],
      ...['type=bind', 'source=', ',target=', ',readonly', '${localEnv:HOME}', '--network', '=none', 'docker.sock'],
    ],
    mostBytes,
    feed: (bytes) => {
      const source = decoded(bytes);
      if (source === null) return undefined;
      const read = readJsonc(source, 'devcontainer.json');
      if (!read.ok) return read;
      const document = read.value;
      modeOf(document);
      for (const one of findHazards(document, () => true).slice(0, 100)) {
        if (!/^[^\p{Cc}]*$/u.test(describeHazard(one))) throw new Error('a finding is not safe to print');
        placeAt(document, one.offset);
      }
      const merged = mergeFile(document, wanted, (word) => word);
      for (const one of merged.conflicts.slice(0, 100)) conflictProblem(document, one);
      const after = readable(merged.text);
      const again = mergeFile(after, wanted, (word) => word);
      if (again.text !== merged.text) throw new Error('what was written is changed again');
      for (const { name, value } of document.root.entries) {
        const kept = after.root.entries.find((entry) => entry.name === name);
        if (kept === undefined) throw new Error(`the key ${name} was lost`);
        if (merged.changes.some(({ key }) => key.split('.')[0] === name)) continue;
        if (JSON.stringify(plainValue(kept.value)) !== JSON.stringify(plainValue(value)))
          throw new Error(`the key ${name} was changed`);
      }
      return success(merged);
    },
  },
];
