/** Puts pieces together. A single piece is handed on as it is, without a copy. */
export interface ByteCollector {
  add(source: Buffer, start: number, end: number): void;
  addText(text: string): void;
  take(): Buffer;
}

const nothing = Buffer.alloc(0);

export function collectBytes(): ByteCollector {
  let only: Buffer | null = null;
  let target = nothing;
  let length = 0;
  const reserve = (count: number) => {
    if (length + count <= target.length) return;
    const larger = Buffer.allocUnsafe(Math.max(1024, 2 * target.length, length + count));
    target.copy(larger, 0, 0, length);
    target = larger;
  };
  const settle = () => {
    if (only === null) return;
    const piece = only;
    only = null;
    reserve(2 * piece.length);
    length += piece.copy(target, length);
  };
  return {
    add: (source, start, end) => {
      if (length === 0 && only === null) {
        only = source.subarray(start, end);
        return;
      }
      settle();
      reserve(end - start);
      length += source.copy(target, length, start, end);
    },
    addText: (text) => {
      if (text === '') return;
      settle();
      reserve(3 * text.length);
      length += target.write(text, length);
    },
    take: () => {
      const taken = only ?? target.subarray(0, length);
      only = null;
      target = nothing;
      length = 0;
      return taken;
    },
  };
}
