import { entryOf, type JsoncNode, textOf } from './read-jsonc.ts';

/** What a mount of a devcontainer.json says, as `docker run --mount` reads it. Texts are foreign. */
export interface DevcontainerMount {
  readonly type: string;
  readonly source: string;
  readonly target: string;
  readonly isReadOnly: boolean;
  /** Everything else that it says, by name. */
  readonly others: readonly string[];
}

const names: Readonly<Record<string, 'type' | 'source' | 'target' | 'readonly'>> = {
  type: 'type',
  source: 'source',
  src: 'source',
  target: 'target',
  dst: 'target',
  destination: 'target',
  readonly: 'readonly',
  ro: 'readonly',
};

/** Reads a mount in either form; `null` for what is no mount. */
export function readMount(node: JsoncNode): DevcontainerMount | null {
  if (node.kind === 'object') {
    const word = (name: string) => textOf(entryOf(node, name)?.value) ?? '';
    const others = node.entries.map(({ name }) => name).filter((name) => !['type', 'source', 'target'].includes(name));
    return { type: word('type'), source: word('source'), target: word('target'), isReadOnly: false, others };
  }
  const text = textOf(node);
  return text === null ? null : readMountText(text);
}

/** `type=bind,source=/a,target=/b,readonly`; a part in quotes may hold commas. */
export function readMountText(text: string): DevcontainerMount {
  const found = { type: 'volume', source: '', target: '', readonly: '' };
  const others: string[] = [];
  for (const part of text.match(/"(?:[^"]|"")*"|[^,]+/g) ?? []) {
    const plain = part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part;
    const equals = plain.indexOf('=');
    const name = (equals < 0 ? plain : plain.slice(0, equals)).trim().toLowerCase();
    const key = Object.hasOwn(names, name) ? names[name] : undefined;
    if (key === undefined) others.push(name);
    else found[key] = equals < 0 ? 'true' : plain.slice(equals + 1);
  }
  const { readonly: readOnly, ...mount } = found;
  return { ...mount, isReadOnly: readOnly === 'true' || readOnly === '1', others };
}
