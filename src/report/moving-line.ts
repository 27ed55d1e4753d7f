import type { Spinner } from './spinner.ts';

/** The one line of a terminal that changes while a step runs. */
export interface MovingLine {
  show(text: string): void;
  /** Takes it off, at once; the next `show` brings it back. */
  hide(): void;
}

/** Loads what draws it only when there is something to draw. */
export function movingLine(stream: NodeJS.WriteStream): MovingLine {
  let wanted: string | null = null;
  let spinner: Spinner | null = null;
  let isLoading = false;
  const load = async () => {
    isLoading = true;
    const { startSpinner } = await import('./spinner.ts');
    isLoading = false;
    if (wanted !== null) spinner = startSpinner(stream, wanted);
  };
  return {
    show: (text) => {
      wanted = text;
      if (spinner !== null) spinner.update(text);
      else if (!isLoading) void load();
    },
    hide: () => {
      wanted = null;
      spinner?.stop();
      spinner = null;
    },
  };
}
