/**
 * npm hands a signal on to its child, which has had it from the terminal already: one Ctrl-C comes twice. What comes so
 * soon is no second wish.
 */
const ECHO_WITHIN_MS = 1_000;

/** Calls back at the first SIGTERM or SIGINT; a second one, from somebody who will not wait, ends the process. */
export function onStopSignal(stop: (signal: NodeJS.Signals) => void): void {
  let stoppedAt: number | undefined;
  const hear = (signal: NodeJS.Signals) => {
    if (stoppedAt === undefined) {
      stoppedAt = performance.now();
      stop(signal);
    } else if (performance.now() - stoppedAt > ECHO_WITHIN_MS) {
      exitFor(signal);
    }
  };
  process.on('SIGTERM', hear).on('SIGINT', hear);
}

export function exitFor(signal: NodeJS.Signals): never {
  process.exit(EXIT_CODES[signal] ?? 1);
}

/** 128 and the number of the signal, as shells count. */
const EXIT_CODES: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 130, SIGTERM: 143 };
