/** Whether a graph does its work, in the words of supervisors: ready, degraded, dead. */
import type { GraphView, NodeView } from '../core/graph-view';
import { redact } from '../core/secrets/redact';

/**
 * - `starting`: no picture has come yet;
 * - `ready`: every node gives pictures, and every output delivers them;
 * - `degraded`: a node gives none (a camera is lost, say), an output has delivered none for 3 s (SILENT_MS in
 *   ../graph/run/observation.ts), or something is wrong with what there is: a condition that degrades (../core/metrics/conditions.ts);
 * - `dead`: no output has delivered a picture for 30 s, or all have ended. The graph may come back by itself while it is not
 *   `over`: a disk gets room, a peer returns.
 */
export type HealthStatus = 'starting' | 'ready' | 'degraded' | 'dead';

export interface Health {
  readonly status: HealthStatus;
  /** Pictures are delivered, by one output at least: what a load balancer or a readiness probe asks. */
  readonly serving: boolean;
  /** It has ended or failed and will not come back: what a liveness probe asks. No peer and no disk can bring that about. */
  readonly over: boolean;
  /** Sentences without secrets; empty when ready. */
  readonly reasons: readonly string[];
  /** What is worth knowing and nothing wrong, such as that nobody watches. Without secrets, too. */
  readonly notes: readonly string[];
}

/** Peers that restart, and disks that are changed, are back before; longer is for somebody to look at. */
export const DEAD_MS = 30_000;

export function healthOf(view: GraphView): Health {
  const health = (status: HealthStatus, reasons: readonly string[], more: Partial<Health> = {}): Health => {
    return { status, serving: false, over: false, notes: [], ...more, reasons: reasons.map(redact) };
  };
  if (view.phase === 'failed') return health('dead', [view.reason ?? 'The graph failed.'], { over: true });
  if (view.phase === 'ended') return health('dead', ['The graph has ended.'], { over: true });
  const nodes = view.nodes();
  // Whoever waits for the first picture wants to know which camera is away.
  if (view.phase === 'starting') return health('starting', ['No frame has come yet.', ...nodes.filter(({ phase }) => phase === 'lost').map(sentence)]);
  const told = (degrades: boolean): string[] => nodes.flatMap((node) => node.conditions.filter((one) => one.degrades === degrades).map(({ message }) => named(node, message)));
  const wrong = told(true);
  const reasons = [...nodes.filter(({ phase }) => phase !== 'running').map(sentence), ...wrong];
  const notes = told(false).map(redact);
  if (reasons.length === 0) return health('ready', [], { serving: true, notes });
  const outputs = nodes.filter(({ name }) => !nodes.some(({ from }) => from.includes(name)));
  const serving = outputs.some(({ phase }) => phase === 'running');
  if (!serving && outputs.every(isGone)) return health('dead', reasons, { notes });
  // Between the first picture out of GStreamer and the first that is delivered.
  const starting = wrong.length === 0 && outputs.every(({ phase }) => phase === 'waiting');
  return health(starting ? 'starting' : 'degraded', reasons, { serving, notes });
}

function isGone({ phase, idle = 0 }: NodeView): boolean {
  return phase === 'ended' || phase === 'failed' || idle >= DEAD_MS;
}

function named({ name }: NodeView, message: string): string {
  const start = `Node "${name}": `;
  return message.startsWith(start) ? message : start + message;
}

function sentence({ name, phase, reason }: NodeView): string {
  const words = { waiting: 'has given no frame yet', silent: 'is silent', lost: 'is lost', ended: 'has ended', failed: 'failed', running: 'runs' };
  return `Node "${name}" ${words[phase]}${reason ? `: ${reason.replace(/\.?$/, '.')}` : '.'}`;
}
