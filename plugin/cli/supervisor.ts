/**
 * What systemd is sent of a running graph, where it asks (`Type=notify`): READY when pictures flow, or when a camera is found away, which no
 * start helps; WATCHDOG while the graph is worth keeping and this thread answers; STATUS, its health in a sentence; STOPPING.
 *
 * The command is a child of the process that systemd started, so a unit says `NotifyAccess=all`. What does not go, as nobody reads, is not waited
 * for; READY and STOPPING are said again with the next that goes.
 */
import { messageOf } from '../core/errors';
import type { GraphEvent } from '../core/graph-event';
import type { GraphView } from '../core/graph-view';
import { healthOf } from '../observe/health';
import { redact } from '../core/secrets/redact';

/** STATUS where there is no watchdog. */
const STATUS_MS = 10_000;

/** No watchdog needs to hear more often. */
const LEAST_MS = 100;

export interface Supervisor {
  onEvent(event: GraphEvent): void;
  stopping(): void;
  end(): void;
}

const NOBODY: Supervisor = { onEvent: () => undefined, stopping: () => undefined, end: () => undefined };

/** @param warn of a supervisor that cannot be reached */
export async function supervisorOf(view: GraphView, warn: (message: string) => void, environment: NodeJS.ProcessEnv = process.env): Promise<Supervisor> {
  if (!environment.NOTIFY_SOCKET) return NOBODY;
  const send = await notifier(environment.NOTIFY_SOCKET, warn);
  return send ? new SystemdSupervisor(view, send, Number(environment.WATCHDOG_USEC ?? 0) / 1000) : NOBODY;
}

type Send = (state: string) => boolean;

async function notifier(name: string, warn: (message: string) => void): Promise<Send | undefined> {
  try {
    const { NotifySocket } = await import('./notify-socket');
    const socket = new NotifySocket(name);
    return (state) => socket.send(state);
  } catch (error) {
    warn(`systemd waits to hear from this process, and cannot be notified (NOTIFY_SOCKET): ${messageOf(error)}`);
    return undefined;
  }
}

class SystemdSupervisor implements Supervisor {
  readonly #view: GraphView;
  readonly #send: Send;
  readonly #timer: NodeJS.Timeout;
  /** What must be heard, and was not yet. */
  #unsaid: string[] = [];
  #ready = false;
  #stopping = false;

  constructor(view: GraphView, send: Send, watchdogMs: number) {
    this.#view = view;
    this.#send = send;
    // Twice in the time that is given, as sd_watchdog_enabled(3) advises.
    this.#timer = setInterval(() => this.#tell(), watchdogMs > 0 ? Math.min(STATUS_MS, Math.max(LEAST_MS, watchdogMs / 2)) : STATUS_MS).unref();
  }

  onEvent({ type }: GraphEvent): void {
    if (this.#ready || (type !== 'started' && type !== 'source-lost')) return;
    this.#ready = true;
    this.#unsaid.push('READY=1');
    this.#tell();
  }

  stopping(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#unsaid.push('STOPPING=1');
    this.#tell();
  }

  end(): void {
    clearInterval(this.#timer);
    this.stopping();
  }

  #tell(): void {
    const { status, over, reasons } = healthOf(this.#view);
    const sentence = redact([status, ...reasons].join(': ')).replaceAll('\n', ' ');
    if (this.#send([...this.#unsaid, ...(over ? [] : ['WATCHDOG=1']), `STATUS=${sentence}`].join('\n'))) this.#unsaid = [];
  }
}
