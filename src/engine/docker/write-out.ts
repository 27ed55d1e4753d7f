import type { Writable } from 'node:stream';

/** A receiver of a box's output that says when it is full and when its reader has gone. */
export interface Receiver {
  /** Resolves when more can be taken. Rejects with a `ReaderGone` when nobody reads any more. */
  write(bytes: Uint8Array): Promise<void> | void;
  release(): void;
}

/** The reader of our output has closed it, as `| head` does. */
export interface ReaderGone {
  readonly kind: 'reader-gone';
  readonly why: string;
}

export function isReaderGone(error: unknown): error is ReaderGone {
  return typeof error === 'object' && error !== null && (error as ReaderGone).kind === 'reader-gone';
}

/** Listens for errors as long as the box runs: an EPIPE that nobody listens for would end us with a stack trace. */
export function receiver(stream: Writable): Receiver {
  let gone: ReaderGone | null = null;
  let wake: (() => void) | null = null;
  const onWake = () => {
    wake?.();
    wake = null;
  };
  const onError = (error: NodeJS.ErrnoException) => {
    gone = { kind: 'reader-gone', why: error.code ?? error.message };
    onWake();
  };
  stream.on('drain', onWake);
  stream.on('close', onWake);
  stream.on('error', onError);
  return {
    write: (bytes) => {
      if (gone !== null) return Promise.reject(gone);
      if (stream.write(bytes)) return;
      return new Promise((resolve, reject) => {
        wake = () => (gone === null ? resolve() : reject(gone));
      });
    },
    release: () => {
      stream.off('drain', onWake);
      stream.off('close', onWake);
      stream.off('error', onError);
    },
  };
}
