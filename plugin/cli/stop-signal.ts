/** What asks a command to end: Ctrl-C, a supervisor, a terminal that goes away. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Does something at the first of them; one after it ends the process as signals do, unless it is waited for anew.
 * @returns waits no longer
 */
export function atStopSignal(action: () => void): () => void {
  const forget = (): void => SIGNALS.forEach((signal) => process.off(signal, heard));
  const heard = (): void => {
    forget();
    action();
  };
  for (const signal of SIGNALS) process.on(signal, heard);
  return forget;
}
