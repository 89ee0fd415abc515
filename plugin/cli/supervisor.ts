/**
 * What systemd is told of a running graph, where it asks (`Type=notify`): READY when pictures flow, or when a camera is found away, which no
 * start helps; WATCHDOG while the graph is worth keeping and this thread answers; STATUS, its health in a sentence; STOPPING.
 *
 * libsystemd does it (sd_notify(3)): the socket may be abstract, and Node has no datagrams over local sockets. The command is a child of
 * the process that systemd started, so a unit says `NotifyAccess=all`.
 */
import type { GraphEvent } from '../core/graph-event';
import type { GraphView } from '../core/graph-view';
import { healthOf } from '../observe/health';
import { redact } from '../core/secrets/redact';

/** STATUS where there is no watchdog. */
const STATUS_MS = 10_000;

export interface Supervisor {
  onEvent(event: GraphEvent): void;
  stopping(): void;
  end(): void;
}

const NOBODY: Supervisor = { onEvent: () => undefined, stopping: () => undefined, end: () => undefined };

/** @param warn of a supervisor that cannot be told */
export async function supervisorOf(view: GraphView, warn: (message: string) => void, environment: NodeJS.ProcessEnv = process.env): Promise<Supervisor> {
  if (!environment.NOTIFY_SOCKET) return NOBODY;
  const send = await notifier(warn);
  return send ? new SystemdSupervisor(view, send, Number(environment.WATCHDOG_USEC ?? 0) / 1000) : NOBODY;
}

type Send = (state: string) => void;

async function notifier(warn: (message: string) => void): Promise<Send | undefined> {
  try {
    const { default: koffi } = await import('koffi');
    const notify = koffi.load('libsystemd.so.0').func('int sd_notify(int unset_environment, const char *state)') as (unset: number, state: string) => number;
    return (state) => void notify(0, state);
  } catch {
    warn('systemd waits to hear from this process (NOTIFY_SOCKET), and libsystemd is not there to tell it. Install libsystemd0, or use Type=exec.');
    return undefined;
  }
}

class SystemdSupervisor implements Supervisor {
  readonly #view: GraphView;
  readonly #send: Send;
  readonly #timer: NodeJS.Timeout;
  #ready = false;
  #stopping = false;

  constructor(view: GraphView, send: Send, watchdogMs: number) {
    this.#view = view;
    this.#send = send;
    // Twice in the time that is given, as sd_watchdog_enabled(3) advises.
    this.#timer = setInterval(() => this.#tell(), watchdogMs > 0 ? Math.min(STATUS_MS, watchdogMs / 2) : STATUS_MS).unref();
  }

  onEvent({ type }: GraphEvent): void {
    if (this.#ready || (type !== 'started' && type !== 'source-lost')) return;
    this.#ready = true;
    this.#send('READY=1');
    this.#tell();
  }

  stopping(): void {
    if (!this.#stopping) this.#send('STOPPING=1');
    this.#stopping = true;
  }

  end(): void {
    clearInterval(this.#timer);
    this.stopping();
  }

  #tell(): void {
    const { status, over, reasons } = healthOf(this.#view);
    const sentence = redact([status, ...reasons].join(': ')).replaceAll('\n', ' ');
    this.#send(`${over ? '' : 'WATCHDOG=1\n'}STATUS=${sentence}`);
  }
}
