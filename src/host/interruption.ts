/** The signals that ask us to end. The first one aborts what runs; the second one ends us at once. */
const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** The exit code of a run that a signal ended. */
export function interruptedStatus(signal: AbortSignal): number {
  return exitCodes[signal.reason as keyof typeof exitCodes] ?? exitCodes.SIGINT;
}

export interface Interruption {
  /** Aborted with the name of the signal as its reason. */
  readonly signal: AbortSignal;
  stopListening(): void;
}

export function listenForInterruption(): Interruption {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(exitCodes[name as keyof typeof exitCodes]);
    controller.abort(name);
  };
  for (const name of endingSignals) process.on(name, onSignal);
  return {
    signal: controller.signal,
    stopListening: () => {
      for (const name of endingSignals) process.off(name, onSignal);
    },
  };
}
