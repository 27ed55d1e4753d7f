import ora from 'ora';

export interface Spinner {
  update(text: string): void;
  /** Takes it off the terminal. */
  stop(): void;
}

/**
 * A line that moves while a step takes its time. Frames are drawn by a timer that keeps no process alive, and neither
 * stdin nor the cursor is touched: after a kill the terminal is as it was.
 */
export function startSpinner(stream: NodeJS.WriteStream, text: string): Spinner {
  /** In one line, whatever the width. */
  const fitting = (long: string) => long.slice(0, Math.max(0, stream.columns - 4));
  const spinner = ora({ stream, text: fitting(text), isEnabled: true, discardStdin: false, hideCursor: false });
  const timer = setInterval(() => spinner.render(), spinner.interval).unref();
  const stop = () => {
    clearInterval(timer);
    process.off('exit', stop);
    spinner.clear();
  };
  process.once('exit', stop);
  spinner.render();
  return {
    update: (next) => {
      spinner.text = fitting(next);
    },
    stop,
  };
}
